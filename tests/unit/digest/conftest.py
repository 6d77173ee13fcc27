from collections.abc import Callable

import pytest

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import DigestArticle, DigestMaker, FrozenDigest, Level
from feedpub.model import Picture
from tests.support.digests import make_article, make_head

PATHS = [
    ("技术",),
    ("技术", "网络"),
    ("技术", "网络", "订阅"),
    ("城市",),
    ("城市", "街角"),
    ("Notes",),
]


@pytest.fixture(scope="session")
def tree() -> CategoryTree:
    return CategoryTree().grow(PATHS)


def make_articles(tree: CategoryTree, number: int) -> list[DigestArticle]:
    """Articles of all kinds: with and without pictures, categories, links, bodies."""
    nodes = [node.id for node in tree]
    return [
        make_article(
            id,
            title=f"第 {id} 篇 & <b>title</b> {'很长' * (id % 7)}",
            summary="摘要一句。" * (id % 11),
            html=f"<h2>Head</h2><p>Body {id} <a href='https://x.example/?a=1&amp;b=2'>link</a></p>"
            + "<ul><li>一</li><li>two</li></ul>" * (id % 5),
            url="javascript:alert(1)" if id % 13 == 0 else f"https://b.example/{id}?q=1&amp;r=é",
            categories=() if id % 9 == 0 else (nodes[1 + id % (len(nodes) - 1)], nodes[1 + id % 3]),
            picture=Picture(f"https://b.example/{id}.jpg", 640, 200 + id) if id % 2 else None,
            authors=("阿槿", "Mei") if id % 4 else (),
            language="en" if id % 5 == 0 else None,
            first_seen=1_000_000 - id % 6,
            lead=id == 3,
        )
        for id in range(1, number + 1)
    ]


@pytest.fixture(scope="session")
def articles(tree: CategoryTree) -> list[DigestArticle]:
    return make_articles(tree, 60)


@pytest.fixture(scope="session")
def freeze(tree: CategoryTree) -> Callable[..., FrozenDigest]:
    """Freeze some articles, with a head that is like the others but for what is asked for."""

    def freeze(
        *articles: DigestArticle, languages: tuple[str, ...] = (), **head: object
    ) -> FrozenDigest:
        return DigestMaker().freeze(make_head(**head), articles, tree, languages=languages)

    return freeze


@pytest.fixture(scope="session")
def digest(freeze: Callable[..., FrozenDigest], articles: list[DigestArticle]) -> FrozenDigest:
    """Sixty articles, as summaries, in two languages."""
    return freeze(*articles, languages=("en",))


@pytest.fixture(scope="session")
def full_digest(freeze: Callable[..., FrozenDigest], articles: list[DigestArticle]) -> FrozenDigest:
    """The same, as whole articles."""
    return freeze(*articles, content=Level.FULL)
