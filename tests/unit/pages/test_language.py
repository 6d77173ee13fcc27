"""Texts, dates and numbers in the site's language."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from feedpub.model import Category, Entry, FeedSummary, Site
from feedpub.pages import Pages
from feedpub.pages.language import CATALOGS
from feedpub.resources import locale_folder
from tests.support.html import text

ROOT = Category(0, (), ("all",))


def read_catalog(name: str) -> Catalog:
    path = locale_folder() / name / "LC_MESSAGES" / "feedpub.po"
    return read_po(BytesIO(path.read_bytes()), locale=name)


def messages(catalog: Catalog) -> dict[object, object]:
    """Return translations by message; plural forms as a tuple, however the file gives them."""
    return {_freeze(message.id): _freeze(message.string) for message in catalog if message.id}


def _freeze(words: object) -> object:
    return tuple(words) if isinstance(words, list | tuple) else words


@pytest.fixture(scope="module")
def texts(repository: Path) -> set[object]:
    """Every message that a template or a module asks for."""
    with (locale_folder() / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(repository, methods, options)
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("name", CATALOGS.values())
def test_a_catalog_has_every_message_and_no_other(name: str, texts: set[object]) -> None:
    assert set(messages(read_catalog(name))) == texts


@pytest.mark.parametrize("name", CATALOGS.values())
def test_no_message_of_a_catalog_is_empty_or_unsure(name: str) -> None:
    catalog = read_catalog(name)

    for message in catalog:
        strings = message.string if message.pluralizable else (message.string,)
        assert all(strings), message.id
        assert not message.fuzzy or not message.id, message.id


@pytest.mark.parametrize("name", CATALOGS.values())
def test_placeholders_of_a_translation_are_those_of_the_message(name: str) -> None:
    for message in read_catalog(name):
        assert not list(message.check()), message.id


@pytest.mark.parametrize("name", CATALOGS.values())
def test_the_compiled_catalog_is_up_to_date(name: str) -> None:
    compiled = locale_folder() / name / "LC_MESSAGES" / "feedpub.mo"

    assert messages(read_mo(BytesIO(compiled.read_bytes()))) == messages(read_catalog(name))


@pytest.mark.parametrize(
    ("tag", "lang", "word", "day"),
    [
        ("zh-CN", "zh-CN", "订阅全部", "2026年3月24日"),
        ("zh", "zh", "订阅全部", "2026年3月24日"),
        ("zh-Hant-TW", "zh-Hant-TW", "订阅全部", "2026年3月24日"),
        ("en", "en", "Subscribe to everything", "March 24, 2026"),
        ("en-GB", "en-GB", "Subscribe to everything", "24 March 2026"),
        ("en-XX", "en-XX", "Subscribe to everything", "March 24, 2026"),
        ("fr", "en", "Subscribe to everything", "March 24, 2026"),
        ("", "en", "Subscribe to everything", "March 24, 2026"),
    ],
)
def test_the_words_of_a_page_follow_the_sites_language(
    site: Site, summarise: Callable[..., FeedSummary], tag: str, lang: str, word: str, day: str
) -> None:
    page = Pages(replace(site, language=tag)).index([summarise(ROOT)])

    assert f'<html lang="{lang}">' in page.decode()
    assert word in text(page)
    assert day in text(page)


def test_articles_keep_their_language_where_the_words_around_them_are_english(
    site: Site, entry: Entry
) -> None:
    page = Pages(replace(site, language="fr")).article(entry).decode()

    assert '<html lang="en">' in page
    assert '<h1 dir="auto" lang="fr">Title</h1>' in page


@pytest.mark.parametrize(
    ("weekly", "words"),
    [
        (12.2, "about 12 posts a week"),
        (1.0, "about 1 post a week"),
        (0.9, "about 4 posts a month"),
        (0.22, "about 1 post a month"),
        (0.1, "less than one post a month"),
    ],
)
def test_pace_is_told_in_the_unit_that_suits_it(
    site: Site, summarise: Callable[..., FeedSummary], weekly: float, words: str
) -> None:
    page = Pages(replace(site, language="en")).index([summarise(ROOT, weekly=weekly)])

    assert words in text(page)


def test_nothing_is_said_of_the_pace_of_an_empty_feed(
    site: Site, summarise: Callable[..., FeedSummary]
) -> None:
    page = Pages(replace(site, language="en")).index([summarise(ROOT, weekly=0.0)])

    assert "post" not in text(page)
