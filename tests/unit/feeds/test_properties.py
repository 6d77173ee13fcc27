"""Whatever an article holds, its feeds are well-formed, or it is refused and named."""

import json
from typing import Any

import feedparser
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedpub.errors import LintError
from feedpub.feeds import render_entries
from feedpub.feeds.body import make_body
from feedpub.feeds.text import make_plain
from feedpub.model import Category, Entry, Picture, RenderedEntry
from tests.support.feeds import SITE, make_entry, publish

# All of Unicode, with what XML cannot hold, and with what it must escape, far oftener than chance.
CHARACTERS = st.characters() | st.sampled_from(
    "\x00\x0b\x1b\r\n\t\x85\ud800\ufdd0\ufffd\ufffe<>&\"']"
)
TEXTS = st.text(CHARACTERS, max_size=30)
LEGAL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("<>&\"'\r\n\t]"),
    max_size=60,
)
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM = "{http://www.w3.org/2005/Atom}"


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    changes: dict[str, Any] = {
        name: draw(TEXTS) for name in ("title", "summary") if draw(st.booleans())
    }
    if draw(st.booleans()):
        changes["html"] = draw(st.none() | TEXTS)
    if draw(st.booleans()):
        changes["authors"] = tuple(draw(st.lists(TEXTS, max_size=3)))
        changes["tags"] = tuple(draw(st.lists(TEXTS, max_size=3)))
    if draw(st.booleans()):
        path = tuple(draw(st.lists(TEXTS, min_size=1, max_size=3)))
        changes["categories"] = (Category(9, path, ("a",) * len(path)),)
    if draw(st.booleans()):
        changes["picture"] = draw(st.none() | st.builds(Picture, TEXTS, media_type=TEXTS))
    if draw(st.booleans()):
        changes |= {"id": "urn:" + draw(TEXTS), "url": "https://e.example/" + draw(TEXTS)}
    if draw(st.booleans()):
        changes["language"] = draw(st.none() | TEXTS)
    return make_entry(**changes)


@given(st.lists(entries(), min_size=1, max_size=5))
def test_every_entry_is_rendered_or_refused_by_name(batch: list[Entry]) -> None:
    results = render_entries(batch, SITE)

    assert len(results) == len(batch)
    for entry, result in zip(batch, results, strict=True):
        if isinstance(result, LintError):
            assert result.document == entry.id
            assert result.problems
        else:
            assert_well_formed(entry)


def assert_well_formed(entry: Entry) -> None:
    documents = publish(entry)
    for file in ("rss.xml", "atom.xml"):
        etree.fromstring(documents[file], etree.XMLParser(resolve_entities=False))
    (item,) = json.loads(documents["feed.json"])["items"]
    assert item["title"] == make_plain(entry.title)


@given(LEGAL.filter(lambda text: make_plain(text).strip()))
def test_a_title_is_read_back(title: str) -> None:
    documents = publish(make_entry(title=title))

    rss = etree.fromstring(documents["rss.xml"]).findtext("channel/item/title")
    atom = etree.fromstring(documents["atom.xml"]).findtext(f"{ATOM}entry/{ATOM}title")
    assert rss == atom == json.loads(documents["feed.json"])["items"][0]["title"]
    assert rss == make_plain(title)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" ")))
def test_feedparser_reads_the_title_back(text: str) -> None:
    # feedparser takes what holds an entity or an end tag for HTML, and trims.
    title = f"第 {text.replace('&', '＆').replace('<', '＜')} 篇"

    for file in ("rss.xml", "atom.xml"):
        parsed = feedparser.parse(publish(make_entry(title=title))[file])
        assert not parsed.bozo
        assert parsed.entries[0].title == make_plain(title)


@given(LEGAL.filter(bool))
def test_a_body_is_read_back_from_every_format(html: str) -> None:
    (result,) = render_entries([make_entry(html=html, picture=None)], SITE)
    if isinstance(result, LintError):
        return
    documents = publish(make_entry(html=html, picture=None))

    rss = etree.fromstring(documents["rss.xml"]).findtext(f"channel/item/{CONTENT}")
    atom = etree.fromstring(documents["atom.xml"]).findtext(f"{ATOM}entry/{ATOM}content")
    assert rss == atom == json.loads(documents["feed.json"])["items"][0]["content_html"]


@given(LEGAL)
def test_a_body_is_escaped_as_the_libraries_escape_it(html: str) -> None:
    body = make_body(html)

    escaped = etree.Element("x")
    escaped.text = body_text = json.loads(b'"' + body.json + b'"')
    assert etree.tostring(escaped, encoding="UTF-8")[len("<x>") :].startswith(body.xml)
    assert json.dumps(body_text, ensure_ascii=False).encode() == b'"' + body.json + b'"'


@given(st.lists(entries(), min_size=1, max_size=5))
def test_the_bytes_of_an_entry_do_not_depend_on_its_neighbours(batch: list[Entry]) -> None:
    together = render_entries(batch, SITE)

    alone = [result for entry in batch for result in render_entries([entry], SITE)]
    assert [r for r in together if isinstance(r, RenderedEntry)] == [
        r for r in alone if isinstance(r, RenderedEntry)
    ]
