"""Run as ``python -m tests.bench.sending``: feedpub's sender against smtp-source and naive mail."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.machine import describe_machine, describe_versions
from tests.bench.sending.race import QUICK, RACES, Races, Scale
from tests.bench.sending.rows import format_rows
from tests.support import needs

NOTES = """\
figure: what is judged; against smtp-source ratios of messages a second, more is better
feedpub: the whole run from lease to release, one synced commit for each fence (shared by
  connections); each recipient has one of 200 digests; compose, ledger, SMTP; without its start
smtp-source: one message again and again, no ledger; with its start, which takes milliseconds
replies 25 ms later: the server sleeps before each, one after the other, also if pipelined
CPU: user and system time of the client process, without its start
memory: peak resident memory of the process, its ledger on tmpfs, a mailer that forgets
to nobody: the same run; PostgreSQL's own CPU is not counted, and it does not sync
database: the file or database after the run, with the subscribers
workers: two connections each, shares of 500, one server of PostgreSQL that does not wait for the
  disk, one smtp-sink; all of them on the processors of this machine"""


def main() -> int:
    """Print the table; 1 if a promise is not kept."""
    options = _parse()
    missing = [name for name in ("smtp-sink", "smtp-source") if needs.find(name) is None]
    if missing:
        print("needs the apt package postfix", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="feedpub-bench-", dir=options.work) as name:
        folder = Path(name)
        print(describe_machine(folder))
        print(describe_versions("feedpub", "jinja2", "css-inline", "dkimpy", "cryptography"))
        scale = QUICK if options.quick else Scale(rounds=options.rounds)
        rows = list(Races(folder, scale, _tell).run(options.race or list(RACES)))
    print(f"\n{format_rows(rows)}\n\n{NOTES}")
    return int(any(row.verdict == "MISSED" for row in rows))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sending", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="one round, and less of everything")
    add("--rounds", type=int, default=3, help="of each race, in turn; default %(default)s")
    add("--race", action="append", choices=list(RACES), help="only this; may be given again")
    add("--work", type=Path, help="for the ledgers, on the disk to be measured")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
