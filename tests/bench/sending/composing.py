"""What composing one mail costs, without sending it: ``python -m tests.bench.sending.composing``.

Prints microseconds of CPU per recipient, the best of several rounds, beside the RSA signature and
the hash of the body alone, which nothing can undercut.
"""

import time
from collections.abc import Callable, Sequence
from hashlib import sha256

from feedpub.messages import Composer, DkimKey
from feedpub.tokens import Signer
from tests.bench.sending.mails import make_plans
from tests.support.dkim_keys import signing_keys
from tests.support.mails import ISSUE, SENDER

ROUNDS = 15
RECIPIENTS = 200


def main() -> None:
    rsa, ed25519 = signing_keys()
    for name, keys in (("unsigned", ()), ("RSA-2048", (rsa,)), ("Ed25519", (ed25519,))):
        print(f"{name:>13}: {measure_composing(keys):5.0f} us a recipient")
    print(f"{'compile':>13}: {measure_compiling():5.0f} us a choice, its blocks encoded before")
    print(f"{'RSA alone':>13}: {best(lambda _: rsa.sign(bytes(32))):5.0f} us")
    print(f"{'SHA-256 alone':>13}: {best(lambda _: sha256(bytes(72_000)).digest()):5.0f} us")


def measure_composing(keys: Sequence[DkimKey]) -> float:
    composer = make_composer(keys)
    compiled = composer.compile(make_plans()[0])
    return best(
        lambda number: composer.compose(
            compiled, delivery=number, subscriber=number, address=f"reader{number}@inbox.test"
        )
    )


def measure_compiling() -> float:
    composer, plans = make_composer(), make_plans()
    return best(lambda number: composer.compile(plans[number % len(plans)]))


def make_composer(keys: Sequence[DkimKey] = ()) -> Composer:
    return Composer(SENDER, Signer(b"0123456789abcdef"), keys, issue=ISSUE)


def best(work: Callable[[int], object]) -> float:
    """Return microseconds of CPU for one call, the best of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for number in range(RECIPIENTS):
            work(number)
        rounds.append(time.process_time() - started)
    return min(rounds) / RECIPIENTS * 1e6


if __name__ == "__main__":
    main()
