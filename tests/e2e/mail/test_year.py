"""Weeks of cron with a fault in each: everybody gets every article once.

``python -m tests.e2e.mail.test_year --weeks 52 --seed 1`` plays a whole year.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.year import FAULTS, Year, no_fault

pytestmark = pytest.mark.slow


def play(folder: Path, weeks: int, seed: int, *, each: bool = False) -> Year:
    """Play some weeks; ``each`` takes every fault once instead of drawing them."""
    choose = random.Random(seed)
    year = Year.begin(folder, seed)
    faults = list(FAULTS) if each else [choose.choice(FAULTS) for _ in range(weeks)]
    choose.shuffle(faults)
    for fault in (*faults, no_fault, no_fault, no_fault):
        year.live(fault)
    return year


def test_through_every_fault_everybody_gets_every_article_once(tmp_path: Path) -> None:
    year = play(tmp_path, len(FAULTS), seed=7, each=True)

    assert year.judge() == [], "\n".join(year.log)
    assert len(year.mails) > 20


def main() -> int:
    """Play a year; 1 if anybody got a wrong mail."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.mail.test_year")
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        year = play(Path(folder), options.weeks, options.seed)
    wrong = year.judge()
    print(f"{options.weeks} weeks, {len(year.articles)} articles, {len(year.people)} subscribers")
    print(f"{len(year.mails)} mails, {len(year.unknown)} articles of unknown mails")
    print("\n".join(wrong) or "nobody got a wrong mail")
    if wrong:
        print("\n".join(year.log), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
