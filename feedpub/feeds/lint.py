"""What a document must hold before it is written: rules that feed readers break on.

Entries are checked once, when they are rendered, and heads once a feed; finished entries are not
read again for every feed that holds them.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from feedpub.errors import LintError
from feedpub.feeds.markup import check_markup
from feedpub.model import Entry, Picture

if TYPE_CHECKING:
    from lxml import etree

_IRI = re.compile('[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>"{}|\\\\^`\x7f-\x9f\ufdd0-\ufdef\ufffd]+')
# What may follow the host is for `to_uri`, which escapes all that an address cannot hold.
_WEB = re.compile(r"https?://[^\s/?#<>\"\\]+(?:[/?#][^\x00-\x1f\x7f]*)?", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def check_entry(entry: Entry) -> list[str]:
    """Return what would break a reader, a line each; empty if the entry may be published.

    Characters that XML cannot hold are left to the serialiser, which looks at every one anyway;
    see `find_illegal_text`.
    """
    return [
        *_check_required(entry),
        *_check_dates(entry),
        *(_check_picture(entry.picture) if entry.picture else ()),
        *(check_markup(entry.html) if entry.html else ()),
    ]


def _check_required(entry: Entry) -> Iterator[str]:
    if not _IRI.fullmatch(entry.id):
        yield f"id {entry.id!r} is no IRI; use one such as 'urn:uuid:...'"
    if not _WEB.fullmatch(entry.url):
        yield f"url {entry.url!r} is not absolute; use one that begins with https://"
    if not entry.title.strip():
        yield "no title; add one"
    if entry.language is not None and not _LANGUAGE.fullmatch(entry.language):
        yield f"language {entry.language!r} is no BCP 47 tag; use one such as 'zh-CN'"


def _check_dates(entry: Entry) -> Iterator[str]:
    for name, instant in (("published", entry.published), ("updated", entry.updated)):
        if instant.tzinfo is None:
            yield f"{name} {instant.isoformat()} has no zone; add one"
            return
        if not _FIRST <= instant <= _LAST:
            yield f"{name} {instant.isoformat()} is out of range; use a year from 2 to 9999"
            return
    if entry.updated < entry.published:
        yield f"updated {entry.updated.isoformat()} is before published; correct one of them"


def _check_picture(picture: Picture) -> Iterator[str]:
    if not _WEB.fullmatch(picture.url):
        yield f"picture {picture.url!r} is not absolute; use one that begins with https://"
    if picture.media_type is not None and not _MEDIA_TYPE.fullmatch(picture.media_type):
        yield f"media type {picture.media_type!r} of the picture; use one such as 'image/jpeg'"
    for name in ("width", "height", "length"):
        value = getattr(picture, name)
        if value is not None and value < 1:
            yield f"{name} {value} of the picture; leave it out where it is unknown"


def find_illegal_text(entry: Entry) -> list[str]:
    """Return where an entry holds characters that XML 1.0 cannot, a line each."""
    return [
        f"{name} holds {match[0]!r}, which XML cannot; remove it"
        for name, text in _list_texts(entry)
        if (match := _ILLEGAL.search(text))
    ]


def _list_texts(entry: Entry) -> Iterator[tuple[str, str]]:
    for name in ("id", "url", "title", "summary", "html"):
        yield name, getattr(entry, name) or ""
    if entry.picture:
        yield "picture", entry.picture.url
    yield from (("author", name) for name in entry.authors)
    yield from (("tag", tag) for tag in entry.tags)
    yield from (("category", name) for c in entry.categories for name in c.path)


def check_unique(document: str, ids: Iterable[str]) -> None:
    """Make sure that no entry stands twice in a document.

    Raises:
        LintError: One does.
    """
    seen: set[str] = set()
    for entry_id in ids:
        if entry_id in seen:
            raise LintError(document, [f"the id {entry_id!r} stands twice"])
        seen.add(entry_id)


def parse_xml(data: bytes, document: str) -> "etree._Element":
    """Return the root of a document, read as a careful reader would.

    Raises:
        LintError: It is not well-formed.
    """
    from lxml import etree

    try:
        return etree.fromstring(data, _make_parser())
    except etree.XMLSyntaxError as error:
        raise LintError(document, [f"not well-formed: {error}"]) from error


@cache
def _make_parser() -> "etree.XMLParser":
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
