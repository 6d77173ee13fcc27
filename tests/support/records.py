"""Files as the catalog keeps them."""

from feedpub.catalog.identity import Record, State

NOW = 1_000_000
"""Seconds since the epoch: when a build looks at them."""


def make_record(row: int, **changes: object) -> Record:
    """Return a published file, seen in the order of its rows."""
    plain = Record(
        id=row,
        uid=f"urn:x:{row}",
        source=1,
        folder="",
        name=f"{row}.md",
        size=1,
        mtime_ns=1,
        state=State.LIVE,
        same_as=None,
        content=b"same",
        details=0,
        title="Same",
        published=NOW - 1000,
        updated=NOW - 1000,
        first_seen=NOW - 100 + row,
        expires=None,
        categories=(),
        flags=0,
        origin=None,
    )
    return plain._replace(**changes)
