"""A category has as many articles as its feed would, were it long enough."""

from collections import Counter
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from feedpub.catalog.categories import CategoryTree
from feedpub.publishing.frontpage import summarise_feeds
from feedpub.publishing.standing import EVERYTHING
from feedpub.publishing.store import Shelves

TREE = CategoryTree().grow([("a", "b", "c"), ("a", "d"), ("e",)])
SHELVES = [node.id for node in TREE if node.path]


class Standings:
    """The part of ``Shelves`` that counts, over the shelves of each article."""

    def __init__(self, articles: list[frozenset[int]]) -> None:
        self.articles = articles

    def counts(self) -> dict[int, int]:
        return Counter(shelf for on in self.articles for shelf in (EVERYTHING, *on))

    def overlaps(self) -> dict[tuple[int, ...], int]:
        return Counter(tuple(sorted(on)) for on in self.articles if len(on) > 1)

    def newest(self, _category: int, _limit: int | None) -> list[tuple[int, int]]:
        return []

    def count(self, category: int) -> int:
        below = {node.id for node in TREE.subtree(category)}
        return sum(1 for on in self.articles if category == EVERYTHING or below & on)


@given(st.lists(st.frozensets(st.sampled_from(SHELVES), max_size=4), max_size=12))
def test_an_article_in_several_categories_counts_once_above_them(
    articles: list[frozenset[int]],
) -> None:
    standings = Standings(articles)

    found = {
        line.category.id: line.articles for line in summarise_feeds(cast(Shelves, standings), TREE)
    }

    assert found == {node.id: standings.count(node.id) for node in TREE}
