"""What the feeds of others brought, for all machines of a site; each change has a number."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from feedpub.batches import cut_batches
from feedpub.ports.depot import ERA, DepotFile
from feedpub.store.dialect import insert_many
from feedpub.store.schema import fetched

_AT_ONCE = 200  # files that are held: an entry may have megabytes


class Fetched:
    """See ``feedpub.ports.depot.Depot``, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def versions(self) -> dict[str, int]:
        """Return the number of the last change of each source that has any."""
        query = sa.select(fetched.c.source, sa.func.max(fetched.c.version))
        return dict(self._connection.execute(query.group_by(fetched.c.source)).all())

    def since(self, source: str, version: int) -> Iterator[DepotFile]:
        """Yield the files of a source that changed after a change, oldest change first."""
        query = (
            sa.select(fetched.c.name, fetched.c.mtime_ns, fetched.c.data)
            .where(fetched.c.source == source, fetched.c.version > version)
            .order_by(fetched.c.version, fetched.c.name)
            .execution_options(yield_per=_AT_ONCE)
        )
        for row in self._connection.execute(query):
            yield DepotFile(*row)

    def start_era(self) -> None:
        """Number all changes anew, after the database was restored; see ``ERA``."""
        for source, version in self.versions().items():
            shift = (version // ERA + 1) * ERA
            self._connection.execute(
                sa.update(fetched)
                .where(fetched.c.source == source)
                .values(version=fetched.c.version % ERA + shift)
            )

    def put(self, source: str, files: Sequence[DepotFile]) -> int:
        """Keep files in place of those of the same names; return the number of this change."""
        last = sa.select(sa.func.max(fetched.c.version)).where(fetched.c.source == source)
        version = int(self._connection.scalar(last) or 0) + 1
        for names in cut_batches([file.name for file in files]):
            self._connection.execute(
                sa.delete(fetched).where(fetched.c.source == source, fetched.c.name.in_(names))
            )
        rows = [(source, file.name, version, file.mtime_ns, file.data) for file in files]
        insert_many(self._connection, fetched, rows)
        return version
