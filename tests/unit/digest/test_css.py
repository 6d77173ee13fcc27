"""What a style sheet of the digest may hold; the rest is refused with file and line."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import DigestMaker, FrozenDigest
from feedpub.digest.css import check_client_css, check_inline_css
from feedpub.digest.inline import inline
from feedpub.errors import TemplateError
from feedpub.resources import templates_folder
from tests.support.digests import html_of, make_article, make_head

DOCUMENT = "<!DOCTYPE html>\n<html><head><title>t</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    "css",
    [
        "p { color: red }",
        "p.a.b, td[align=left] > .c { margin: 0 auto; mso-hide: all }",
        "a[title] b[class~=x] { font-family: Georgia, Songti SC, serif }",
        "/* nothing */",
        "",
    ],
)
def test_rules_that_look_upwards_only_are_allowed(css: str) -> None:
    check_inline_css(css, path="x.css")


@pytest.mark.parametrize(
    ("css", "reason"),
    [
        ("a:hover { color: red }", "'a:hover'"),
        ("td:first-child { color: red }", "'td:first-child'"),
        ("p::before { color: red }", "'p::before'"),
        ("h2 + p { color: red }", "'h2 + p'"),
        ("h2 ~ p { color: red }", "'h2 ~ p'"),
        ("* { color: red }", "'*'"),
        (".a * { color: red }", "'.a *'"),
        ("#a { color: red }", "'#a'"),
        ('[href^="x"] { color: red }', "[href^="),
        ('[class*="x"] { color: red }', "[class*="),
        ('[href="x,y"] { color: red }', "[href="),
        ("a|b { color: red }", "'a|b'"),
        ("a,, b { color: red }", "''"),
        ("@media (max-width: 9px) { a { color: red } }", "@media"),
        ("@import url(http://127.0.0.1:9/x.css);", "@import"),
        ("@font-face { font-family: x }", "@font-face"),
        ("a { color: red !important }", "!important of 'color'"),
        ("a { color: red; color: blue }", "stands twice"),
        ("a { color: var(--x) }", "would be lost"),
        ("a { width: calc(1px + 2px) }", "would be lost"),
        ("a { background: url(x.png) }", "would be lost"),
        ("a { color: rgb(0 0 0 / 50%) }", "would be lost"),
        ("a { b { color: red } }", "a rule within a rule"),
        ("a { color red }", "EOF reached"),
        ("color: red", "EOF reached"),
        ("}", "EOF reached"),
    ],
)
def test_what_depends_on_more_or_would_be_lost_is_refused_with_file_and_line(
    css: str, reason: str
) -> None:
    with pytest.raises(TemplateError, match=re.escape(reason)) as caught:
        check_inline_css(f"p {{ margin: 0 }}\n\n{css}", path="x.css")

    assert caught.value.path == "x.css"
    assert caught.value.line == 3
    assert "docs/reference/templates.md" in str(caught.value)


@pytest.mark.parametrize(
    ("css", "line"),
    [
        ("p {}\n</style><script>", 2),
        ("p {}\n@import 'x';", 2),
        ("\n\n@font-face { font-family: x }", 3),
        ("p { color: red }\n}", 2),
        ("p { color: red }" * 1000, None),
    ],
)
def test_a_style_sheet_that_mail_programs_would_not_take_is_refused(
    css: str, line: int | None
) -> None:
    with pytest.raises(TemplateError) as caught:
        check_client_css(css, path="client.css")

    assert (caught.value.path, caught.value.line) == ("client.css", line)


def test_the_default_style_sheets_are_allowed() -> None:
    folder = templates_folder() / "digest"

    for name in ("inline.css", "own.css"):
        check_inline_css((folder / name).read_text(), path=name)
    check_client_css((folder / "client.css").read_text(), path="client.css")


def test_a_rule_of_an_operators_own_is_refused_with_its_file_and_line(
    tmp_path: Path, tree: CategoryTree
) -> None:
    own = tmp_path / "digest" / "own.css"
    own.parent.mkdir()
    own.write_text("/* mine */\n.title { color: #123456 }\n.card + .card { color: red }\n")

    with pytest.raises(TemplateError) as caught:
        DigestMaker(templates=[tmp_path]).freeze(make_head(), [make_article(1)], tree)

    assert str(caught.value).startswith(f"{own}:3: the selector '.card + .card'")


def test_a_rule_of_an_operators_own_has_the_last_word(tmp_path: Path, tree: CategoryTree) -> None:
    own = tmp_path / "digest" / "own.css"
    own.parent.mkdir()
    own.write_text(".lead-title { color: #123456 }")

    plan = (
        DigestMaker(templates=[tmp_path])
        .freeze(make_head(), [make_article(1)], tree)
        .plan((), "", 0)
    )

    assert plan
    assert re.search(r'<h2 class="lead-title"[^>]* style="[^"]*color:#123456', html_of(plan))


def test_nothing_is_fetched_even_where_a_check_was_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("urllib.request.urlopen", lambda *a, **k: asked.append(a))
    monkeypatch.setattr("socket.socket.connect", lambda *a: asked.append(a))

    with suppress(TemplateError):
        inline(
            DOCUMENT.format("<p>x</p>"), "@import url(http://127.0.0.1:9/x.css); p { color: red }"
        )

    assert asked == []


@pytest.mark.parametrize(
    "html",
    [
        "<style>p { color: red }</style>",
        "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
        "<base href=http://evil.example/>",
        "<script>alert(1)</script>",
        "<meta http-equiv=refresh content='0;url=x'>",
    ],
)
def test_a_template_with_a_style_sheet_or_script_of_its_own_is_refused(html: str) -> None:
    with pytest.raises(TemplateError, match="is no part of a mail"):
        inline(DOCUMENT.format(html), "p { color: red }")


def test_attributes_for_outlook_are_left_alone() -> None:
    done = inline(
        DOCUMENT.format('<img src="x" width="520" height="9"><p>x</p>'),
        "img { width: 100%; height: auto } p { text-align: center; background-color: #fff000 }",
    )

    assert '<img src="x" width="520" height="9" style="width:100%; height:auto">' in done
    assert '<p style="text-align:center; background-color:#fff000">' in done


def test_inlining_reports_nothing(
    freeze: Callable[..., FrozenDigest],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    freeze(make_article(1))

    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")
