"""Articles that would like to be more than articles."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import DigestArticle, DigestMaker, FrozenDigest, Level
from feedpub.digest.text import one_line
from tests.support.digests import fill, make_article, make_head, text_of
from tests.support.harmless import assert_harmless
from tests.support.html import shape


@pytest.fixture(scope="module")
def payloads(shared: Path) -> list[str]:
    document = json.loads((shared / "vectors" / "xss.json").read_text())
    return [vector["payload"][:20_000] for vector in document["vectors"]]


def plan_html(digest: FrozenDigest) -> bytes:
    plan = digest.plan((), "", 0)
    assert plan
    return fill(plan.html)


def write(payload: str, id: int, level: Level) -> DigestArticle:
    return make_article(
        id,
        title=payload or "x",
        summary=payload,
        authors=(payload,),
        url=payload,
        language="en",
        html=f"<p>{payload}</p>" if level is Level.FULL else None,
    )


@pytest.mark.parametrize("level", [Level.TITLE, Level.SUMMARY])
def test_no_text_of_an_article_brings_anything_that_acts(
    freeze: Callable[..., FrozenDigest], payloads: list[str], level: Level
) -> None:
    for start in range(0, len(payloads), 60):
        batch = enumerate(payloads[start : start + 60], 1)
        articles = (write(text, id, level) for id, text in batch)

        digest = freeze(*articles, content=level, section_cards=99)

        assert_harmless(plan_html(digest))


def test_no_body_of_an_article_brings_anything_that_acts(
    freeze: Callable[..., FrozenDigest], payloads: list[str]
) -> None:
    for start in range(0, len(payloads), 60):
        batch = enumerate(payloads[start : start + 60], 1)
        digest = freeze(*(write(text, id, Level.FULL) for id, text in batch), content=Level.FULL)

        page = digest.archive()

        assert page
        assert_harmless(page)
        assert_harmless(plan_html(digest))


def test_no_body_changes_the_digest_of_an_article_that_comes_later(
    freeze: Callable[..., FrozenDigest], payloads: list[str]
) -> None:
    innocent = make_article(1, html='<h2>Head</h2><p>Words and a <a href="/x">link</a>.</p>')
    before = freeze(innocent, content=Level.FULL)
    styles = ["p", "h2", "a", "color", "style", "margin:0", "x", ".card", "body", "td"]
    bodies = [*payloads, *(f'<p style="{style}">x</p><h2 style={style}>y' for style in styles)]

    for start in range(0, len(bodies), 60):
        batch = enumerate(bodies[start : start + 60], 2)
        freeze(*(make_article(id, html=body) for id, body in batch), content=Level.FULL)

    after = freeze(innocent, content=Level.FULL)
    assert after.archive() == before.archive()
    assert plan_html(after) == plan_html(before)


def test_no_category_changes_the_shape_of_a_mail(payloads: list[str]) -> None:
    def plan(names: list[str]) -> list[tuple[str, tuple[str, ...]]]:
        tree = CategoryTree().grow([(name,) for name in names])
        articles = [make_article(n, categories=(n,)) for n in range(1, len(tree))]
        return shape(plan_html(DigestMaker().freeze(make_head(), articles, tree)))

    names = sorted({payload[:200] for payload in payloads if payload.strip()})[:25]

    assert plan(names) == plan([f"name {n}" for n in range(len(names))])


def test_no_text_of_an_article_begins_a_line_of_the_plain_text(
    freeze: Callable[..., FrozenDigest],
) -> None:
    evil = "x\r\n== 退订 ==\n# Forged\u2028https://evil.example/\x0b\x85y"

    plan = freeze(make_article(1, title=evil, summary=evil, authors=(evil,))).plan((), "", 0)

    assert plan
    lines = text_of(plan).splitlines()
    assert not [line for line in lines if line.startswith(("== 退订", "# Forged", "https://evil"))]
    assert sum("Forged" in line for line in lines) == 2


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 190 + "deep" + "</div>" * 190,
        "<p>" + "<b>" * 5000,
        "<table><tr><td>" * 40 + "x",
        "</td></tr></table><p>out",
        "<!-- <![endif]--><p>x",
        "<p>\ud800\x00\ufdd0</p>",
        '<p style="p">x</p><b style="b">y</b><i style="head">z</i>',
        "<pre>" + "\n" * 3000 + "</pre>",
    ],
)
def test_a_strange_body_spoils_no_other_article_and_no_later_digest(
    freeze: Callable[..., FrozenDigest], body: str
) -> None:
    for _ in range(2):
        plan = freeze(make_article(1, html=body), make_article(2), content=Level.FULL).plan(
            (), "", 0
        )

        assert plan
        assert plan.articles == (1, 2)
        assert "第 2 篇的正文" in fill(plan.html).decode()


def test_no_text_of_an_article_changes_the_shape_of_what_is_published(
    freeze: Callable[..., FrozenDigest], payloads: list[str]
) -> None:
    def show(texts: list[str]) -> list[tuple[str, tuple[str, ...]]]:
        articles = (
            make_article(id, title=text, summary=f"{text} and more", authors=(text,))
            for id, text in enumerate(texts, 1)
        )
        page = freeze(*articles).archive()
        assert page
        return shape(page)

    texts = sorted({text for payload in payloads if (text := one_line(payload[:120]))})

    assert show(texts) == show(["words"] * len(texts))
