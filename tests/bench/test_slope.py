"""The table of growth says what was measured."""

import pytest

from tests.bench.measure import Memory, Timing
from tests.bench.slope import Cost, format_costs, measure_slope


def make_cost(posts: int, cpu_s: float, *, one_s: float = 1.0, rss_mb: float = 100) -> Cost:
    short = Timing(one_s, one_s)
    memory = Memory(rss_mb, rss_mb, 3)
    return Cost(posts, "SQLite", Timing(cpu_s, cpu_s), short, short, Timing(1, 1), memory, posts)


@pytest.mark.parametrize(("values", "slope"), [((2, 20), 1), ((2, 2), 0), ((2, 200), 2)])
def test_a_slope_is_the_exponent_of_the_growth(values: tuple[int, int], slope: float) -> None:
    assert measure_slope((10, 100), values) == pytest.approx(slope)


def test_what_rises_more_than_the_posts_is_told() -> None:
    linear = format_costs([make_cost(1_000, 1.0), make_cost(10_000, 10.0)])
    steep = format_costs([make_cost(1_000, 1.0), make_cost(10_000, 20.0)])

    assert "STEEP" not in linear
    assert "STEEP: CPU time with SQLite from 1,000 to 10,000 posts: 1.30" in steep


@pytest.mark.parametrize(
    ("one_s", "rss_mb", "told"),
    [
        (
            1.0,
            300,
            "memory 300.0 (must 800, aim 400: aim), one new post 1.0 (must 3, aim 1.5: aim)",
        ),
        (2.0, 500, "memory 500.0 (must 800, aim 400: must), one new post 2.0"),
        (4.0, 900, "memory 900.0 (must 800, aim 400: MISSED), one new post 4.0"),
    ],
)
def test_the_largest_size_is_judged(one_s: float, rss_mb: float, told: str) -> None:
    table = format_costs([make_cost(1_000, 1.0), make_cost(2_000, 2, one_s=one_s, rss_mb=rss_mb)])

    assert f"SQLite at 2,000 posts: {told}" in table
