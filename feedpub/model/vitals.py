"""What a site says of itself to whoever watches it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class JobCount(NamedTuple):
    """How many jobs of a queue stand in one state.

    Attributes:
        queue: Its name.
        state: ``waiting``, ``running`` or ``failed``.
        jobs: At least 1.
    """

    queue: str
    state: str
    jobs: int


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
        jobs: Of the queue, by queue and state; none without PostgreSQL.
        failures: Jobs that went wrong and were not done since.
    """

    articles: int
    feeds: int
    subscribers: Mapping[str, int]
    notices: int
    deliveries: Mapping[str, int]
    due: int
    last_build: int | None
    last_send: int | None
    jobs: Sequence[JobCount] = ()
    failures: int = 0
