"""One transaction of the store, whichever database it is in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa

from feedpub.errors import CorruptStoreError
from feedpub.model.vitals import Numbers
from feedpub.store import vitals
from feedpub.store.agenda import Agenda
from feedpub.store.fetched import Fetched
from feedpub.store.issues import Issues
from feedpub.store.jobs import LocalJobs, jobs_of
from feedpub.store.people import People
from feedpub.store.renditions import Renditions
from feedpub.store.shelves import Shelves
from feedpub.store.sources import Sources


class Catalog:
    """Everything the store can do within one transaction.

    Attributes:
        sources: What was read.
        shelves: Where it stands.
        renditions: What was made of it.
        fetched: What of it the machines of a site share.
        issues: What was mailed of it.
        people: Who subscribed to it.
        jobs: What is to be done about it later.
        agenda: What is done regularly, and what went wrong with it.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.sources = Sources(connection)
        self.shelves = Shelves(connection)
        self.renditions = Renditions(connection)
        self.fetched = Fetched(connection)
        self.issues = Issues(connection)
        self.people = People(connection)
        self.jobs = jobs_of(connection)
        self.agenda = Agenda(connection)

    def measure(self, now: int) -> Numbers:
        """Return sums over everything, as of an instant in seconds since the epoch."""
        return vitals.measure(self._connection, now)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what happens inside if it raises, and nothing else of the transaction."""
        with self._connection.begin_nested():
            yield


@contextmanager
def open_catalog(
    engine: sa.Engine,
    explain: Callable[[], AbstractContextManager[None]],
    check: Callable[[], None],
) -> Iterator[Catalog]:
    """Give the catalog for one transaction; commit at the end, undo everything on an error.

    Args:
        engine: Of the database.
        explain: Turns the errors of its driver into ours.
        check: Looks the database over.

    Raises:
        CorruptStoreError: It is damaged, also where that shows only by what follows from it.
        StoreError: The database refuses.
    """
    try:
        with explain(), engine.begin() as connection:
            catalog = Catalog(connection)
            yield catalog
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # Rows that make no sense are a damaged database, or else a defect of ours.
        try:
            check()
        except CorruptStoreError as found:
            raise found from error
        raise
    if isinstance(catalog.jobs, LocalJobs):
        catalog.jobs.announce()
