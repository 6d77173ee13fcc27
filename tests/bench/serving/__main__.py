"""Run as ``python -m tests.bench.serving``: ``feedpub serve`` against nginx, and its forms."""

import argparse
import sys
import tempfile
from itertools import chain
from pathlib import Path

from tests.bench.machine import describe_machine, describe_versions
from tests.bench.serving.contest import Row, race_files, race_forms
from tests.bench.serving.wrk import CONNECTIONS
from tests.support import needs

NOTES = f"""\
{CONNECTIONS} connections by wrk; medians of rounds in turn, the ratio that of neighbours
files: a feed of 200 KB, uncompressed; nginx with one worker, sendfile and no log; feedpub serve as
  it comes, with its log, one process
forms: one process, SQLite on disk, each commit synced; each form of another subscriber"""


def main() -> int:
    """Print the table; 1 if a promise is not kept."""
    options = _parse()
    missing = [name for name in ("nginx", "wrk") if needs.find(name) is None]
    if missing:
        print(f"needs the apt packages {' '.join(missing)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="feedpub-bench-", dir=options.work) as name:
        folder = Path(name)
        print(describe_machine(folder))
        print(describe_versions("feedpub", "waitress", "Flask", "SQLAlchemy"))
        races = {"files": race_files, "forms": race_forms}
        chosen = [races[race] for race in options.race or races]
        rows = list(chain(*(race(folder, options.rounds, options.seconds) for race in chosen)))
    print(f"\n{_format(rows)}\n\n{NOTES}")
    return int(not all(row.is_kept for row in rows))


def _format(rows: list[Row]) -> str:
    lines = [f"{'':16}{'feedpub/s':>12}{'nginx/s':>12}{'judged':>10}{'bar':>8}"]
    for row in rows:
        nginx = "" if row.nginx is None else f"{row.nginx:,.0f}"
        judged = f"{row.judged:,.0f}" if row.nginx is None else f"{row.judged:.3f}"
        verdict = "kept" if row.is_kept else "MISSED"
        lines.append(
            f"{row.name:16}{row.feedpub:12,.0f}{nginx:>12}{judged:>10}{row.bar:8}  {verdict}"
        )
    return "\n".join(lines)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.serving", description=__doc__)
    parser.add_argument("--race", action="append", choices=["files", "forms"], help="default: both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each round")
    parser.add_argument("--work", type=Path, help="folder for the site, on disk")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
