"""Between instants as values have them and the whole seconds that stores keep."""

from datetime import UTC, datetime


def to_instant(seconds: int) -> datetime:
    """Return seconds since the epoch as an aware UTC datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def to_seconds(instant: datetime) -> int:
    """Return an aware datetime as whole seconds since the epoch, rounded down from 1970 on."""
    return int(instant.timestamp())
