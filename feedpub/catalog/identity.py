"""What an article is, over time: its id, its dates, and what a changed file means for it.

Pure: the caller brings what the source shows now, what the catalog knew, and the time.
"""

import hashlib
import uuid
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import cache
from typing import NamedTuple

from feedpub.model import CategoryPath, DateKind, ReadArticle

BACKDATED_S = 30 * 24 * 3600
"""An article dated longer than this before its first sight is published, not mailed."""


class State(IntEnum):
    """Where a file of the catalog stands."""

    LIVE = 0
    HELD = 1
    DUPLICATE = 2
    DELETED = 3


class Flag(IntFlag):
    """Why an article is not published whatever the time."""

    DRAFT = 1
    PROTECTED = 2
    HIDDEN = 4


class Sighting(NamedTuple):
    """A file as a source shows it now, reduced to what the catalog keeps.

    Instants are whole seconds since the epoch: what feeds carry, and small to store.

    Attributes:
        folder: Within the source, ``""`` for its root.
        name: Of the file.
        size: Bytes.
        mtime_ns: Of the file.
        uid: The id it would get, an IRI.
        claimed: Whether the article itself names that id.
        content: 16 bytes over title and body.
        details: 64 bits over everything else that a reader sees.
        title: Plain text.
        date: None if missing or invalid.
        trusted: Whether that date is the author's, so that a change of it counts.
        updated: The author's own, None if absent.
        expires: None if it stays.
        categories: Paths, outer to inner; unique.
        flags: Draft and protected.
        warnings: For the editor, a line each.
    """

    folder: str
    name: str
    size: int
    mtime_ns: int
    uid: str
    claimed: bool
    content: bytes
    details: int
    title: str
    date: int | None
    trusted: bool
    updated: int | None
    expires: int | None
    categories: tuple[CategoryPath, ...]
    flags: int
    warnings: tuple[str, ...]


class Record(NamedTuple):
    """A file as the catalog keeps it, one row.

    Attributes:
        id: Row; 0 before it has one.
        uid: Permanent IRI of the article.
        source: Row of the source.
        folder: Within the source.
        name: Of the file.
        size: Bytes at the last reading.
        mtime_ns: At the last reading.
        state: A ``State``.
        same_as: Row of the article that this file repeats, None unless it is a duplicate.
        content: 16 bytes over title and body.
        details: 64 bits over the rest.
        title: Plain text.
        published: Pinned.
        updated: Never before ``published``.
        first_seen: When it first was fit to be published, None before; to be shown ahead of that,
            as drafts can be, does not count.
        expires: None if it stays.
        categories: Ids of this file alone; an article has those of its duplicates too.
        flags: Of ``Flag``.
        origin: Path at first sight where it has moved since, else None.
    """

    id: int
    uid: str
    source: int
    folder: str
    name: str
    size: int
    mtime_ns: int
    state: int
    same_as: int | None
    content: bytes
    details: int
    title: str
    published: int
    updated: int
    first_seen: int | None
    expires: int | None
    categories: tuple[int, ...]
    flags: int
    origin: str | None

    @property
    def path(self) -> str:
        """Within the source."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    @property
    def page_name(self) -> str:
        """Path whose name its own page bears: the one at first sight, so that links last."""
        return self.origin or self.path


def mint_id(site_id: str, source: str, path: str, *, attempt: int = 0) -> str:
    """Return the id of an article that names none itself.

    UUIDv5 (RFC 9562, section 5.5) in the name space of the site.

    Args:
        site_id: A UUID.
        source: Name of the source.
        path: Within the source, NFC.
        attempt: Above 0 where an article that has moved away holds the path's own id.
    """
    name = f"{source}/{path}" + (f"\n{attempt}" if attempt else "")
    # What uuid.uuid5 does, at a third of the cost: every article read asks for one.
    text = hashlib.sha1(_name_space(site_id) + name.encode(), usedforsecurity=False).hexdigest()
    variant = _VARIANTS[text[16]]
    return f"urn:uuid:{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


@cache
def _name_space(site_id: str) -> bytes:
    return uuid.UUID(site_id).bytes


def claim_id(site_id: str, guid: str) -> str:
    """Return the id that an article claims: an IRI as it is, anything else as a hash of it."""
    scheme, colon, rest = guid.partition(":")
    is_iri = (
        bool(colon and rest)
        and scheme.isascii()
        and scheme[:1].isalpha()
        and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum()
        and guid.isprintable()
        and not set(guid) & set(' <>"{}|\\^`')
    )
    if is_iri and len(guid) <= 1024 and scheme.lower() not in {"javascript", "data", "vbscript"}:
        return guid
    return f"urn:uuid:{uuid.uuid5(uuid.UUID(site_id), guid)}"


def digest_details(article: ReadArticle) -> int:
    """Return 64 bits over what a reader sees of an article besides title, body and date."""
    text = repr(
        (
            article.authors,
            article.language,
            article.tags,
            article.url,
            article.thumbnail,
            article.summary,
            article.digest,
        )
    )
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def is_trusted(kind: DateKind, dates: str) -> bool:
    """Return whether a date is the author's: it has a zone, or the site says ``author``."""
    return kind is DateKind.ZONED or (kind is DateKind.NAIVE and dates == "author")


