"""How a site stands, for ``feedpub status``."""

from dataclasses import dataclass
from datetime import datetime

from feedpub.model.publishing import Problem
from feedpub.model.vitals import JobCount


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job of a worker that went wrong, and was not done since.

    Attributes:
        name: What was to be done, in one line.
        since: When it went wrong first.
        attempts: How often.
        retry_at: When it is tried again; None if nobody does.
        message: What is wrong, and the remedy.
    """

    name: str
    since: datetime
    attempts: int
    retry_at: datetime | None
    message: str


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source, as the catalog knows it.

    Attributes:
        name: Of the source.
        articles: Published from it.
        first_read: When its baseline was taken, None if no article was ever found in it.
    """

    name: str
    articles: int
    first_read: datetime | None


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """What ``feedpub status`` shows.

    Attributes:
        last_build: Beginning of the last whole build, None if there was none.
        articles: Published.
        categories: Nodes with articles.
        pending: Whether a build has begun to publish and has not ended: it is under way, or was
            interrupted.
        pictures_pending: Pictures left for the next build.
        sources: In the order of the configuration.
        problems: Of the last build.
        next_command: What to type next.
        jobs: Of the queue of PostgreSQL, by queue and state.
        pictures_failed: The first hundred that could not be had, by URL.
        failed_jobs: What went wrong with workers and was not done since, oldest first.
    """

    last_build: datetime | None
    articles: int
    categories: int
    pending: bool
    pictures_pending: int
    sources: tuple[SourceStatus, ...]
    problems: tuple[Problem, ...]
    next_command: str
    jobs: tuple[JobCount, ...] = ()
    pictures_failed: tuple[Problem, ...] = ()
    failed_jobs: tuple[FailedJob, ...] = ()
