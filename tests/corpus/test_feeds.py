"""Hostile texts in every plain field of an entry: nothing of them acts in any reader."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree

from feedpub.errors import LintError
from feedpub.feeds import render_entries
from feedpub.model import Entry
from tests.support.feeds import AI, SITE, make_entry, publish

ATOM = "{http://www.w3.org/2005/Atom}"


class Elements(HTMLParser):
    """Collects what a reader would build that takes a plain text for HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def elements_of(text: str) -> list[str]:
    """Return the elements with attributes that a text would become, and those of HTML."""
    parser = Elements()
    parser.feed(text)
    parser.close()
    known = {"script", "style", "img", "svg", "iframe", "a", "b", "div", "form", "object", "base"}
    return [tag for tag, attrs in parser.found if tag in known or any(v for _, v in attrs)]


def make_hostile(payload: str, number: int) -> Entry:
    legal = "".join(c for c in payload if c in "\t\n\r" or c >= " ").encode("utf-8", "ignore")
    text = legal.decode() or "x"
    return make_entry(
        number,
        title=f"第 {text}",
        summary=text,
        authors=(text,),
        tags=(text,),
        categories=(replace(AI, path=("科技", text)),),
        html=None,
    )


@pytest.fixture(scope="module")
def documents(shared: Path) -> dict[str, bytes]:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text(encoding="utf-8"))["vectors"]
    return publish(*(make_hostile(v["payload"], n) for n, v in enumerate(vectors, 1)))


def test_hostile_texts_act_in_no_rss_reader(documents: dict[str, bytes]) -> None:
    creator = "{http://purl.org/dc/elements/1.1/}creator"
    for item in etree.fromstring(documents["rss.xml"]).iter("item"):
        for tag in ("title", "description", "category", creator):
            for element in item.iterfind(tag):
                assert elements_of(element.text or "") == [], element.text


def test_hostile_texts_act_in_no_atom_reader(documents: dict[str, bytes]) -> None:
    for entry in etree.fromstring(documents["atom.xml"]).iter(f"{ATOM}entry"):
        for tag in ("title", "summary", f"author/{ATOM}name"):
            for element in entry.iterfind(f"{ATOM}{tag}"):
                assert elements_of(element.text or "") == [], element.text
        for element in entry.iterfind(f"{ATOM}category"):
            assert elements_of(element.get("term", "") + element.get("label", "")) == []


def test_hostile_texts_act_in_no_json_reader(documents: dict[str, bytes]) -> None:
    for item in json.loads(documents["feed.json"])["items"]:
        names = [author["name"] for author in item.get("authors", ())]
        for text in (item["title"], item.get("summary", ""), *names, *item.get("tags", ())):
            assert elements_of(text) == [], text


def test_hostile_addresses_are_refused(shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text(encoding="utf-8"))["vectors"]
    for vector in vectors:
        (result,) = render_entries([make_entry(url=vector["payload"])], SITE)
        if not isinstance(result, LintError):
            assert vector["payload"].lower().startswith(("http://", "https://"))
