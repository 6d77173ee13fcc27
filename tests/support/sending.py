"""A sender as a process: the real ledger, the real run, the real mailer, and mails made by rote.

    python -m tests.support.sending DATABASE PORT [options]

What it prints is one line of JSON; the exit code is that of ``feedpub send``: 0 if the issue is
finished, 4 if it is not, 75 if another run sends it.
"""

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from feedpub.deliveries import OPEN
from feedpub.errors import FeedpubError
from feedpub.mailers.smtp import SmtpMailer, SmtpSettings
from feedpub.mailers.smtp_connection import Timeouts
from feedpub.model import Message
from feedpub.ports.mailing import Claim
from feedpub.sending import SendOptions, Stop, deliver
from feedpub.store.ledger import SqlLedger
from tests.support.ledger import ISSUE, LedgerFile
from tests.support.processes import clean_environment
from tests.support.real_site import REPOSITORY

PATIENCE_S = 120


def run(words: Sequence[str]) -> int:
    """Send what is due; this is the program."""
    options = _parse(words)
    stop = Stop()
    signal.signal(signal.SIGTERM, lambda *_: stop.request())
    timeouts = Timeouts(connect_s=5, reply_s=options.reply_s, dot_s=options.reply_s)
    mailer = SmtpMailer(
        SmtpSettings(host="127.0.0.1", port=options.port, helo="bench.test", timeouts=timeouts)
    )
    try:
        ledger = SqlLedger.open(options.database, hash_mailbox, lease_s=options.lease_s)
        # The kernel's own clock: on a busy machine whoever would kill it may come too late.
        signal.setitimer(signal.ITIMER_REAL, options.die_after_s)
        try:
            report = deliver(
                ISSUE,
                ledger=ledger,
                mailer=mailer,
                compose=make_compose(options.size),
                clock=lambda: datetime.now(UTC),
                options=SendOptions(
                    connections=options.connections,
                    renew_s=options.renew_s,
                    reconnect_s=(),
                    trouble_limit=options.trouble_limit,
                ),
                stop=stop,
            )
        finally:
            ledger.close()
    except FeedpubError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(
        json.dumps(
            {
                "sent": report.sent, "failed": report.failed, "deferred": report.deferred,
                "unknown": report.unknown, "skipped": report.skipped,
                "finished": report.finished, "paused": sorted(report.paused),
                "stopped": report.stopped.reason if report.stopped else "",
            }
        )
    )  # fmt: skip
    return 4 if any(report.counts.get(state) for state in OPEN) else 0


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.sending")
    add = parser.add_argument
    add("database", type=Path)
    add("port", type=int)
    add("--connections", type=int, default=1)
    add("--size", type=int, default=200, help="bytes of a mail's body")
    add("--lease-s", type=int, default=120)
    add("--renew-s", type=float, default=15)
    add("--reply-s", type=float, default=20)
    add("--trouble-limit", type=int, default=0)
    add("--die-after-s", type=float, default=0, help="of sending, by SIGALRM; 0 for never")
    return parser.parse_args(words)


def hash_mailbox(mailbox: str) -> bytes:
    """Return what the suppression list has of a mailbox."""
    return sha256(mailbox.encode()).digest()[:16]


def make_compose(size: int) -> Callable[[Claim], Message]:
    """Return what makes small mails, the same each time."""
    body = b"".join(b"%06d %s\r\n" % (line, b"x" * 63) for line in range(max(1, size // 72)))

    def compose(claim: Claim) -> Message:
        head = (
            f"From: news@news.test\r\nTo: {claim.address}\r\nSubject: The week\r\n"
            f"Message-ID: <{claim.issue}.{claim.subscriber}@news.test>\r\n\r\n"
        )
        sender = f"bounce+{claim.delivery}@news.test"
        return Message(sender, claim.address, head.encode() + body, not claim.address.isascii())

    return compose


def command(ledger: LedgerFile, port: int, *options: str) -> list[str]:
    """Return the command line of a sender."""
    return [sys.executable, "-m", "tests.support.sending", str(ledger.path), str(port), *options]


def start(ledger: LedgerFile, port: int, *options: str) -> "subprocess.Popen[str]":
    """Start a sender; the caller waits for it."""
    return subprocess.Popen(
        command(ledger, port, *options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=REPOSITORY, env=clean_environment(),
    )  # fmt: skip


def finish(
    ledger: LedgerFile, port: int, *options: str, wrapper: Sequence[str] = ()
) -> "subprocess.CompletedProcess[str]":
    """Run a sender to its end."""
    return subprocess.run(
        [*wrapper, *command(ledger, port, *options)], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, cwd=REPOSITORY, env=clean_environment(),
        timeout=PATIENCE_S,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
