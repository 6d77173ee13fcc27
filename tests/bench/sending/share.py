"""A sender that shares an issue with others: ``python -m tests.bench.sending.share URL PORT``.

It says when it is ready, begins when it is given a line, sends share after share as a worker's jobs
do until the issue is finished, and prints how many it sent and seconds of its CPU.
"""

import json
import sys
import time
from datetime import UTC, datetime

from feedpub.mailers.smtp import SmtpMailer, SmtpSettings
from feedpub.ports.jobs import SHARE
from feedpub.sending import SendOptions, StopReason, deliver
from feedpub.sending.kept import KeptConnections
from feedpub.store.ledger import SqlLedger
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.plain import PostgresDatabase
from tests.bench.sending.mails import make_composer
from tests.support.ledger import ISSUE
from tests.support.sending import hash_mailbox

_PAUSE_S = 0.5


def main() -> None:
    url, port = sys.argv[1:]
    settings = SmtpSettings(host="127.0.0.1", port=int(port), helo="bench.test")
    mailer = KeptConnections(SmtpMailer(settings), messages=1_000_000)
    compose = make_composer(None)
    options = SendOptions(connections=2, shared=True, limit=SHARE)
    PostgresDatabase(Address(url)).close()  # the driver is there
    print("ready", flush=True)
    sys.stdin.readline()
    sent, busy = 0, time.process_time()
    while True:
        ledger = SqlLedger(PostgresDatabase(Address(url)), hash_mailbox)
        report = deliver(
            ISSUE, ledger=ledger, mailer=mailer, compose=compose,
            clock=lambda: datetime.now(UTC), options=options,
        )  # fmt: skip
        ledger.close()
        sent += report.sent
        if report.finished or (report.stopped and report.stopped.reason is StopReason.CLOSED):
            break
        if not report.sent:  # what is left is in the hands of others
            time.sleep(_PAUSE_S)
    print(json.dumps({"sent": sent, "cpu_s": time.process_time() - busy}))


if __name__ == "__main__":
    main()
