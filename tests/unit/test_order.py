"""The order in which all tests are run."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from tests.support.order import deal_out


def cut(order: list[str], count: int) -> list[list[str]]:
    """Cut an order as pytest-xdist does before anybody is done early."""
    parts, rest = [], order
    for left in range(count, 0, -1):
        size = len(rest) // left
        parts.append(rest[:size])
        rest = rest[size:]
    return parts


def test_every_process_begins_with_long_tests() -> None:
    long = [(group, f"{group}{number}") for group in "abcdef" for number in range(2)]

    parts = cut(deal_out(long, [f"unit{number}" for number in range(20)], 2), 2)

    assert [part[:7] for part in parts] == [
        ["a0", "a1", "c0", "c1", "e0", "e1", "unit0"],
        ["b0", "b1", "d0", "d1", "f0", "f1", "unit10"],
    ]
    assert list(map(len, parts)) == [16, 16]


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.integers(0, 60), st.integers(2, 5))
def test_every_test_is_run_once_and_no_group_is_torn_apart(
    groups: list[str], short: int, count: int
) -> None:
    long = [(group, f"{group}{number}") for number, group in enumerate(sorted(groups))]
    units = [f"unit{number}" for number in range(short)]

    order = deal_out(long, units, count)

    assert sorted(order) == sorted([test for _, test in long] + units)
    grouped = [key for key, _ in groupby(test[0] for test in order if test[0] != "u")]
    assert len(grouped) == len(set(grouped))
