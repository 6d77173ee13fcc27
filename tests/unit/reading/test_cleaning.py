"""What of a hostile body is published, and in what time."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.errors import MarkupError
from feedpub.reading import clean
from feedpub.reading.clean import ATTRIBUTES, TAGS, clean_html
from feedpub.reading.guard import check_markup
from feedpub.reading.tags import scan_tags
from tests.support.markup import BASE, Render

PIECES = [
    "<p>",
    "</p>",
    "<a href='x'>",
    '<a href="https://x.example/a&#9;b">',
    '<img src="/a.png" width="9x">',
    '<img src="mailto:a">',
    '<img width="100" src="//x.example/a.png">',
    "<td colspan='2'>",
    "<ol start='-1'>",
    "&#11;",
    "\u2028",
    "<a href='\ufeffjavascript:alert(1)'>",
    "</a>",
    "<svg><style><img src=x onerror=alert(1)></style>",
    "<script>",
    "</script>",
    "text",
    "<b title='src=\"x'>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_the_quick_way_cleans_like_the_profile(pieces: list[str]) -> None:
    body = "".join(pieces)
    whole = clean._clean_fully(body, BASE)

    assert clean_html(body, BASE) == whole
    assert clean_html(whole, BASE) == whole


def check_policy(html: str) -> None:
    """Hold clean HTML against the profile, by another way than the sanitiser's."""
    from feedpub.reading.tags import attributes

    for tag in scan_tags(html):
        assert tag.name in TAGS
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag.name, set()) | {"rel"}
        for name, value in attributes(tag.attributes).items():
            assert name in allowed
            if name in ("href", "src"):
                assert re.match(r"https?://" if name == "src" else r"https?://|mailto:", value)


def test_none_of_855_attacks_survives(render: Render, shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text("utf-8"))["vectors"]

    for vector in vectors:
        payload = vector["payload"].encode("utf-8", "replace").decode()
        for path in ("a.md", "a.html"):
            for body in (payload, f"<div>{payload}</div>", f"x\n\n{payload}\n\ny"):
                rendition = render(body, path=path)
                check_policy(rendition.html)
                assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", rendition.summary)


def test_none_of_855_attacks_survives_as_a_field(read: Callable[..., object], shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text("utf-8"))["vectors"]

    for vector in vectors:
        payload = vector["payload"].encode("utf-8", "replace").decode()[:10_000]
        quoted = json.dumps(payload, ensure_ascii=False).replace("\x7f", "")
        article = read(f"---\ntitle: {quoted}\nauthor: {quoted}\ncategories: [{quoted}]\n---\n")
        texts = (article.title, *article.authors, *(n for p in article.categories for n in p))  # type: ignore[attr-defined]
        for text in texts:
            assert text.isprintable() or not re.search(r"[\x00-\x1f\x7f\ufffe\uffff]", text)
            assert not re.search(r"(?i)<(?:script|img|svg|iframe|a|body|style|math)[\s/>]", text)


REFUSED = {
    "nesting": "<div>" * 60_000,
    "nesting behind false ends": "<div></x>" * 10_000,
    "formatting that is opened anew": "".join(f"<div><font a={i}></div>x" for i in range(9_000)),
    "attributes": "<img " + " ".join(f"a{i}=1" for i in range(100_000)) + ">",
    "size": "<p>x</p>" * 300_000,
    "brackets": "[" * 100_000,
    "references": "<p>" + "&amp;" * 200_000,
    "hard blanks": "<p>" + "\xa0" * 400_000,
    "Markdown": "a b " * 200_000,
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_would_take_minutes_is_refused_in_a_moment(render: Render, body: str) -> None:
    start = time.process_time()

    rendition = render(f"x\n\n{body}", own_summary="own")

    assert rendition.html == ""
    assert rendition.summary == "own"
    assert "only title and summary are published" in (rendition.refused or "")
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("fits", "more"),
    [
        ("<div>" * 200, "<div>"),
        ("<p>" + "&" * 100_000, "&"),
        ("x" * (2 * 1024 * 1024), "x"),
        (f"<p title='{'x' * 8180}'>x", f"<p title='{'x' * 8181}'>"),
    ],
    ids=["levels", "references", "size", "tag"],
)
def test_a_body_may_be_as_large_as_it_is_said_and_no_larger(fits: str, more: str) -> None:
    check_markup(fits, path="a.md")

    with pytest.raises(MarkupError, match="only title and summary are published"):
        check_markup(fits + more, path="a.md")


def test_a_tag_that_never_ends_is_refused_if_it_is_long(render: Render) -> None:
    assert "never ends" in (
        render("<p>x</p><a title='" + "x" * 10_000, path="a.html").refused or ""
    )
    assert render("<p>x</p><a title='" + "x" * 100, path="a.html").html == "<p>x</p>"


TAKEN = {
    "unclosed paragraphs": "<div>" + "<p>x" * 5_000 + "</div>",
    "unclosed items": "<ul>" + "<li>x" * 5_000 + "</ul>",
    "a data URI": f'<div><img src="data:image/png;base64,{"A" * 500_000}">x</div>',
    "script of many signs": "<div>x<script>" + "if (a<b) " * 5_000 + "</script></div>",
    "comments": "<div>x<!--" + "<div>" * 5_000 + "--></div>",
    "less than": "<div>" + "a < b " * 5_000 + "</div>",
    "tables": "<table>" + "<tr><td>x" * 5_000 + "</table>",
}


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN)
def test_what_only_looks_hostile_is_published(render: Render, body: str) -> None:
    rendition = render(body)

    assert rendition.refused is None
    assert rendition.html


SLOW = {
    "less than": "<" * 500_000,
    "half tags": "<a" * 250_000,
    "open quotes": "<a x='" * 100_000,
    "mixed quotes": "<img a=\"<img '>" * 50_000,
    "comments": "<!--" * 100_000,
    "template tags": "{% " * 100_000,
    "raw blocks": "{% raw %}" * 40_000,
    "code blocks": "{{< highlight >}}" * 20_000,
    "fences": "```a\n" * 60_000,
    "references": "&" * 90_000,
    "blanks": " " * 500_000,
    "combining": "a" + "\u0301" * 200_000,
    "families": "👨‍👩‍👧‍👦" * 20_000,
    "hidden": "<p hidden>" * 30_000,
    "frames": "<iframe src=x></iframe>" * 10_000,
    "data": "=data:" * 80_000,
    "quotations": ">" * 100_000,
    "lists": "\n".join(" " * i + "- a" for i in range(400)),
}


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize("path", ["a.md", "a.html"])
def test_time_grows_with_size_only(render: Render, path: str, body: str) -> None:
    start = time.process_time()

    render(body, path=path, generator="hugo" if "<" in body else "jekyll")

    assert time.process_time() - start < 6


@pytest.mark.parametrize(
    "body", ["- " * 5_000, "\n".join(" " * i + "- a" for i in range(400)), "`" * 50_000]
)
def test_restructured_text_that_docutils_trips_over_is_refused_or_rendered(
    render: Render, body: str
) -> None:
    pytest.importorskip("docutils", reason="needs the extra rst")

    rendition = render(body, path="a.rst")

    assert rendition.refused is None or "only title and summary" in rendition.refused


@given(st.text(max_size=300))
def test_any_text_can_be_rendered(body: str) -> None:
    html = clean_html(body, BASE)

    check_policy(html)
