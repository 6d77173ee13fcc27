"""RSS 2.0 and Atom 1.0, by feedgen and its one extension.

Entries go through feedgen once, a batch at a time, and are cut out of what it wrote; a feed is a
head of its own with those bytes spliced in. Text and attributes are escaped in them, so the end
tag of an entry can stand nowhere but at its end.

feedgen switches the locale of the process to write a feed's date: call this from one thread.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from feedpub.errors import LintError
from feedpub.feeds.archive import is_marked_archive
from feedpub.feeds.body import SLOT, fill_slot
from feedpub.feeds.channel import ATOM, RSS, Channel, Format, category_scheme
from feedpub.feeds.item import Item, is_measured
from feedpub.feeds.lint import parse_xml
from feedpub.feeds.text import make_plain, to_html, to_uri
from feedpub.model import Site

if TYPE_CHECKING:
    from lxml import etree


class _Markup(NamedTuple):
    """Where a format keeps what.

    Attributes:
        entry: Tag of an entry.
        id: Tag of its id.
        namespace: Of both and of titles, in braces.
        indent: What precedes an entry in the document.
    """

    entry: str
    id: str
    namespace: str
    indent: bytes


_RSS = _Markup("item", "guid", "", b"    ")
_ATOM = _Markup("entry", "id", "{http://www.w3.org/2005/Atom}", b"  ")
_RSS_IMAGES = (".png", ".jpg", ".jpeg", ".gif")


def render_xml_items(items: Sequence[Item], site: Site) -> list[tuple[bytes, bytes]]:
    """Return the RSS item and the Atom entry of each article, in the order given.

    Raises:
        ValueError: One of them holds text that XML cannot.
        LintError: What was written does not read back.
    """
    if not items:
        return []
    generator = _start("-", "-")
    generator.link(href=site.url)
    for item in items:
        _add_entry(generator, item, site)
    rss = _cut(generator.rss_str(pretty=True), _RSS, items)
    atom = _cut(generator.atom_str(pretty=True), _ATOM, items)
    return list(zip(rss, atom, strict=True))


def build_xml(
    channel: Channel, items: Iterable[bytes], entries: Iterable[bytes]
) -> tuple[bytes, bytes]:
    """Return the RSS and the Atom document of a feed.

    Args:
        channel: What both heads say.
        items: RSS items, spliced in as they are, in the given order.
        entries: Atom entries, likewise.

    Raises:
        ValueError: A text of the head holds what XML cannot.
        LintError: A head is not well-formed.
    """
    generator = _describe(channel)
    icon = to_uri(channel.site.icon)
    _address(generator, channel, RSS)
    if icon.lower().endswith(_RSS_IMAGES):
        # RSS 2.0 knows these formats only; the title and the link must be those of the channel.
        generator.image(icon, channel.title, channel.page)
    rss = _splice(generator.rss_str(pretty=True), _RSS, items, end=b"  </channel>")
    _address(generator, channel, ATOM)
    if icon:
        generator.icon(icon)
        generator.logo(icon)
    return rss, _splice(generator.atom_str(pretty=True), _ATOM, entries, end=b"</feed>")


def _start(feed_id: str, title: str) -> Any:  # Any: feedgen ships no types
    from feedgen.feed import FeedGenerator

    from feedpub.feeds.extension import NAME, EntryExtension, FeedExtension

    generator = FeedGenerator()
    generator.register_extension(NAME, FeedExtension, EntryExtension)
    generator.id(feed_id)
    generator.title(title)
    generator.subtitle(title)
    return generator


def _describe(channel: Channel) -> Any:
    """Return a generator that knows what both formats say."""
    site = channel.site
    generator = _start(channel.id, channel.title)
    generator.subtitle(channel.description)
    generator.updated(channel.updated)
    generator.language(site.language)
    generator.author(name=channel.author, uri=to_uri(site.url))
    # No version: a new release of feedpub is no news to a feed's readers.
    generator.generator("feedpub")
    generator.docs("")
    generator.ttl(site.ttl_minutes)
    if site.copyright:
        generator.rights(make_plain(site.copyright))
    return generator


def _address(generator: Any, channel: Channel, form: Format) -> None:
    """Give a generator the links of a document in one of the formats."""
    from feedpub.feeds.extension import Head

    links = channel.links(form)
    attributes = [{k: v for k, v in link._asdict().items() if v} for link in links]
    # feedgen takes the last link for the RSS channel's own, and that is the page.
    generator.link(attributes, replace=True)
    ttl, marked = channel.site.ttl_minutes, is_marked_archive(channel.feed)
    generator.feedpub.head = Head(links, ttl, marked, channel.stylesheet)


def _add_entry(generator: Any, item: Item, site: Site) -> None:
    entry = generator.add_entry(order="append")
    entry.id(item.id)
    entry.title(item.title)
    entry.updated(item.updated)
    entry.link(href=item.url)
    entry.author([{"name": name} for name in item.authors])
    entry.category(_list_categories(item, site))
    _add_texts(entry, item)
    links = [{"rel": "alternate"}]
    picture = item.picture
    if picture is not None and is_measured(picture):
        entry.enclosure(to_uri(picture.url), picture.length, picture.media_type)
        length, media_type = str(picture.length), str(picture.media_type)
        links.append({"rel": "enclosure", "type": media_type, "length": length})
    entry.feedpub.item = item
    entry.feedpub.links = links


def _add_texts(entry: Any, item: Item) -> None:
    # A summary is HTML in both formats: RSS readers take a description for that whatever it is.
    if item.body.xml:
        entry.content(SLOT, type="html")
    if item.summary or not item.body.xml:
        entry.summary(to_html(item.summary or item.title), type="html")


def _list_categories(item: Item, site: Site) -> list[dict[str, str]]:
    scheme = category_scheme(site)
    paths = [{"term": "/".join(path), "scheme": scheme} for path in item.categories]
    return paths + [{"term": tag} for tag in item.tags]


def _cut(document: bytes, markup: _Markup, items: Sequence[Item]) -> list[bytes]:
    """Return the bytes of every entry, after the whole has been read back."""
    document = _write_references(document)
    _check(document, markup, items)
    end_tag = f"</{markup.entry}>".encode()
    start = document.index(f"<{markup.entry}".encode())
    *pieces, _ = document[start:].split(end_tag)
    return [
        fill_slot(piece.lstrip() + end_tag, item.body.xml)
        for piece, item in zip(pieces, items, strict=True)
    ]


def _write_references(document: bytes) -> bytes:
    """Write ``&`` and ``<`` as the RSS profile wants them in titles and names.

    https://www.rssboard.org/rss-profile#data-types-characterdata: readers that decode twice
    do least harm to hexadecimal references, and the W3C validator objects to the others.
    """
    return document.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _check(document: bytes, markup: _Markup, items: Sequence[Item]) -> None:
    root = parse_xml(document, "entries")
    ids, titles = (_list_texts(root, markup.namespace + tag) for tag in (markup.id, "title"))
    # The head has a title and perhaps an id of its own.
    if ids[-len(items) :] != [item.id for item in items] or titles[1:] != [
        item.title for item in items
    ]:
        raise LintError("entries", ["they do not read back as they were written"])


def _list_texts(root: "etree._Element", tag: str) -> list[str | None]:
    return [element.text for element in root.iter(tag)]


def _splice(head: bytes, markup: _Markup, entries: Iterable[bytes], *, end: bytes) -> bytes:
    """Put ready entries into a head that has none."""
    head = _write_references(head)
    parse_xml(head, "head of the feed")
    at = head.rindex(end)
    parts = [head[:at]]
    for entry in entries:
        parts += (markup.indent, entry, b"\n")
    # One copy of what may be a megabyte.
    return b"".join([*parts, head[at:]])
