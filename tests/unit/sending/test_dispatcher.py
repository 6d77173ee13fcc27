"""Who is handed what, within the limits."""

import threading
import time
from collections.abc import Mapping

from feedpub.model import DeliveryState
from feedpub.sending import SendOptions
from feedpub.sending.dispatcher import Dispatcher
from feedpub.testing import MemoryLedger

NOW = 1_800_000_000


def make(
    ledger: MemoryLedger, paused: Mapping[str, str] | None = None, **options: float
) -> Dispatcher:
    ledger.acquire(1, NOW)
    return Dispatcher(
        1,
        ledger,
        SendOptions(**options),  # type: ignore[arg-type]
        now=lambda: NOW,
        paused={} if paused is None else paused,
    )


def take(dispatcher: Dispatcher, *, holding: str | None = None) -> str | None:
    claim = dispatcher.take(wait=False, holding=holding)
    return None if claim is None else claim.address


def test_a_domain_gets_no_more_connections_than_it_may() -> None:
    dispatcher = make(
        MemoryLedger(["1@x.example", "2@x.example", "3@x.example", "4@y.example"]), per_domain=2
    )

    taken = [take(dispatcher) for _ in range(4)]

    assert taken == ["1@x.example", "2@x.example", "4@y.example", None]


def test_a_connection_that_delivers_to_a_domain_may_go_on_doing_so() -> None:
    dispatcher = make(MemoryLedger(["1@x.example", "2@x.example", "3@x.example"]), per_domain=1)
    take(dispatcher)

    assert take(dispatcher, holding="x.example") == "2@x.example"
    assert take(dispatcher) is None


def test_a_domain_is_free_again_when_its_message_is_done_with() -> None:
    dispatcher = make(MemoryLedger(["1@x.example", "2@x.example"]), per_domain=1)
    first = dispatcher.take(wait=False)
    assert first is not None
    waiting: list[str] = []
    thread = threading.Thread(
        target=lambda: waiting.append(getattr(dispatcher.take(wait=True), "address", ""))
    )
    thread.start()

    dispatcher.leave(first)
    thread.join(5)

    assert waiting == ["2@x.example"]


def test_many_of_one_domain_in_a_row_do_not_hold_up_another() -> None:
    addresses = [f"{number}@x.example" for number in range(600)]
    dispatcher = make(MemoryLedger([*addresses, "1@y.example"]), per_domain=1)
    take(dispatcher)

    assert take(dispatcher) == "1@y.example"


def test_a_rate_is_kept() -> None:
    dispatcher = make(MemoryLedger([f"{n}@x.example" for n in range(10)]), rate=20)

    start = time.monotonic()
    taken = [dispatcher.take(wait=True) for _ in range(5)]

    assert None not in taken
    assert time.monotonic() - start >= 0.2


def test_a_connection_is_not_kept_waiting_for_the_rate() -> None:
    dispatcher = make(MemoryLedger(["1@x.example", "2@x.example"]), rate=0.1)

    assert take(dispatcher) == "1@x.example"
    assert take(dispatcher) is None


def test_a_slow_run_claims_little() -> None:
    ledger = MemoryLedger([f"{n}@x.example" for n in range(300)])

    take(make(ledger, rate=1))

    assert ledger.counts(1)[DeliveryState.SENDING] == 10


def test_recipients_of_a_paused_domain_are_put_off() -> None:
    ledger = MemoryLedger(["1@x.example", "2@y.example", "3@X.example"])
    dispatcher = make(ledger, paused={"x.example": "554 5.7.1 spam"})

    assert [take(dispatcher) for _ in range(2)] == ["2@y.example", None]
    assert dispatcher.deferred == 2
    assert ledger.deliveries[3].last.not_before == NOW + 4 * 3600


def test_what_is_put_back_comes_next() -> None:
    dispatcher = make(MemoryLedger(["1@x.example", "2@x.example"]), limit=1)
    first = dispatcher.take(wait=False)
    assert first is not None

    dispatcher.put_back(first)

    assert take(dispatcher) == "1@x.example"
    assert take(dispatcher) is None


def test_a_closed_one_gives_nothing_and_keeps_nobody_waiting() -> None:
    dispatcher = make(MemoryLedger(["1@x.example", "2@x.example"]), rate=0.001)
    take(dispatcher)
    thread = threading.Thread(target=lambda: dispatcher.take(wait=True))
    thread.start()

    dispatcher.close()
    thread.join(5)

    assert not thread.is_alive()
    assert not dispatcher.rest(100)
