"""What is refused, and that nothing else suffers for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedpub.errors import LintError
from feedpub.feeds import render_entries
from feedpub.feeds.item import make_item
from feedpub.feeds.lint import parse_xml
from feedpub.feeds.markup import check_markup
from feedpub.feeds.xml_item import render_xml_items
from feedpub.model import RenderedEntry
from tests.support.feeds import AI, MORNING, PICTURE, SITE, make_entry


def problems_of(**changes: Any) -> str:
    (result,) = render_entries([make_entry(**changes)], SITE)
    assert isinstance(result, LintError)
    return "; ".join(result.problems)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": ""}, "id '' is no IRI"),
        ({"id": "2026/1"}, "id '2026/1' is no IRI"),
        ({"id": "urn:x y"}, "is no IRI"),
        ({"url": "/2026/1/"}, "url '/2026/1/' is not absolute"),
        ({"url": "javascript:alert(1)"}, "is not absolute"),
        ({"url": "https:///x"}, "url 'https:///x' is not absolute"),
        ({"url": "http://[x/"}, "Invalid IPv6 URL"),
        ({"title": " \n"}, "no title"),
        ({"title": "\x7f\ufdd0"}, "nothing of the title can be shown"),
        ({"language": "中文"}, "is no BCP 47 tag"),
        ({"published": datetime(2026, 1, 1)}, "has no zone"),
        ({"published": datetime(1, 1, 1, tzinfo=UTC)}, "out of range"),
        ({"updated": datetime(9999, 12, 31, 23, tzinfo=UTC)}, "out of range"),
        ({"updated": MORNING}, "is before published"),
        ({"picture": replace(PICTURE, url="a.jpg")}, "picture 'a.jpg' is not absolute"),
        ({"picture": replace(PICTURE, url="data:image/png;base64,AA")}, "is not absolute"),
        ({"picture": replace(PICTURE, width=0)}, "width 0 of the picture"),
        ({"picture": replace(PICTURE, height=-1)}, "height -1 of the picture"),
        ({"picture": replace(PICTURE, length=0)}, "length 0 of the picture"),
        ({"picture": replace(PICTURE, media_type="jpeg")}, "media type 'jpeg' of the picture"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_an_entry_that_would_break_a_reader_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    assert message in problems_of(**changes)


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1b", "\ud800"], ids=ascii)
@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("title", lambda text: {"title": text}),
        ("summary", lambda text: {"summary": text}),
        ("html", lambda text: {"html": text}),
        ("author", lambda text: {"authors": ("张三", text)}),
        ("tag", lambda text: {"tags": (text,)}),
        ("category", lambda text: {"categories": (replace(AI, path=("科技", text)),)}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_character_that_xml_cannot_hold_is_named_with_its_field(
    field: str, make: Any, character: str
) -> None:
    assert f"{field} holds {character!r}" in problems_of(**make(f"文{character}字"))


def test_all_problems_of_an_entry_are_named_together() -> None:
    message = problems_of(url="x", title="", language="?")

    assert message.count(";") >= 2


def test_a_bad_entry_harms_no_other() -> None:
    entries = [make_entry(number) for number in range(1, 201)]
    entries[0] = make_entry(1, title="\x00")
    entries[77] = make_entry(78, url="")
    entries[150] = make_entry(151, html="\ud800")
    entries[199] = make_entry(200, authors=("张\x0b三",))

    results = render_entries(entries, SITE)

    bad = [number for number, result in enumerate(results) if isinstance(result, LintError)]
    assert bad == [0, 77, 150, 199]
    assert [results[number].document for number in bad] == [entries[n].id for n in bad]
    assert [r for r in results if isinstance(r, RenderedEntry)] == [
        result
        for entry in entries
        for result in render_entries([entry], SITE)
        if isinstance(result, RenderedEntry)
    ]


def test_no_entries_give_no_results() -> None:
    assert render_entries([], SITE) == []


def test_long_bodies_are_rendered_in_batches_of_their_own() -> None:
    entries = [make_entry(number, html="<p>" + "长" * 600_000 + "</p>") for number in range(1, 6)]

    results = render_entries(entries, SITE)

    assert all(isinstance(result, RenderedEntry) for result in results)


@pytest.mark.parametrize("updated", [timedelta(0), timedelta(days=400)], ids=["same", "later"])
def test_an_update_may_be_as_old_as_the_entry_or_newer(updated: timedelta) -> None:
    entry = make_entry(published=MORNING, updated=MORNING + updated)

    assert isinstance(render_entries([entry], SITE)[0], RenderedEntry)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<SCRIPT src='https://e.example/x.js'>",
        "<svg/onload=alert(1)>",
        "<iframe src=https://e.example/></iframe>",
        '<img src="https://e.example/a.jpg" onerror="alert(1)">',
        '<p onclick="x">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java\tscript:alert(1)">x</a>',
        '<a href="java&#115;cript:alert(1)">x</a>',
        '<a href="&#x6A;avascript:alert(1)">x</a>',
        '<img src="data:image/svg+xml,<svg/>">',
        '<img src="/a.jpg">',
        '<a href="//e.example/">x</a>',
        '<a href="#top">x</a>',
        '<a href="">x</a>',
        '<video poster="javascript:x"></video>',
        '<p style="position:fixed">x</p>',
        '<a xlink:href="javascript:x">x</a>',
        "<a href=vbscript:x>x</a>",
        "<style>*{}</style>",
        '<base href="https://e.example/">',
        "<form action=x><input></form>",
        '<form action="https://e.example/">',
        '<A HREF="javascript:x">x</A>',
        '<p OnClick="x">x</p>',
        "<a href='https://e.example/'>x</a>",
        "<!-- a comment -->",
        "<?php ?>",
        "<![CDATA[x]]>",
        "<p ",
    ],
)
def test_markup_that_can_run_or_leads_nowhere_is_found(html: str) -> None:
    assert check_markup(f"<p>文</p>{html}<p>字</p>")


@pytest.mark.parametrize(
    "html",
    [
        "",
        "text &lt;script&gt; and 1 &lt; 2",
        '<p>javascript:alert(1) <code>&lt;a href="javascript:x"&gt; onclick="x"</code></p>',
        '<a href="https://e.example/?a=1&amp;b=2" rel="nofollow noopener noreferrer">x</a>',
        '<a href="mailto:a@e.example">x</a>',
        '<a href="HTTPS://e.example/">x</a><a href=" https://e.example/">x</a>',
        "<br/><br /><hr>1 < 2 <3",
        '<img src="http://e.example/a.jpg" alt="a > b" width="1" height="100%">',
        '<td colspan="2" rowspan="3" align="left">x</td>',
        '<ol start="3" reversed="" type="a"><li>x</li></ol>',
        '<p title="onclick=x" lang="en" dir="rtl">x<br><hr><wbr></p>',
        '<P ALIGN="left" data-x="1" hidden>x</P>',
    ],
)
def test_clean_markup_passes(html: str) -> None:
    assert check_markup(html) == []


@pytest.mark.parametrize(
    "html",
    [
        "<a",
        "<a ",
        '<a href="https://x',
        "<!--",
        "<",
        '<a b="',
        "<a href=",
        "</",
        "<p hidden>",
        "&#",
    ],
)
def test_hostile_markup_is_looked_at_in_linear_time(html: str) -> None:
    # A second if it is linear, hours if it is quadratic.
    check_markup(html * 100_000)


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a>\x00</a>", b"<a>&x;</a>", b"<a/><b/>"])
def test_what_is_not_well_formed_is_refused(data: bytes) -> None:
    with pytest.raises(LintError, match=r"x\.xml: not well-formed"):
        parse_xml(data, "x.xml")


def test_entities_of_a_document_are_not_resolved() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z SYSTEM "file:///etc/passwd">]><a>&x;&z;</a>'

    assert parse_xml(bomb, "x.xml").text is None


@pytest.mark.parametrize("field", ["id", "title"])
def test_a_batch_that_does_not_read_back_is_refused(field: str) -> None:
    item = make_item(make_entry(), SITE)._replace(**{field: ""})

    with pytest.raises(LintError, match="do not read back"):
        render_xml_items([item], SITE)


def test_a_sound_batch_takes_one_run_of_feedgen() -> None:
    items = [make_item(make_entry(number), SITE) for number in range(1, 6)]

    rendered = render_xml_items(items, SITE)

    assert [item.title.encode() in rss for item, (rss, _) in zip(items, rendered, strict=True)] == (
        [True] * 5
    )