@dataclass(frozen=True, slots=True)
class Moment:
    """The circumstances of one look at a source.

    Attributes:
        now: Seconds since the epoch.
        drafts: Drafts are published too.
        future: Articles dated ahead are published too.
        sight: What first sights are dated with, which is what news go by: ``now``, unless the
            clock went back since the last look. Two looks never share it.
    """

    now: int
    drafts: bool = False
    future: bool = False
    sight: int = 0

    @classmethod
    def after(cls, last: int, now: int, *, drafts: bool = False, future: bool = False) -> "Moment":
        """Return the moment of a look, given what the last one dated its first sights with."""
        return cls(now, drafts, future, max(now, last + 1))


# Plain numbers: flags of an enumeration take longer to combine than all the rest of a look.
_NEVER, _DRAFT = int(Flag.PROTECTED | Flag.HIDDEN), int(Flag.DRAFT)


def settle(flags: int, published: int, expires: int | None, moment: Moment) -> State:
    """Return whether an article may be published now.

    A protected or hidden article never is, whatever is asked for.
    """
    if flags and (flags & _NEVER or (flags & _DRAFT and not moment.drafts)):
        return State.HELD
    if published > moment.now and not moment.future:
        return State.HELD
    if expires is not None and expires <= moment.now:
        return State.HELD
    return State.LIVE


def _date_first_sight(
    flags: int, published: int, expires: int | None, moment: Moment
) -> int | None:
    """Return when readers first see an article: not by a build that shows what is not due."""
    state = settle(flags, published, expires, Moment(moment.now))
    return moment.sight if state == State.LIVE else None


def first_sight(
    seen: Sighting, moment: Moment, *, source: int, categories: tuple[int, ...]
) -> Record:
    """Return the record of a file that the catalog does not know.

    Without a date it gets the file's time, pinned from then on (it may lie ahead only by mistake).
    """
    now = moment.now
    published = min(seen.mtime_ns // 10**9, now) if seen.date is None else seen.date
    state = settle(seen.flags, published, seen.expires, moment)
    updated = published if seen.updated is None else max(published, min(seen.updated, now))
    return Record(
        0,
        seen.uid,
        source,
        seen.folder,
        seen.name,
        seen.size,
        seen.mtime_ns,
        state,
        None,
        seen.content,
        seen.details,
        seen.title,
        published,
        updated,
        _date_first_sight(seen.flags, published, seen.expires, moment),
        seen.expires,
        categories,
        seen.flags,
        None,
    )


def seen_again(
    known: Record, seen: Sighting, moment: Moment, *, categories: tuple[int, ...]
) -> Record:
    """Return the record of a known article after another look at its file.

    ``published`` moves only with a date that is the author's, or while the article was never
    public; ``updated`` only when title or body did.
    """
    now, published = moment.now, known.published
    if seen.date is not None and (seen.trusted or known.first_seen is None):
        published = seen.date
    updated = max(known.updated, published)
    if seen.content != known.content:
        own = seen.updated if seen.updated is not None and seen.updated > known.updated else now
        updated = max(min(own, now), updated)
    elif published != known.published and known.updated == known.published:
        updated = published
    flags = seen.flags | known.flags & Flag.HIDDEN
    state = settle(flags, published, seen.expires, moment)
    first_seen = known.first_seen
    if first_seen is None:
        first_seen = _date_first_sight(flags, published, seen.expires, moment)
    moved = (seen.folder, seen.name) != (known.folder, known.name)
    return known._replace(
        folder=seen.folder,
        name=seen.name,
        size=seen.size,
        mtime_ns=seen.mtime_ns,
        state=state,
        same_as=None,
        content=seen.content,
        details=seen.details,
        title=seen.title,
        published=published,
        updated=updated,
        first_seen=first_seen,
        expires=seen.expires,
        categories=categories,
        flags=flags,
        origin=known.origin or (known.path if moved else None),
    )


def settle_again(known: Record, moment: Moment) -> Record:
    """Return a record whose time may have come: a future date reached, an expiry passed."""
    state = settle(known.flags, known.published, known.expires, moment)
    first_seen = known.first_seen
    if first_seen is None:
        first_seen = _date_first_sight(known.flags, known.published, known.expires, moment)
    return known._replace(state=state, first_seen=first_seen)


def is_visible_change(before: Record, after: Record) -> bool:
    """Return whether a reader of a feed would notice the difference."""
    return (
        before.state != after.state
        or before.content != after.content
        or before.details != after.details
        or before.published != after.published
        or before.updated != after.updated
        or before.categories != after.categories
        or before.uid != after.uid
    )


def loses_too_much(missing: int, known: int) -> bool:
    """Return whether a source lost so much that it is more likely broken than edited."""
    return missing > 20 and missing * 5 > known
