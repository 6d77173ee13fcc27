"""How categories are nested."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from feedpub.model import Category, FeedSummary
from feedpub.pages.views import Line, grow_tree

PATHS = st.sets(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple))


def flatten(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    return [path for line in lines for path in (line.path, *flatten(line.children))]


@given(PATHS)
def test_no_category_is_lost_or_reordered(paths: set[tuple[str, ...]]) -> None:
    ordered = sorted(paths)
    summaries = [FeedSummary(Category(1, path, path), 1, 1, 1.0, None) for path in ordered]

    assert flatten(grow_tree(summaries)) == ordered


@given(PATHS)
def test_a_child_extends_its_parents_path(paths: set[tuple[str, ...]]) -> None:
    summaries = [FeedSummary(Category(1, path, path), 1, 1, 1.0, None) for path in sorted(paths)]

    def check(line: Line) -> None:
        for child in line.children:
            assert child.path[: len(line.path)] == line.path
            check(child)

    for line in grow_tree(summaries):
        check(line)


def test_everything_is_no_node_of_the_tree(summarise: Callable[..., FeedSummary]) -> None:
    assert grow_tree([summarise(Category(0, (), ("all",)))]) == ()
