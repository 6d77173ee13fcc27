"""HTML pages: values in, UTF-8 bytes out; the same values always give the same bytes."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from feedpub.feeds.text import to_uri
from feedpub.model import Category, Entry, Feed, FeedSummary, Site
from feedpub.pages.body import fit_body
from feedpub.pages.engine import Engine
from feedpub.pages.language import choose_language
from feedpub.pages.links import link_between
from feedpub.pages.views import (
    EVERYTHING,
    Card,
    grow_tree,
    list_ancestors,
    make_card,
    make_line,
)
from feedpub.resources import list_template_folders, read_asset

__all__ = ["ASSETS", "Pages"]

ASSETS = ("builder.css", "builder.js", "feed.css", "feedpub.css", "feedpub.js", "icon.svg")
"""Files below ``assets/`` of the output folder."""


class Pages:
    """Renders every page of a site.

    Templates are looked for in the folders given, then among the defaults; each is compiled once.
    """

    def __init__(
        self,
        site: Site,
        *,
        templates: Sequence[Path] = (),
        oembed_path: Callable[[str], str] | None = None,
    ) -> None:
        """Prepare the templates.

        Args:
            site: What all pages say.
            templates: Folders of overrides, first match wins; they need not exist.
            oembed_path: From the folder of a category to the path of its oEmbed document; None
                where nothing is to be embedded.
        """
        self._site = site
        self._oembed_path = oembed_path
        # As the feeds write it, so that an address on a page is the one that a reader will see.
        self._base = to_uri(site.feeds_url)
        self._folders = list_template_folders(templates)
        self._language = choose_language(site.language)
        self._engine = Engine(self._folders, language=self._language, zone=site.zone)

    def index(self, summaries: Sequence[FeedSummary]) -> bytes:
        """Return the subscribe page.

        Args:
            summaries: Everything first, then the tree in depth-first order.
        """
        everything = next((make_line(item) for item in summaries if not item.category.path), None)
        return self._render(
            "index",
            "index.html",
            canonical="",
            everything=everything,
            tree=grow_tree(summaries),
        )

    def embed(self, builder: object) -> bytes:
        """Return the page on which a portal's editor makes a snippet.

        Args:
            builder: What the template shows, as ``feedpub.embeds.builder`` describes it.
        """
        return self._render("embed", "embed/index.html", canonical="embed/", builder=builder)

    def feed(
        self, feed: Feed, entries: Sequence[Entry], children: Sequence[FeedSummary] = ()
    ) -> bytes:
        """Return the human view of a feed.

        Args:
            feed: The live feed.
            entries: Those of its documents, newest first.
            children: Summaries of the categories directly below; deeper ones are left out.
        """
        category = feed.category
        page = f"{category.folder}/index.html"
        below = [item for item in children if _is_child(item.category, category)]
        return self._render(
            "feed",
            page,
            canonical=f"{category.folder}/",
            feeds=_unique(category, EVERYTHING),
            feed=feed,
            category=category,
            ancestors=list_ancestors(category),
            cards=[self._card(entry, page) for entry in entries],
            children=[make_line(item) for item in below],
            # The list of issues is one of mails already, and none of the catalog's categories.
            chosen_by_mail=self._by_mail(category.folder if category.id > 0 else ""),
            oembed=self._oembed_path(category.folder) if self._oembed_path else None,
        )

    def article(self, entry: Entry) -> bytes:
        """Return the page of an article that has no URL elsewhere.

        Args:
            entry: With its page; a missing body leaves the summary.
        """
        page = entry.page or ""
        body = fit_body(entry.html or "", page=page, base=self._base)
        card = self._card(entry, page)
        shown = card.image is not None and card.image.src in body
        return self._render(
            "article",
            page,
            feeds=_unique(*entry.categories, EVERYTHING),
            card=card,
            hero=None if shown else card.image,
            body=body,
        )

    def gone(self, title: str, path: str) -> bytes:
        """Return what stands at the page of an article that was deleted.

        Args:
            title: That it had.
            path: Of its page, below the output folder.
        """
        return self._render("gone", path, title=title)

    def moved(self, title: str, url: str, path: str) -> bytes:
        """Return what stands at the page of an article that is read elsewhere now.

        Args:
            title: Of the article.
            url: Where it is, absolute.
            path: Of the page that it had, below the output folder.
        """
        return self._render("moved", path, address=url, title=title, url=url)

    def alias(self, category: Category, old_folder: str) -> bytes:
        """Return what stands at the page of a category that was renamed.

        Args:
            category: As it is now.
            old_folder: Where it was, below the output folder.
        """
        return self._render(
            "alias",
            f"{old_folder}/index.html",
            canonical=f"{category.folder}/",
            feeds=_unique(category, EVERYTHING),
            category=category,
        )

    def assets(self) -> dict[str, bytes]:
        """Return the files that pages and raw feeds refer to, by path below the output folder.

        A file of the same name in ``assets`` of a folder of overrides takes the place of ours.
        """
        return {f"assets/{name}": read_asset(name, self._folders) for name in ASSETS}

    @property
    def fingerprint(self) -> str:
        """A hash over all that pages depend on besides their articles.

        It covers the site, the templates, the catalog and the assets; while it stays the same,
        so does a page whose articles stay the same.
        """
        digest = hashlib.sha256(repr(self._site).encode("utf-8", "replace"))
        for part in chain(self._engine.sources(), [self._language.catalog], self.assets().values()):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def _card(self, entry: Entry, page: str) -> Card:
        return make_card(entry, page=page, page_language=self._language.tag, site=self._site)

    def _render(
        self,
        name: str,
        page: str,
        *,
        canonical: str | None = None,
        address: str | None = None,
        feeds: Sequence[Category] = (EVERYTHING,),
        **values: object,
    ) -> bytes:
        return self._engine.render(
            f"pages/{name}.html",
            site=self._site,
            lang=self._language.tag,
            feeds=feeds,
            embeds=self._oembed_path is not None,
            canonical=address or self._absolute(page if canonical is None else canonical),
            link=partial(link_between, page),
            absolute=self._absolute,
            by_mail=self._by_mail,
            **values,
        )

    def _by_mail(self, folder: str = "") -> str:
        """Return where to ask for a category by e-mail, or for all; empty if nowhere."""
        base = self._site.subscribe_url
        # Its address is that of the web face and what ``links.subscribe_url`` adds.
        return f"{base}?category={quote(folder, safe='/')}" if base and folder else base

    def _absolute(self, path: str) -> str:
        return self._base + quote(path, safe="/~")


def _is_child(category: Category, parent: Category) -> bool:
    return len(category.path) == len(parent.path) + 1 and category.path[:-1] == parent.path


def _unique(*categories: Category) -> tuple[Category, ...]:
    return tuple({category.folder: category for category in categories}.values())
