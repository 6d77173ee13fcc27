"""What is kept of an article once it was rendered: all that an entry needs besides its dates."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote

from feedpub.catalog.identity import Record
from feedpub.errors import CorruptStoreError
from feedpub.model import Category, Entry, Picture, Site
from feedpub.ports import PictureRow, PictureState

MEDIA = "media/"
ThumbnailMode = Literal["copy", "link", "none"]


@dataclass(frozen=True, slots=True)
class Payload:
    """The published form of an article.

    Attributes:
        title: Plain text.
        url: Absolute.
        page: Its own page below the output folder, None if its URL is elsewhere.
        summary: Plain text.
        html: Clean, absolute; None where only the summary was asked for.
        authors: Names.
        language: BCP 47, None for that of the site.
        tags: Plain text.
        picture: URL of a remote picture, or path of a copied local one below the output folder.
        size: Width, height and bytes of a copied local picture.
        original: URL that a copied local picture has on the article's own site.
        digest: ``lead`` or ``no``, None if absent.
    """

    title: str
    url: str
    page: str | None
    summary: str
    html: str | None
    authors: tuple[str, ...] = ()
    language: str | None = None
    tags: tuple[str, ...] = ()
    picture: str | None = None
    size: tuple[int, int, int] | None = None
    original: str | None = None
    digest: str | None = None

    def to_bytes(self) -> bytes:
        """Return a line of JSON without what is empty, and the body after it as it is."""
        values = {name: value for name in _FIELDS if (value := getattr(self, name))}
        head = _dump(values).encode()
        return head if self.html is None else b"%b\n%b" % (head, self.html.encode())

    @classmethod
    def from_bytes(cls, data: bytes) -> "Payload":
        """Return what ``to_bytes`` wrote.

        Raises:
            CorruptStoreError: It is something else.
        """
        head, line_end, body = data.partition(b"\n")
        try:
            kept = json.loads(head)
            if line_end:
                kept["html"] = body.decode()
        except ValueError as error:
            raise CorruptStoreError(
                "the database is damaged (what it keeps of an article is no JSON); bring back a "
                "copy with 'feedpub restore BACKUP'; what is published stays as it is"
            ) from error
        values: dict[str, Any] = {"page": None, "summary": "", "html": None, **kept}
        for name in ("authors", "tags", "size"):
            if name in values:
                values[name] = tuple(values[name])
        return cls(**values)


_FIELDS = tuple(field.name for field in fields(Payload) if field.name != "html")
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def make_key(record: Record, settings: str, *, full: bool) -> bytes:
    """Return 17 bytes over all that a rendition is made from; the last says if it has the body."""
    text = f"{record.uid}\n{record.details}\n{record.page_name}\n{settings}\n".encode()
    return hashlib.blake2b(text + record.content, digest_size=16).digest() + bytes([full])


def satisfies(kept: bytes | None, wanted: bytes) -> bool:
    """Return whether a kept rendition serves for a wanted one: the same, or one with more."""
    return kept is not None and kept[:-1] == wanted[:-1] and kept[-1] >= wanted[-1]


def name_page(record: Record) -> str:
    """Return the path of an article's own page: its file's name at first sight, and its id."""
    name = record.page_name.rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    safe = "".join(char if char.isalnum() or char in "-_" else "-" for char in stem)
    short = safe.encode()[:80].decode("utf-8", "ignore").strip("-") or "article"
    digest = hashlib.blake2b(record.uid.encode(), digest_size=4).hexdigest()
    return f"articles/{short}-{digest}.html"


def make_entry(
    record: Record,
    payload: Payload,
    *,
    categories: Sequence[Category],
    pictures: Mapping[str, PictureRow],
    site: Site,
    mode: ThumbnailMode,
) -> Entry:
    """Return an article as feeds and pages show it.

    Args:
        record: Its row.
        payload: Its published form.
        categories: Its own and those of its duplicates.
        pictures: What is known of remote pictures, by URL.
        site: For absolute URLs.
        mode: What is done with remote pictures.
    """
    return Entry(
        id=record.uid,
        url=payload.url,
        title=payload.title,
        published=datetime.fromtimestamp(record.published, UTC),
        updated=datetime.fromtimestamp(record.updated, UTC),
        summary=payload.summary,
        html=payload.html,
        authors=payload.authors,
        language=payload.language,
        categories=tuple(categories),
        tags=payload.tags,
        picture=_show(payload, pictures, site, mode),
        source=record.path,
        page=payload.page,
    )


def _show(
    payload: Payload, pictures: Mapping[str, PictureRow], site: Site, mode: ThumbnailMode
) -> Picture | None:
    if payload.picture is None or mode == "none":
        return None
    if payload.size is not None:
        width, height, length = payload.size
        return _copied(payload.picture, (width, height, length), payload.original, site)
    known = pictures.get(payload.picture)
    if mode == "link" or known is None or known.state == PictureState.WAITING:
        return Picture(payload.picture)
    if known.state != PictureState.COPIED or not (known.name and known.width and known.height):
        return None
    size = (known.width, known.height, known.length or 0)
    return _copied(MEDIA + known.name, size, payload.picture, site)


def _copied(path: str, size: tuple[int, int, int], original: str | None, site: Site) -> Picture:
    width, height, length = size
    url = site.feeds_url + quote(path)
    return Picture(url, width, height, length or None, "image/jpeg", path, original)
