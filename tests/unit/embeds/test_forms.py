"""What the files of an embed say, and that nothing an article says changes their shape."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from feedpub.embeds.maker import Embeds
from feedpub.embeds.places import fragment_path, frame_path, oembed_path
from feedpub.embeds.scripts import load_scripts
from feedpub.model import Category, Entry, FeedSummary, Picture, Site
from feedpub.pages import Pages
from tests.support.embeds import BASE, NEWS
from tests.support.hostile_words import HOSTILE
from tests.support.html import elements, links, shape, text


def test_a_category_has_a_fragment_a_frame_and_an_oembed_document(files: dict[str, bytes]) -> None:
    assert list(files) == [
        "embed/news/zhong-guo.html",
        "embed/news/zhong-guo.frame.html",
        "embed/news/zhong-guo.oembed.json",
    ]


def test_the_names_of_any_two_categories_never_meet() -> None:
    folders = ["all", "news", "news/frame", "news/oembed", "frame", "oembed-2", "feedpub-feed"]

    names = [
        path(folder) for folder in folders for path in (fragment_path, frame_path, oembed_path)
    ]

    assert len({*names, "embed/index.html", *load_scripts().files}) == (
        len(names) + 1 + len(load_scripts().files)
    )


def test_every_address_of_a_fragment_is_absolute(files: dict[str, bytes]) -> None:
    found = links(files["embed/news/zhong-guo.html"])

    assert found == [
        f"{BASE}media/a.jpg",
        f"{BASE}articles/one-00000001.html",
        "https://elsewhere.example/2",
    ]


def test_a_fragment_is_a_list_without_style_or_script(files: dict[str, bytes]) -> None:
    fragment = files["embed/news/zhong-guo.html"]

    assert {element.tag for element in elements(fragment)}.isdisjoint({"style", "script", "html"})
    assert not [one for one in elements(fragment) if "style" in one.attributes]
    assert text(fragment).split() == [
        *["One", "March", "24,", "2026", "All", "of", "it."],
        *["二", "March", "24,", "2026", "All", "of", "it."],
    ]


def test_a_picture_that_is_not_ours_is_left_out(embeds: Embeds, entry: Entry) -> None:
    there = replace(entry, picture=Picture("https://cdn.example/a.jpg", 640, 320))

    assert embeds.make_card(there).image is None


def test_a_fragment_holds_no_more_than_it_may(embeds: Embeds, entry: Entry) -> None:
    fragment = embeds.make(NEWS, [embeds.make_card(entry)] * 5)["embed/news/zhong-guo.html"]

    assert fragment.count(b"<li>") == 3


def test_an_empty_category_says_so(embeds: Embeds) -> None:
    files = embeds.make(NEWS, [])

    assert b"Nothing has been published here yet." in files["embed/news/zhong-guo.html"]
    assert b"Nothing has been published here yet." in files["embed/news/zhong-guo.frame.html"]


# The frame


def test_a_frame_works_from_the_disk_and_on_another_host(files: dict[str, bytes]) -> None:
    frame = files["embed/news/zhong-guo.frame.html"]

    loaded = [
        one.attributes.get("src") or one.attributes["href"]
        for one in elements(frame)
        if one.tag in ("img", "script") or one.attributes.get("rel") == "stylesheet"
    ]

    assert all(address.startswith(("../../media/", "../feedpub-")) for address in loaded)
    assert 'href="../../articles/one-00000001.html"' in frame.decode()


def test_a_frame_lets_nothing_in_but_its_own_files(files: dict[str, bytes]) -> None:
    frame = files["embed/news/zhong-guo.frame.html"]
    (policy,) = [
        one.attributes["content"]
        for one in elements(frame)
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]

    assert policy == (
        "default-src 'none'; style-src 'self' https://blog.example;"
        " script-src 'self' https://blog.example; img-src 'self' https://blog.example;"
        " base-uri 'none'; form-action 'none'"
    )
    assert not [one for one in elements(frame) if "style" in one.attributes or one.tag == "style"]
    assert re.findall(rb"<script(?! defer src=)", frame) == []


def test_a_frame_opens_links_beside_the_page_around_it(files: dict[str, bytes]) -> None:
    assert b'<base target="_blank">' in files["embed/news/zhong-guo.frame.html"]


def test_a_renamed_category_is_still_found_at_its_old_place(
    embeds: Embeds, files: dict[str, bytes]
) -> None:
    copies = embeds.copy(NEWS, files, "old")

    assert copies.keys() == {"embed/old.html", "embed/old.frame.html", "embed/old.oembed.json"}
    assert copies["embed/old.html"] == files["embed/news/zhong-guo.html"]
    assert b'src="../media/a.jpg"' in copies["embed/old.frame.html"]


# oEmbed


def test_an_oembed_document_holds_a_link_and_one_frame(files: dict[str, bytes]) -> None:
    document = json.loads(files["embed/news/zhong-guo.oembed.json"])
    html = document.pop("html")

    assert document == {
        "version": "1.0",
        "type": "rich",
        "title": "News / 中国 · Paper & Plane",
        "provider_name": "Paper & Plane",
        "provider_url": "https://blog.example/",
        "cache_age": 86400,
        "width": 600,
        "height": 480,
    }
    title = "News / 中国 · Paper &amp; Plane"
    assert html == (
        f'<blockquote><a href="{BASE}news/zhong-guo/">{title}</a></blockquote>'
        f'<iframe src="{BASE}embed/news/zhong-guo.frame.html" title="{title}"'
        ' width="600" height="480" frameborder="0"'
        ' sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"></iframe>'
    )


# Hostile words


def everything_of(site: Site, entry: Entry, words: str) -> list[bytes]:
    """Make every form with the same words in each place that takes text from outside."""
    category = Category(1, (words, words), ("a", "b"))
    embeds = Embeds(replace(site, title=words, description=words))
    card = embeds.make_card(replace(entry, title=words, summary=f"{words}.", language="zh"))
    files = embeds.make(category, [card, card])
    oembed = json.loads(files.pop("embed/a/b.oembed.json"))["html"].encode()
    summaries = [FeedSummary(one, 1, 1, 1.0, None) for one in (Category(0, (), ("all",)), category)]
    index = embeds.index(summaries, Pages(replace(site, title=words), oembed_path=oembed_path))
    return [*files.values(), oembed, index]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_change_the_shape_of_any_form(site: Site, entry: Entry, words: str) -> None:
    plain = everything_of(site, entry, "Words")

    for sound, hostile in zip(plain, everything_of(site, entry, words), strict=True):
        assert shape(hostile) == shape(sound)


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_break_out_of_a_snippet(site: Site, words: str) -> None:
    category = Category(1, (words, words), ("a", "b"))
    index = Embeds(replace(site, title=words)).snippets

    for form in ("element", "iframe"):
        sound = Embeds(site).snippets.make(NEWS, form).text.encode()
        assert shape(index.make(category, form).text.encode()) == shape(sound)


def test_an_address_that_is_none_of_the_webs_becomes_no_link(embeds: Embeds, entry: Entry) -> None:
    card = embeds.make_card(replace(entry, url="javascript:alert(1)", page=None))

    assert b"href" not in embeds.make(NEWS, [card])["embed/news/zhong-guo.html"]


# The builder page


@pytest.fixture
def index(embeds: Embeds, site: Site) -> bytes:
    summaries = [FeedSummary(one, 1, 1, 1.0, None) for one in (Category(0, (), ("all",)), NEWS)]
    return embeds.index(summaries, Pages(site, oembed_path=oembed_path))


def test_the_builder_page_shows_the_snippets_of_the_command(index: bytes, embeds: Embeds) -> None:
    shown = unescape(re.sub(r"</?span[^>]*>", "", index.decode()))

    for form in ("element", "fragment", "iframe", "oembed", "json"):
        assert embeds.snippets.make(NEWS, form, articles=1).text in shown


def test_the_builder_page_has_no_script_of_its_own_within(index: bytes) -> None:
    assert re.findall(rb"<script(?! defer src=)", index) == []
    assert not [one for one in elements(index) if "style" in one.attributes or one.tag == "style"]


# Scripts


def test_a_published_script_is_named_after_its_bytes() -> None:
    scripts = load_scripts()

    pinned = [path for path in scripts.files if ".v1." not in path]

    assert len(pinned) == len({*pinned}) == 5
    assert scripts.files[scripts.element.latest] == scripts.files[scripts.element.pinned]
    assert re.fullmatch(r"embed/feedpub-feed\.[0-9a-f]{16}\.js", scripts.element.pinned)


def test_the_same_values_always_give_the_same_bytes(site: Site, entry: Entry) -> None:
    first, second = (everything_of(site, entry, "Words") for _ in range(2))

    assert first == second
