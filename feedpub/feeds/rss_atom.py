"""The RSS 2.0 and the Atom 1.0 document of a feed, by feedgen and its one extension.

A document is a head of its own with ready entries spliced in. feedgen writes one head of each
shape, of marks; all others are cast in that mould and read back.

feedgen switches the locale of the process to write a feed's date: call this from one thread.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from feedpub.feeds.archive import is_marked_archive, own_folder
from feedpub.feeds.channel import ATOM, RSS, Channel, Format, Link
from feedpub.feeds.lint import parse_xml
from feedpub.feeds.mould import Mould, escape_text, make_mark, write_references
from feedpub.feeds.text import make_plain, to_rfc822, to_uri

_RSS_IMAGES = (".png", ".jpg", ".jpeg", ".gif")


class _Splice(NamedTuple):
    """Where a format's entries go.

    Attributes:
        before: What they stand before, the last of its kind in a document without entries.
        indent: What precedes an entry.
    """

    before: bytes
    indent: bytes


_SPLICES = {RSS: _Splice(b"  </channel>", b"    "), ATOM: _Splice(b"</feed>", b"  ")}


class Head(NamedTuple):
    """What the head of one document says.

    Attributes:
        id: IRI.
        title: Plain text.
        description: Plain text.
        updated: UTC.
        page: URL.
        author: Name.
        author_url: URL.
        links: In the order written, the page's last.
        stylesheet: Relative address.
        language: BCP 47.
        copyright: Plain text, empty without one.
        icon: URL, empty without one or where the format cannot show it.
        ttl_minutes: How often a reader may ask.
        archive: Whether it is marked as one.
    """

    id: str
    title: str
    description: str
    updated: datetime
    page: str
    author: str
    author_url: str
    links: tuple[Link, ...]
    stylesheet: str
    language: str
    copyright: str
    icon: str
    ttl_minutes: int
    archive: bool


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
    rss, atom = (cast(make_head(channel, form), form) for form in (RSS, ATOM))
    for head in (rss, atom):
        parse_xml(head, own_folder(channel.feed))
    return _splice(rss, RSS, items), _splice(atom, ATOM, entries)


def make_head(channel: Channel, form: Format) -> Head:
    """Return what a channel says in one of the formats."""
    site, icon = channel.site, to_uri(channel.site.icon)
    if form is RSS and not icon.lower().endswith(_RSS_IMAGES):
        icon = ""  # RSS 2.0 knows these formats only
    return Head(
        id=channel.id,
        title=channel.title,
        description=channel.description,
        updated=channel.updated,
        page=channel.page,
        author=channel.author,
        author_url=to_uri(site.url),
        links=tuple(channel.links(form)),
        stylesheet=channel.stylesheet,
        language=site.language,
        copyright=make_plain(site.copyright),
        icon=icon,
        ttl_minutes=site.ttl_minutes,
        archive=is_marked_archive(channel.feed),
    )


def cast(head: Head, form: Format) -> bytes:
    """Return the document of a feed without entries, as ``write_head`` would write it."""
    mould = _make_mould(_make_dummy(head), form)
    return mould.fill([escape_text(text) for text in _list_texts(head)])


def _list_texts(head: Head) -> Iterator[str]:
    """Yield what differs from feed to feed."""
    yield head.id
    yield head.title
    yield head.description
    yield head.updated.isoformat()
    yield to_rfc822(head.updated)
    yield head.page
    yield head.stylesheet
    for link in head.links[:-1]:
        yield link.href


def _make_dummy(head: Head) -> Head:
    """Return a head of marks in place of what differs from feed to feed."""
    marks = [make_mark(number) for number in range(5 + len(head.links))]
    *links, page = head.links
    return head._replace(
        id=marks[0],
        title=marks[1],
        description=marks[2],
        updated=_DUMMY_UPDATED,
        page=marks[3],
        stylesheet=marks[4],
        links=(
            *(link._replace(href=mark) for link, mark in zip(links, marks[5:], strict=False)),
            page._replace(href=marks[3]),
        ),
    )


_DUMMY_UPDATED = datetime(9002, 3, 4, 5, 6, 7, tzinfo=UTC)


@lru_cache(maxsize=256)
def _make_mould(dummy: Head, form: Format) -> Mould:
    document = write_references(write_head(dummy, form))
    return Mould(document, list(_list_texts(dummy)))


def write_head(head: Head, form: Format) -> bytes:
    """Return the document of a feed without entries, as feedgen writes it."""
    from feedgen.feed import FeedGenerator

    from feedpub.feeds import extension

    generator = FeedGenerator()
    generator.register_extension(extension.NAME, extension.FeedExtension, extension.EntryExtension)
    _describe(generator, head)
    # feedgen takes the last link for the RSS channel's own, and that is the page.
    generator.link([{k: v for k, v in link._asdict().items() if v} for link in head.links])
    generator.feedpub.head = extension.Head(
        head.links, head.ttl_minutes, head.archive, head.stylesheet
    )
    data: bytes
    if form is RSS:
        if head.icon:  # the title and the link must be those of the channel
            generator.image(head.icon, head.title, head.page)
        data = generator.rss_str(pretty=True)
    else:
        if head.icon:
            generator.icon(head.icon)
            generator.logo(head.icon)
        data = generator.atom_str(pretty=True)
    return data


def _describe(generator: Any, head: Head) -> None:  # Any: feedgen ships no types
    generator.id(head.id)
    generator.title(head.title)
    generator.subtitle(head.description)
    generator.updated(head.updated)
    generator.language(head.language)
    generator.author(name=head.author, uri=head.author_url)
    # No version: a new release of feedpub is no news to a feed's readers.
    generator.generator("feedpub")
    generator.docs("")
    generator.ttl(head.ttl_minutes)
    if head.copyright:
        generator.rights(head.copyright)


def _splice(head: bytes, form: Format, entries: Iterable[bytes]) -> bytes:
    """Put ready entries into a head that has none."""
    end, indent = _SPLICES[form]
    at = head.rindex(end)
    parts = [head[:at]]
    for entry in entries:
        parts += (indent, entry, b"\n")
    # One copy of what may be a megabyte.
    return b"".join([*parts, head[at:]])
