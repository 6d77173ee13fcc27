"""The pages for subscribers: values in, UTF-8 bytes out."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale

from feedpub.model import Category, Choice, Site
from feedpub.pages.engine import Engine
from feedpub.pages.language import CATALOGS, choose_language, find_catalog
from feedpub.resources import list_template_folders, read_asset

_STYLES = ("feedpub.css", "forms.css")
_ICON = "icon.svg"
_LANGUAGES = 8
"""Whose templates are kept at once; a list that was imported may name any number."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A category that can be chosen, with those below it.

    Attributes:
        folder: Its folder among the feeds, which names it in a form.
        name: The innermost one.
        chosen: Whether it is chosen itself.
        children: Directly below.
    """

    folder: str
    name: str
    chosen: bool
    children: tuple["Branch", ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the pages refer to; its name changes with its content.

    Attributes:
        name: Beside the folders of the pages.
        media_type: For the ``Content-Type`` header.
        data: All of it.
    """

    name: str
    media_type: str
    data: bytes


class PeoplePages:
    """Renders the pages for subscribers, each in the subscriber's own language.

    Attributes:
        languages: That mails can be had in, BCP 47 and name; the site's first.

    Templates are looked for in the folders given, then among the defaults. Safe for any number of
    threads.
    """

    def __init__(
        self,
        site: Site,
        *,
        title: str,
        mask: Callable[[str], str],
        languages: Sequence[str] = (),
        templates: Sequence[Path] = (),
    ) -> None:
        """Read style sheets and icon.

        Args:
            site: Whose newsletter it is.
            title: Of the newsletter.
            mask: From an address to what its owner knows it by and a stranger does not: whoever
                was forwarded a mail can open its links.
            languages: That can be chosen besides the site's, BCP 47.
            templates: Folders of overrides, first match wins; they need not exist.
        """
        self._site, self._title, self._mask = site, title, mask
        tags = dict.fromkeys((site.language, *languages))
        self.languages = tuple((tag, name_language(tag)) for tag in tags)
        # The words of a page are there in these, whatever language the newsletter is in.
        shipped = (*tags, *(name.replace("_", "-") for name in CATALOGS.values()))
        self._spoken = _drop_doubles(shipped)
        self._folders = list_template_folders(templates)
        self._engine = lru_cache(maxsize=_LANGUAGES)(self._make_engine)
        style = b"\n".join(read_asset(name, templates) for name in _STYLES)
        self.style = _name(style, "style", ".css", "text/css; charset=utf-8")
        self.icon = _name(read_asset(_ICON, templates), "icon", ".svg", "image/svg+xml")

    def render(
        self,
        name: str,
        *,
        language: str | None,
        address: str = "",
        sign: Callable[[str], str],
        root: str = "../",
        **values: object,
    ) -> bytes:
        """Return a page.

        Args:
            name: Of the template, such as ``unsubscribe``.
            language: BCP 47; None means that of the site.
            address: Of the subscriber, in full.
            sign: From what a form does to the proof that it comes from this page.
            root: From the page to the address of the web face, where the style sheet is.
            values: As the template names them.
        """
        lang, engine = self._engine(language or self._site.language)
        return engine.render(
            f"web/{name}.html",
            site=self._site,
            title=self._title,
            lang=lang,
            style=f"{root}{self.style.name}",
            icon=f"{root}{self.icon.name}",
            address=self._mask(address) if address else "",
            sign=sign,
            **values,
        )

    @property
    def spoken(self) -> tuple[str, ...]:
        """Languages that pages for strangers are written in, BCP 47."""
        return tuple(self._spoken.values())

    def list_others(self, language: str | None) -> list[tuple[str, str]]:
        """Return tag and name of the languages that a page could be in as well.

        Args:
            language: That it is in, BCP 47; None means that of the site.
        """
        here = find_catalog(language or self._site.language)
        return [(tag, name_language(tag)) for name, tag in self._spoken.items() if name != here]

    def agreement(self, language: str | None) -> str:
        """Return what somebody agrees to who subscribes, as the page says it.

        Args:
            language: BCP 47; None means that of the site.
        """
        _, engine = self._engine(language or self._site.language)
        return engine.render("web/agreement.txt", title=self._title).decode().strip()

    @staticmethod
    def grow(categories: Iterable[Category], choice: Choice) -> tuple[Branch, ...]:
        """Return the tree of what can be chosen; see ``grow_branches``."""
        return grow_branches(categories, choice)

    def _make_engine(self, tag: str) -> tuple[str, Engine]:
        language = choose_language(tag)
        return language.tag, Engine(self._folders, language=language, zone=self._site.zone)


def _drop_doubles(tags: Iterable[str]) -> dict[str, str]:
    """Return the first tag that each catalog has the words for, by catalog."""
    found: dict[str, str] = {}
    for tag in tags:
        if find_catalog(tag, missing=""):
            found.setdefault(find_catalog(tag), tag)
    return found


def _name(data: bytes, stem: str, suffix: str, media_type: str) -> Asset:
    return Asset(f"{stem}-{hashlib.sha256(data).hexdigest()[:16]}{suffix}", media_type, data)


def grow_branches(categories: Iterable[Category], choice: Choice) -> tuple[Branch, ...]:
    """Return the tree of what can be chosen.

    Args:
        categories: Depth-first, without the root.
        choice: Ids of those that are chosen.
    """
    below: dict[int | None, list[Category]] = {}
    known = list(categories)
    ids = {category.id for category in known}
    for category in known:
        below.setdefault(category.parent if category.parent in ids else None, []).append(category)

    def grow(parent: int | None) -> tuple[Branch, ...]:
        return tuple(
            Branch(one.folder, one.name, one.id in choice, grow(one.id))
            for one in below.get(parent, ())
        )

    return grow(None)


def name_language(tag: str) -> str:
    """Return what a language calls itself, without the country."""
    locale = choose_language(tag).locale
    return Locale(locale.language, script=locale.script).get_display_name() or tag
