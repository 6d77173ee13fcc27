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
us: what an answer takes of a processor, which other work on the machine alters least
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
    names = ("feedpub/s", "nginx/s", "feedpub us", "nginx us", "judged", "bar")
    lines = [f"{'':16}" + "".join(f"{name:>12}" for name in names)]
    for row in rows:
        verdict = "kept" if row.is_kept else "MISSED"
        figures = (row.feedpub, row.nginx, row.cpu_us, row.nginx_cpu_us)
        judged = f"{row.judged:,.0f}" if row.nginx is None else f"{row.judged:.3f}"
        cells = ["" if figure is None else f"{figure:,.0f}" for figure in figures]
        cells += [judged, str(row.bar)]
        lines.append(f"{row.name:16}" + "".join(f"{cell:>12}" for cell in cells) + f"  {verdict}")
    return "\n".join(lines)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.serving", description=__doc__)
    parser.add_argument("--race", action="append", choices=["files", "forms"], help="default: both")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2, help="of each round")
    parser.add_argument("--work", type=Path, help="folder for the site, on disk")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
