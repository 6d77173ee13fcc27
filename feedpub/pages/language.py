"""The language of a page: its texts, dates and numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from feedpub.resources import locale_folder

CATALOGS = {"zh": "zh_CN", "en": "en"}
"""Catalogs that feedpub ships, by primary language; English serves all others."""


@dataclass(frozen=True, slots=True)
class Language:
    """How feedpub's own words are written on a page.

    Attributes:
        tag: BCP 47, for the ``lang`` of the page.
        locale: For dates and numbers.
        translations: The catalog.
        catalog: Its bytes, compiled.
    """

    tag: str
    locale: Locale
    translations: GNUTranslations
    catalog: bytes


def find_catalog(tag: str, *, missing: str = "en") -> str:
    """Return the catalog that has words for a language.

    Args:
        tag: BCP 47.
        missing: What to return where there is none.
    """
    return CATALOGS.get(tag.replace("_", "-").split("-")[0].lower(), missing)


def choose_language(tag: str) -> Language:
    """Return the language for the words around the articles of a site.

    Args:
        tag: BCP 47, that of the site. Where there is no catalog for it, the words are English and
            say so; the articles keep their own ``lang``.
    """
    name = find_catalog(tag)
    catalog = (locale_folder() / name / "LC_MESSAGES" / "feedpub.mo").read_bytes()
    translations = GNUTranslations(BytesIO(catalog))
    if not find_catalog(tag, missing=""):
        return Language("en", Locale.parse("en"), translations, catalog)
    return Language(tag, _parse_locale(tag, name), translations, catalog)


def _parse_locale(tag: str, fallback: str) -> Locale:
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse(fallback)


def format_day(language: Language, zone: tzinfo) -> Callable[[datetime], str]:
    """Return a function that writes the day of an aware instant, as seen in a zone."""

    @lru_cache(maxsize=4096)
    def write(day: date) -> str:
        return format_date(day, format="long", locale=language.locale)

    return lambda instant: write(instant.astimezone(zone).date())


def format_month(language: Language) -> Callable[[str], str]:
    """Return a function that writes a month given as ``YYYY-MM``."""

    def write(month: str) -> str:
        first = date.fromisoformat(f"{month}-01")
        return format_skeleton("yMMMM", first, locale=language.locale)

    return write


def format_count(language: Language) -> Callable[[int], str]:
    """Return a function that groups the digits of a count."""
    return lambda count: format_decimal(count, locale=language.locale)
