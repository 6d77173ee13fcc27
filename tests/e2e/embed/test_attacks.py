"""No known attack runs in an embed, wherever in an article or a feed it stands."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from feedpub.embeds.maker import Embeds
from feedpub.embeds.places import fragment_path
from feedpub.model import Entry, Picture
from feedpub.pages.views import EVERYTHING
from tests.support import needs
from tests.support.embed_hosts import Host, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs.program("chromium")

FIELDS = ("title", "author", "summary", "link", "thumbnail")
ELEMENTS = {"a", "article", "div", "h3", "img", "li", "p", "slot", "time", "ul"}
ATTRIBUTES = {
    "a": {"href", "target"},
    "article": {"aria-label", "class", "lang", "part"},
    "div": {"class", "part", "tabindex"},
    "h3": {"class", "dir", "part"},
    "img": {"alt", "class", "decoding", "height", "loading", "part", "src", "width"},
    "li": set(),
    "p": {"class", "dir", "lang", "part"},
    "slot": set(),
    "time": {"datetime", "title"},
    "ul": {"aria-label", "class", "lang", "part", "role"},
}


@pytest.fixture(scope="module")
def payloads(shared: Path) -> list[str]:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text())["vectors"]
    return [vector["payload"] for vector in vectors]


@contextmanager
def open_guarded(browser: "Browser", url: str, *hosts: Host) -> "Iterator[Page]":
    """Open a page, poke everything in it, and hold that nothing ran and nobody else was asked."""
    alarms: list[str] = []
    allowed = tuple(f"{host.url}/" for host in hosts)
    with browser.new_context() as context:
        page = context.new_page()
        page.on("dialog", lambda dialog: alarms.append(dialog.message))
        page.on("pageerror", lambda error: alarms.append(str(error)))

        def ask(route: Any) -> None:
            if route.request.url.startswith(allowed):
                route.continue_()
            else:
                alarms.append(route.request.url)
                route.abort()

        context.route("**", ask)
        page.add_init_script(
            "for (const name of ['alert', 'confirm', 'prompt', 'print'])"
            " window[name] = () => { window.ran = name; };"
        )
        page.goto(url)
        yield page
        page.evaluate(POKE)
        page.wait_for_timeout(100)
        assert page.evaluate("window.ran ?? null") is None
        assert not alarms, alarms[:5]


POKE = """() => {
    addEventListener("click", (event) => event.preventDefault());
    const roots = [document, ...[...document.querySelectorAll("*")].map((one) => one.shadowRoot)];
    for (const root of roots.filter(Boolean))
        for (const element of root.querySelectorAll("*"))
            for (const name of ["mouseover", "focus", "error", "load", "toggle", "animationstart"])
                element.dispatchEvent(new Event(name));
}"""
SHAPE = """(root) => [...root.querySelectorAll("*")].map((element) =>
    [element.localName, element.getAttributeNames(), element.href ?? "", element.src ?? ""])"""


def check_shape(shape: list[tuple[str, list[str], str, str]], host: Host) -> None:
    """Hold that there is nothing but what we make, and that links lead into the web."""
    for tag, attributes, href, source in shape:
        assert tag in ELEMENTS
        assert set(attributes) <= ATTRIBUTES[tag], tag
        assert not href or href.startswith(("http:", "https:")), href
        assert not source or source.startswith(host.url), source


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_runs_in_an_element_whose_feed_is_hostile(
    browser: "Browser", feeds: Host, portal: Host, script: str, payloads: list[str], field: str
) -> None:
    def write_item(number: int, payload: str) -> dict[str, Any]:
        item: dict[str, Any] = {"id": str(number), "title": "x", "url": f"{feeds.url}/x"}
        thumbnail = {
            "image": payload,
            "_feedpub": {"thumbnail": {"url": payload, "width": payload}},
        }
        hostile: dict[str, dict[str, Any]] = {
            "title": {"title": payload, "language": payload},
            "author": {"authors": [{"name": payload, "url": payload}], "tags": [payload]},
            "summary": {"summary": payload, "content_html": payload, "date_published": payload},
            "link": {"url": payload, "external_url": payload},
            "thumbnail": thumbnail,
        }
        return item | hostile[field]

    items = [write_item(number, payload) for number, payload in enumerate(payloads)]
    groups = [items[start : start + 50] for start in range(0, len(items), 50)]
    elements = "".join(
        f'<feedpub-feed src="{feeds.feed(f"/x{number}/feed.json", group, title=group[0]["title"])}"'
        ' limit="50"></feedpub-feed>'
        for number, group in enumerate(groups)
    )
    url = portal.show("/", write_page(elements + script))

    with open_guarded(browser, url, feeds, portal) as page:
        shown = page.locator("feedpub-feed article .feedpub-title")
        page.wait_for_function(
            """(count) => [...document.querySelectorAll("feedpub-feed")].reduce((sum, one) => sum +
                (one.shadowRoot?.querySelectorAll(".feedpub-title").length ?? 0), 0) === count""",
            arg=len(items),
        )
        assert shown.count() == len(items)
        for number in range(len(groups)):
            element = page.locator("feedpub-feed").nth(number)
            check_shape(element.evaluate(f"(one) => ({SHAPE})(one.shadowRoot)"), feeds)


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_runs_in_a_fragment_of_hostile_articles(
    browser: "Browser",
    feeds: Host,
    portal: Host,
    embeds: Embeds,
    script: str,
    payloads: list[str],
    field: str,
) -> None:
    noon = datetime(2026, 3, 24, 4, tzinfo=UTC)
    entry = Entry("urn:uuid:0", f"{feeds.url}/x", "x", noon, noon)

    def write_entry(payload: str) -> Entry:
        picture = Picture(url=payload, path=f"media/{payload}", width=640, height=400)
        hostile: dict[str, Entry] = {
            "title": replace(entry, title=payload, language=payload),
            "author": replace(entry, authors=(payload,), tags=(payload,)),
            "summary": replace(entry, summary=payload),
            "link": replace(entry, url=payload),
            "thumbnail": replace(entry, picture=picture),
        }
        return hostile[field]

    cards = [embeds.make_card(write_entry(payload)) for payload in payloads]
    every = Embeds(embeds._site, entries=len(cards))
    fragment = every.make(EVERYTHING, cards)[fragment_path("all")].decode()
    html = write_page(f"<feedpub-feed>{fragment}</feedpub-feed>{script}")
    url = portal.show("/", html)

    with open_guarded(browser, url, feeds, portal) as page:
        page.wait_for_load_state("networkidle")

        assert page.locator(".feedpub-item").count() == len(cards)
        check_shape(page.locator("feedpub-feed").evaluate(SHAPE), feeds)
