"""What a build is given: the site's settings as values, the outside world as ports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from feedpub.model import CategoryPath, Problem, Site
from feedpub.ports import (
    ArticleFolder,
    Glance,
    Lock,
    Notifier,
    Remotes,
    StoredProblem,
    Target,
    Thumbnails,
)
from feedpub.ports.shards import OpenShards
from feedpub.publishing.payload import ThumbnailMode
from feedpub.publishing.source import ArticleSource, SourceReader
from feedpub.publishing.store import Catalog, OpenStore

if TYPE_CHECKING:
    from feedpub.embeds.maker import Embeds
    from feedpub.pages import Pages


@dataclass(frozen=True, slots=True)
class Setup:
    """A site, wired.

    Attributes:
        site: What feeds and pages say.
        site_id: UUID; name space of the articles' ids.
        sources: In the order of the configuration.
        renames: Old category path to new one.
        entries: How many of the newest a feed holds.
        archive: What the monthly archives carry.
        mode: What is done with pictures.
        picture_budget_s: Seconds that one build may spend on fetching pictures.
        jobs: Processes.
        settings: Digest over all that changes what is published besides articles.
        target: Where documents go.
        open_store: Opens the store; ``read_only`` for the making processes.
        glance: The quick look at the catalog; None if only the store itself can tell.
        make_ready: Brings libraries up beside the look at the sources; gives what is to be called
            when that shows something new.
        make_pool: Function and number of processes give ``Workers`` to be closed; ``apart`` has
            one process do it where there is one job.
        reader: What a reading process does.
        make_pages: Gives what renders HTML; None without pages.
        make_embeds: Gives what makes the embed; None without.
        article_pages: Whether an article without a URL gets a page.
        thumbnailer: Makes thumbnails; also fetches them.
        probe: Web addresses give, for each, why it does not answer, or None.
        notifier: Told of changed feeds; None if nobody is.
        publish_more: Brings what others publish below the same folder up to date, the pages of
            sent issues, and returns the paths that changed; None if there is nothing of the kind.
        open_folder: Gives a folder, by its path as typed, for articles to be kept in.
        lock: Keeps two runs apart.
        picture_lock: Keeps two runs apart that fetch what builds left over.
        clock: Now, aware.
        mint: Source, path and attempt give an id.
        remotes: Fetches what is elsewhere; None without such sources.
        open_shards: Opens what several machines read together; None if there is but one.
    """

    site: Site
    site_id: str
    sources: Sequence[ArticleSource]
    renames: Mapping[CategoryPath, CategoryPath]
    entries: int
    archive: Literal["full", "summary", "none"]
    mode: ThumbnailMode
    picture_budget_s: float
    jobs: int
    settings: str
    target: Target
    open_store: OpenStore
    glance: Callable[[], Glance | None]
    make_ready: Callable[[Glance | None], AbstractContextManager[Callable[[], None]]]
    make_pool: Callable[..., AbstractContextManager[Any]]
    reader: SourceReader
    make_pages: "Callable[[], Pages] | None"
    make_embeds: "Callable[[], Embeds] | None"
    article_pages: bool
    thumbnailer: Thumbnails
    probe: Callable[[Sequence[str]], dict[str, str | None]]
    notifier: Notifier | None
    publish_more: Callable[[], list[str]] | None
    open_folder: Callable[[str], ArticleFolder]
    lock: Lock
    picture_lock: Lock
    clock: Callable[[], datetime]
    mint: Callable[[str, str, int], str]
    remotes: Remotes | None = None
    open_shards: OpenShards | None = None

    def make_problem(self, stored: StoredProblem) -> Problem:
        """Return what is wrong with a file as a face shows it, with the path that one can type."""
        place = self.locate(stored.source, stored.folder, stored.name)
        level: Literal["error", "warning"] = "error" if stored.level == "error" else "warning"
        return Problem(level, place, stored.message, stored.line, stored.column)

    def locate(self, source: str, folder: str, name: str) -> str:
        """Return the path of a file as the editor would type it from the site's folder."""
        labels = {source.name: source.label for source in self.sources}
        return "/".join(part for part in (labels.get(source, source), folder, name) if part)


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What one build is asked for; see ``Publisher.build``."""

    category: str | None = None
    drafts: bool = False
    future: bool = False
    offline: bool = False
    dry_run: bool = False
    accept_deletions: bool = False
    everything: bool = False
    by_jobs: bool = False


@contextmanager
def open_transaction(open_store: OpenStore, *, read_only: bool = False) -> Iterator[Catalog]:
    """Open the store for one transaction; give its catalog."""
    with open_store(read_only=read_only) as store, store.transaction() as catalog:
        yield catalog


class ReadOnly:
    """Opens a transaction that only reads, in whichever process it is called."""

    def __init__(self, open_store: OpenStore) -> None:
        self._open_store = open_store

    def __call__(self) -> AbstractContextManager[Catalog]:
        """Give the catalog."""
        return open_transaction(self._open_store, read_only=True)


_WORTH_A_PROCESS = 64


def count_jobs(setup: Setup, tasks: int) -> int:
    """Return how many processes some tasks are worth."""
    return setup.jobs if tasks >= _WORTH_A_PROCESS else 1
