"""The lines that a portal's editor copies, character by character."""

import hashlib
from base64 import b64encode
from dataclasses import replace

import pytest

from feedpub.embeds.maker import Embeds
from feedpub.embeds.scripts import make_script
from feedpub.model import Category, EmbedForm, EmbedLook, Site
from tests.support.embeds import NEWS

FEEDS = "https://blog.example/feeds"
SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"


def snippet(embeds: Embeds, form: EmbedForm, **look: object) -> str:
    chosen = replace(EmbedLook(), **look)  # type: ignore[arg-type] # the tests' own words
    return embeds.snippets.make(NEWS, form, chosen).text


def test_an_element_names_the_script_of_these_bytes_with_its_checksum(embeds: Embeds) -> None:
    load, element = snippet(embeds, "element").split("\n")
    script = next(path for path in embeds.files() if "feedpub-feed." in path and ".v1" not in path)
    checksum = b64encode(hashlib.sha384(embeds.files()[script]).digest()).decode()

    assert load == (
        f'<script async src="{FEEDS}/{script}" integrity="sha384-{checksum}"'
        ' crossorigin="anonymous"></script>'
    )
    assert element == (
        f'<feedpub-feed src="{FEEDS}/news/zhong-guo/feed.json" limit="5"'
        ' style="display:block;min-block-size:41em">'
        f'<a href="{FEEDS}/news/zhong-guo/">News / 中国 · Paper &amp; Plane</a></feedpub-feed>'
    )


def test_the_script_that_is_kept_up_to_date_has_no_checksum(embeds: Embeds) -> None:
    load = snippet(embeds, "element", latest=True).split("\n")[0]

    assert load == f'<script async src="{FEEDS}/embed/feedpub-feed.v1.js"></script>'


def test_an_element_is_told_how_to_look_by_attributes(embeds: Embeds) -> None:
    shown = snippet(
        embeds,
        "element",
        layout="grid",
        limit=3,
        thumbs=False,
        text_color="#222222",
        link_color="#b23c0a",
    )

    assert (
        ' layout="grid" limit="3" thumbs="off"'
        ' style="display:block;min-block-size:20em;--feedpub-fg:#222222;--feedpub-link:#b23c0a">'
        in shown
    )


@pytest.mark.parametrize(("articles", "room"), [(None, 41), (90, 41), (2, 15.8), (0, 7.4)])
def test_no_room_is_kept_for_articles_that_there_are_not(
    embeds: Embeds, articles: int | None, room: float
) -> None:
    element = embeds.snippets.make(NEWS, "element", articles=articles)

    assert f'style="display:block;min-block-size:{room}em"' in element.text


def test_a_frame_is_told_how_to_look_by_what_follows_its_address(embeds: Embeds) -> None:
    shown = snippet(embeds, "iframe", layout="compact", limit=3, thumbs=False, link_color="#b23c0a")

    assert shown == (
        f'<iframe src="{FEEDS}/embed/news/zhong-guo.frame.html'
        '#layout=compact&amp;limit=3&amp;thumbs=off&amp;link=b23c0a"'
        ' title="News / 中国 · Paper &amp; Plane" width="100%" height="480" frameborder="0"'
        f' loading="lazy" sandbox="{SANDBOX}" data-feedpub></iframe>'
    )


def test_a_frame_needs_no_script_unless_it_is_to_grow(embeds: Embeds) -> None:
    assert "<script" not in snippet(embeds, "iframe")
    assert snippet(embeds, "iframe", resize=True, latest=True).startswith(
        f'<script async src="{FEEDS}/embed/feedpub-resize.v1.js"></script>\n<iframe '
    )


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("fragment", '<!--#include virtual="/feeds/embed/news/zhong-guo.html" -->'),
        ("oembed", f"{FEEDS}/news/zhong-guo/"),
        ("json", f"{FEEDS}/news/zhong-guo/feed.json"),
    ],
)
def test_the_other_forms_are_one_line(embeds: Embeds, form: EmbedForm, expected: str) -> None:
    assert snippet(embeds, form) == expected


def test_without_pages_the_frame_is_what_people_and_oembed_find(site: Site) -> None:
    snippets = Embeds(replace(site, pages=False)).snippets

    assert snippets.make(NEWS, "oembed").text == f"{FEEDS}/embed/news/zhong-guo.frame.html"


def test_everything_is_called_that(embeds: Embeds) -> None:
    everything = Category(0, (), ("all",))

    text = embeds.snippets.make(everything, "iframe").text

    assert 'title="Everything · Paper &amp; Plane"' in text


def test_one_more_byte_makes_another_name() -> None:
    one, other = (make_script("a.js", data) for data in (b"1", b"2"))

    assert one.pinned != other.pinned
    assert one.latest == other.latest == "embed/a.v1.js"
