"""What the head of a feed says, whatever its format."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from feedpub.feeds.archive import archive_relations, own_folder
from feedpub.feeds.text import make_plain, to_second, to_uri
from feedpub.model import Category, Feed, Site


class Format(NamedTuple):
    """One of the three formats.

    Attributes:
        file: Name of its documents.
        media_type: As registered.
    """

    file: str
    media_type: str


RSS = Format("rss.xml", "application/rss+xml")
ATOM = Format("atom.xml", "application/atom+xml")
JSON = Format("feed.json", "application/feed+json")
FORMATS = (RSS, ATOM, JSON)

STYLESHEET = "assets/feed.css"


class FeedUrls(NamedTuple):
    """Where a category is published; all absolute.

    Attributes:
        rss: RSS 2.0.
        atom: Atom 1.0.
        json: JSON Feed 1.1.
        page: The page for people; the site itself where pages are switched off.
    """

    rss: str
    atom: str
    json: str
    page: str


class Link(NamedTuple):
    """A link of a feed's head.

    Attributes:
        rel: Link relation.
        href: Absolute.
        type: Media type; None where the other side decides.
    """

    rel: str
    href: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """The head of a feed, before a format gives it its form.

    Attributes:
        id: ``urn:uuid:``, the same for the live feed and its archives, in every format.
        title: Plain text.
        description: Plain text, never empty.
        page: What people read instead; absolute.
        feed: The node, its time and its place among the archives.
        site: What all feeds share.
    """

    id: str
    title: str
    description: str
    page: str
    feed: Feed
    site: Site

    @property
    def updated(self) -> datetime:
        """When the newest entry changed; a fixed day long ago for a feed without entries.

        Atom demands an instant.
        """
        return to_second(self.feed.updated)

    @property
    def author(self) -> str:
        """Who answers for entries that name nobody; never empty."""
        return make_plain(self.site.author or self.site.title)

    def own_url(self, form: Format) -> str:
        """Return the address of this very document."""
        return document_url(self.site, own_folder(self.feed), form)

    def links(self, form: Format) -> list[Link]:
        """Return the links of the head, ``self`` first and the page for people last."""
        links = [Link("self", self.own_url(form), form.media_type)]
        if self.site.hub:
            links.append(Link("hub", to_uri(self.site.hub)))
        for rel, folder in archive_relations(self.feed):
            links.append(Link(rel, document_url(self.site, folder, form), form.media_type))
        return [*links, Link("alternate", self.page, "text/html")]

    @property
    def stylesheet(self) -> str:
        """The address of the CSS, relative to the document, so that it works from the disk."""
        return "../" * (own_folder(self.feed).count("/") + 1) + STYLESHEET


def document_url(site: Site, folder: str, form: Format) -> str:
    """Return the address of a document, given its folder below the output folder."""
    return f"{to_uri(site.feeds_url)}{quote(folder)}/{form.file}"


def feed_urls(category: Category, site: Site) -> FeedUrls:
    """Return where the feeds and the page of a category are."""
    rss, atom, json = (document_url(site, category.folder, form) for form in FORMATS)
    page = f"{to_uri(site.feeds_url)}{quote(category.folder)}/" if site.pages else to_uri(site.url)
    return FeedUrls(rss, atom, json, page)


def category_scheme(site: Site) -> str:
    """Return the IRI that says whose categories these are (RFC 4287, section 4.2.2.2)."""
    return to_uri(site.feeds_url)


def make_channel(feed: Feed, site: Site) -> Channel:
    """Return what the head of a feed says."""
    title = " - ".join(part for part in (site.title, " / ".join(feed.category.path)) if part)
    return Channel(
        id=_feed_id(feed.category, site),
        title=make_plain(title),
        description=make_plain(site.description or title),
        page=feed_urls(feed.category, site).page,
        feed=feed,
        site=site,
    )


def _feed_id(category: Category, site: Site) -> str:
    # From the site's id, not its address: a feed that moves with its domain stays the same feed.
    return uuid5(NAMESPACE_URL, f"{site.id or site.feeds_url} {category.folder}").urn
