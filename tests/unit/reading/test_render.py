from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedpub.errors import ArticleError
from feedpub.model import ReadArticle
from feedpub.reading import Dialect, read_article, render_article, render_body

DIALECT = Dialect(zone=ZoneInfo("Asia/Shanghai"), generator="hexo", permalink=":year/:title/")
PUBLISHED = datetime(2020, 1, 2, tzinfo=UTC)
TEXTS = {
    "plain": "---\ntitle: T\ndate: 2021-01-01\nsummary: own\n---\n![](a.png) **b**",
    "Windows": "\ufeff---\r\ntitle: T\r\n---\r\na\r\n\r\nb",
    "bare": 'title: T\n---\nbody <a href="x">y</a>',
    "none": "just a body",
    "refused": "---\ntitle: T\nsummary: own\n---\n" + "<div>" * 300,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("sidecar", [None, b".. title: S\n"], ids=["alone", "with a sidecar"])
def test_an_article_is_read_and_rendered_as_by_one_after_the_other(
    text: str, sidecar: bytes | None
) -> None:
    common = {"path": "a.md", "dialect": DIALECT, "sidecar": sidecar}
    seen: list[ReadArticle] = []

    def make_url(article: ReadArticle) -> str:
        seen.append(article)
        return f"https://b.example/{article.permalink}"

    article, rendition = render_article(
        text.encode(), make_base_url=make_url, published=PUBLISHED, **common
    )

    assert seen == [article]
    assert article.permalink == "2020/a/"
    read = read_article(text.encode(), published=PUBLISHED, **common)
    assert article == read._replace(content_hash=b"")
    assert rendition == render_body(
        text.encode(),
        base_url="https://b.example/2020/a/",
        title=article.title,
        own_summary=article.summary,
        **common,
    )


def test_the_url_is_known_before_any_picture_is_asked_for() -> None:
    calls: list[str] = []

    def note(reference: str) -> None:
        calls.append(reference)

    def make_url(_: ReadArticle) -> str:
        calls.append("url")
        return "https://b.example/"

    render_article(
        b"![](a.png) ![](b.png)",
        path="a.md",
        dialect=DIALECT,
        make_base_url=make_url,
        picture_url=note,
    )

    assert calls == ["url", "a.png", "b.png"]


def test_an_article_that_cannot_be_read_is_not_rendered() -> None:
    asked: Iterator[str] = iter(())

    with pytest.raises(ArticleError, match="not UTF-8"):
        render_article(b"\xff", path="a.md", dialect=DIALECT, make_base_url=lambda _: next(asked))
