"""The one feedgen extension that writes what feedgen 1.0 gets wrong or does not know.

feedgen loses ``rel``, ``type`` and ``length`` of an entry's links in Atom (lkiesow/python-feedgen
issue 135), drops every RSS link but ``self``, groups thumbnails so that validators object, knows
no RFC 5005, writes ``sy:`` elements in the wrong case, and formats each RSS date by switching the
locale of the whole process.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from feedpub.feeds.channel import Link
from feedpub.feeds.item import Item, has_size
from feedpub.feeds.text import to_rfc822
from feedpub.model import Picture

NAME = "feedpub"
_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_FH = "{http://purl.org/syndication/history/1.0}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_SY = "{http://purl.org/rss/1.0/modules/syndication/}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
# Declared at the root only, so that entries are bytes without declarations of their own.
NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": _DC[1:-1],
    "fh": _FH[1:-1],
    "media": _MEDIA[1:-1],
    "sy": _SY[1:-1],
}


@dataclass(frozen=True, slots=True)
class Head:
    """What the extension adds to the head of a document.

    Attributes:
        links: All of them, in the order written.
        ttl_minutes: For the ``sy:`` hints.
        archive: Whether to mark this as an archive document.
        stylesheet: Relative address of the CSS.
    """

    links: Sequence[Link]
    ttl_minutes: int
    archive: bool
    stylesheet: str


class FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen ships no types
    """Repairs the head of a document; does nothing as long as ``head`` is None."""

    def __init__(self) -> None:
        self.head: Head | None = None

    def extend_ns(self) -> dict[str, str]:
        """Return the prefixes that entries use."""
        return NAMESPACES

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Write the links, the update hints and the archive mark of a channel."""
        if self.head is None:
            return feed
        channel = feed[0]
        for element in channel.findall(f"{_ATOM}link"):
            channel.remove(element)
        description = channel.find("description")
        assert description is not None  # noqa: S101  feedgen refuses a channel without it
        for link in reversed(self.head.links):
            description.addnext(_make_link(f"{_ATOM}link", link))
        period, frequency = _update_period(self.head.ttl_minutes)
        _add(channel, f"{_SY}updatePeriod", period)
        _add(channel, f"{_SY}updateFrequency", str(frequency))
        self._finish(feed, channel)
        return feed

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """Write the archive mark of a feed; feedgen writes a feed's own links well."""
        if self.head is not None:
            self._finish(feed, feed)
        return feed

    def _finish(self, root: etree._Element, parent: etree._Element) -> None:
        assert self.head is not None  # noqa: S101  both callers have looked
        if self.head.archive:
            etree.SubElement(parent, f"{_FH}archive")
        text = f'type="text/css" href="{self.head.stylesheet}"'
        root.addprevious(etree.ProcessingInstruction("xml-stylesheet", text))


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen ships no types
    """Completes one entry.

    Attributes:
        item: The entry.
        links: Attributes of its Atom links, in the order given to feedgen.
    """

    def __init__(self) -> None:
        self.item: Item
        self.links: list[dict[str, str]] = []

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        """Write authors, dates, language and picture of an ``item``."""
        item = self.item
        for name in item.authors:
            _add(entry, f"{_DC}creator", name)
        if item.language:
            _add(entry, f"{_DC}language", item.language)
        _add(entry, "pubDate", to_rfc822(item.published))
        _add(entry, f"{_ATOM}updated", item.updated.isoformat())
        _add_picture(entry, item.picture)
        return entry

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        """Write links, labels, date, language and picture of an ``entry``."""
        item = self.item
        # feedgen's tree has no namespace but writes xmlns, so its elements have plain names.
        for element, attributes in zip(entry.iterchildren("link"), self.links, strict=True):
            for name, value in attributes.items():
                element.set(name, value)
        for element, path in zip(entry.iterchildren("category"), item.categories, strict=False):
            element.set("label", path[-1])
        if item.language:
            entry.set(f"{_XML}lang", item.language)
        _add(entry, "published", item.published.isoformat())
        _add_picture(entry, item.picture)
        return entry


def _add(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = text


def _make_link(tag: str, link: Link) -> etree._Element:
    element = etree.Element(tag, href=link.href, rel=link.rel)
    if link.type:
        element.set("type", link.type)
    return element


def _add_picture(entry: etree._Element, picture: Picture | None) -> None:
    # At the level of the entry: media:group is for alternatives of one thing (Media RSS 1.5.1).
    if picture is None:
        return
    attributes = {"url": picture.url}
    if has_size(picture):
        attributes |= {"width": str(picture.width), "height": str(picture.height)}
    known = {"type": picture.media_type} if picture.media_type else {}
    etree.SubElement(entry, f"{_MEDIA}content", {**attributes, **known, "medium": "image"})
    etree.SubElement(entry, f"{_MEDIA}thumbnail", attributes)


def _update_period(ttl_minutes: int) -> tuple[str, int]:
    """Return the RSS 1.0 syndication module's words for a time between two looks."""
    for period, minutes in (("hourly", 60), ("daily", 1_440), ("weekly", 10_080)):
        if ttl_minutes <= minutes:
            return period, minutes // max(ttl_minutes, 1)
    return "monthly", 1
