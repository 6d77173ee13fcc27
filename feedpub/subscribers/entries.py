"""What one row of a list says of a subscriber."""

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from feedpub.model import Frequency, ImportKind
from feedpub.model.instants import to_seconds
from feedpub.subscribers.addresses import Address, try_address
from feedpub.subscribers.columns import Columns
from feedpub.subscribers.spreadsheet import restore_cell

_NOTHING_SAID = "enabled"
_WORDS: Mapping[ImportKind, tuple[str, ...]] = {
    ImportKind.CONFIRMED: (
        "active", "confirmed", "subscribed", "opted-in", "regular", "premium", "trialed", "gifted",
        "churning", "paused", "past_due",
    ),
    ImportKind.UNCONFIRMED: ("pending", "unconfirmed", "unactivated", "nonsubscribed"),
    ImportKind.UNSUBSCRIBED: (
        "unsubscribed", "disabled", "removed", "opted-out", "inactive", "blocked", "spammy",
        "archived", "churned",
    ),
    ImportKind.BOUNCED: ("bounced", "cleaned", "undeliverable"),
    # Barred by hand or by a complaint: whichever it was, no mail ever again.
    ImportKind.COMPLAINED: ("complained", "complaint", "blocklisted", "blacklisted"),
}  # fmt: skip
_KIND_OF = {word: kind for kind, words in _WORDS.items() for word in words}
_YES, _NO = ("true", "yes", "1", "t", "y"), ("false", "no", "0", "f", "n", "")
# The files of an export of Mailchimp; the first that is in the name.
_FILES = (
    ("nonsubscribed", ImportKind.UNCONFIRMED),
    ("unsubscribed", ImportKind.UNSUBSCRIBED),
    ("cleaned", ImportKind.BOUNCED),
)


class Entry(NamedTuple):
    """A row that can be taken.

    Attributes:
        address: Whose.
        kind: What it is about.
        said: Whether the file says so, and not only the editor.
        categories: As written; empty means all, None that the file has no such column.
        frequency: None means that of the site.
        language: None means that of the site.
        paused: Whether they want no mail for now.
        created: Seconds since the epoch, None where it is not said.
        confirmed: Same.
        network: IP address that they subscribed from.
    """

    address: Address
    kind: ImportKind
    said: bool
    categories: tuple[str, ...] | None = None
    frequency: Frequency | None = None
    language: str | None = None
    paused: bool = False
    created: int | None = None
    confirmed: int | None = None
    network: str | None = None


class RowReader:
    """Reads the rows of one file."""

    def __init__(self, columns: Columns, *, name: str, default: ImportKind) -> None:
        """Take what holds for all rows.

        Args:
            columns: Of the file.
            name: Of the file.
            default: Kind of rows that say nothing.
        """
        self._places = columns.places
        self._restore = columns.peer == "feedpub"
        low = name.casefold()
        named = columns.peer == "mailchimp"
        self._default = next((kind for sign, kind in _FILES if named and sign in low), default)
        self._named = self._default is not default

    def read(self, cells: Sequence[str]) -> Entry:
        """Return what a row says.

        Raises:
            ValueError: It cannot be taken; the message says why.
        """
        value = self._pick(cells)
        address = _read_address(value.get("address", ""))
        kind, said = self._find_kind(value)
        frequency = value.get("frequency", "").casefold()
        nothing = () if "categories" in self._places else None
        if len(value) == 1:  # nothing but the address
            return Entry(address, kind, said, nothing)
        return Entry(
            address,
            kind,
            said,
            _split(value["categories"]) if "categories" in value else nothing,
            _read_frequency(frequency) if frequency else None,
            value.get("language") or None,
            value.get("paused", "").casefold() in _YES or value.get("state", "") == "paused",
            _read_time(value.get("created", "")),
            _read_time(value.get("confirmed", "")),
            value.get("network") or None,
        )

    def _pick(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the cells that are not empty, by field."""
        width = len(cells)
        found = {
            field: cells[place]
            for field, place in self._places.items()
            if place < width and cells[place]
        }
        if self._restore:
            return {field: restore_cell(cell) for field, cell in found.items()}
        return found

    def _find_kind(self, value: Mapping[str, str]) -> tuple[ImportKind, bool]:
        """Return what a row is about, by its strictest word, and whether it says so."""
        word = value.get("state", "").casefold()
        kind = _KIND_OF.get(word)
        if word and kind is None and word != _NOTHING_SAID:
            raise ValueError(f"unknown state {word!r}; map another column, or none")
        if kind == ImportKind.COMPLAINED:
            return kind, True
        if kind == ImportKind.BOUNCED or "bounced" in value:
            return ImportKind.BOUNCED, True
        if kind == ImportKind.UNSUBSCRIBED or _is_gone(value):
            return ImportKind.UNSUBSCRIBED, True
        if kind is not None:
            return kind, True
        if self._named:
            return self._default, True
        return (ImportKind.CONFIRMED, True) if "confirmed" in value else (self._default, False)


def _is_gone(value: Mapping[str, str]) -> bool:
    """Return whether a column says that somebody unsubscribed."""
    if value.get("unsubscribed", "").casefold() not in _NO:
        return True
    return (
        value.get("unwanted", "").casefold() in _YES
        or value.get("subscribed", "true").casefold() in _NO
    )


def _read_address(text: str) -> Address:
    if not text:
        raise ValueError("no address")
    if text.endswith(">"):
        text = text.rpartition("<")[2][:-1]
    found = try_address(text.removeprefix("mailto:"))
    if isinstance(found, str):
        raise ValueError(found)
    return found


def _read_frequency(text: str) -> Frequency:
    try:
        return Frequency(text)
    except ValueError:
        raise ValueError(f"unknown frequency {text!r}; daily, weekly or monthly") from None


@lru_cache(maxsize=1000)
def _split(text: str) -> tuple[str, ...]:
    for separator in (";", "|"):
        if separator in text:
            parts = text.split(separator)
            break
    else:
        # A cell may have lines; a reader of one line would take those for an error.
        lines = text.splitlines()
        parts = [part for row in csv.reader(lines, skipinitialspace=True) for part in row]
    return tuple(part.strip() for part in parts if part.strip())


def _read_time(text: str) -> int | None:
    """Return an instant as peers write it, in UTC where they say no zone; None if it is none."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        # Its zone may lead out of the years that there are.
        return to_seconds((found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None
