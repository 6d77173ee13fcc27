"""Whatever an article, a category or the site is called, the page keeps its shape."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feedpub.model import Category, Entry, Feed, FeedSummary, Picture, Site
from feedpub.pages import Pages
from tests.support.hostile_words import HOSTILE
from tests.support.html import elements, shape, text


def all_pages(site: Site, words: str, entry: Entry) -> Iterator[bytes]:
    """Render every page with the same words in each place that takes text from outside."""
    category = Category(1, (words, words), ("a", "b"))
    parent = Category(2, (words,), ("a",))
    child = Category(3, (words, words, words), ("a", "b", "c"))
    entry = replace(
        entry,
        title=words,
        summary=f"{words}.",
        authors=(words, words),
        tags=(words,),
        language="en",
        categories=(category,),
    )
    site = replace(site, title=words, description=words, copyright=words, author=words)
    pages = Pages(site)
    lines = [
        FeedSummary(each, 2, 1, 0.5, entry.published)
        for each in (Category(0, (), ("all",)), parent, category, child)
    ]
    yield pages.index(lines)
    yield pages.feed(Feed(category, entry.updated, latest_archive="2026-01"), [entry], lines)
    yield pages.article(entry)
    yield pages.article(replace(entry, html=None))
    yield pages.gone(words, "articles/x.html")
    yield pages.moved(words, "https://b.example/", "articles/x.html")
    yield pages.alias(category, "old/place")


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_change_the_shape_of_any_page(site: Site, entry: Entry, words: str) -> None:
    plain = [shape(page) for page in all_pages(site, "plain words", entry)]

    hostile = [shape(page) for page in all_pages(site, words, entry)]

    assert hostile == plain


@pytest.mark.parametrize("words", HOSTILE)
def test_words_are_shown_as_they_are_written(site: Site, entry: Entry, words: str) -> None:
    for page in all_pages(site, words, entry):
        assert words in text(page)


def test_no_known_attack_changes_the_shape_of_a_page(
    site: Site, entry: Entry, shared: Path
) -> None:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text())["vectors"]
    # One line and never empty, as a title is by the time it comes here.
    attacks = [" ".join(vector["payload"].split()) or "-" for vector in vectors]
    pages = Pages(site)

    def render(titles: list[str]) -> bytes:
        entries = [replace(entry, title=words, summary=f"{words}.") for words in titles]
        return pages.feed(Feed(Category(0, (), ("all",)), entry.updated), entries)

    page = render(attacks)

    assert shape(page) == shape(render(["plain words"] * len(attacks)))
    assert len(attacks) > 600


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example", "http://["]
)
def test_only_web_addresses_become_links(site: Site, entry: Entry, url: str) -> None:
    hostile = replace(entry, url=url, page=None, picture=Picture(url))

    page = Pages(site).feed(Feed(Category(0, (), ("all",)), entry.updated), [hostile])

    assert url.encode() not in page
    assert b'<h2 dir="auto">Title</h2>' in page


def test_a_lone_surrogate_does_not_stop_a_page(site: Site, entry: Entry) -> None:
    page = Pages(site).article(replace(entry, title="broken \ud800 title"))

    assert "broken ? title" in page.decode()


def test_every_page_forbids_inline_script_and_foreign_script(site: Site, entry: Entry) -> None:
    for page in all_pages(site, "words", entry):
        found = elements(page)
        policy = next(
            each.attributes["content"]
            for each in found
            if each.attributes.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
        assert all("src" in each.attributes for each in found if each.tag == "script")
        assert not [each for each in found if {"style", "onclick"} & each.attributes.keys()]
