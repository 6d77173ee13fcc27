"""What a site says of itself to whoever watches it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numbers:
    """Sums over a whole site.

    Attributes:
        articles: That are published.
        feeds: Categories with articles, and everything; each has three formats.
        subscribers: By state, such as ``active``.
        notices: Mails to one person that wait to be sent.
        deliveries: Of issues, by state, such as ``sent``.
        due: Deliveries that a sender could begin with now.
        last_build: Seconds since the epoch; None if there was none.
        last_send: When the last issue was finished, likewise.
    """

    articles: int
    feeds: int
    subscribers: Mapping[str, int]
    notices: int
    deliveries: Mapping[str, int]
    due: int
    last_build: int | None
    last_send: int | None
