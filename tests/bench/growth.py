"""How the cost of building grows with the articles: run as ``python -m tests.bench.growth``.

A cold build, one new post and nothing new, beside a bare stat of every file, with the database in
SQLite and on a PostgreSQL of its own (a Unix socket, fsync on). With ``--databases shared`` two
workers read along with the build; they share its processors, so what shows is the processor time
that it is spared. Posts are generated once and kept: a million of them take some 8 GB.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Protocol

from feedpub.store.postgres.address import Address
from feedpub.store.postgres.shards import open_shards
from tests.bench import feedpub_site, generator, measure
from tests.bench.feedpub_site import FeedpubSite
from tests.bench.machine import describe_machine, describe_versions
from tests.bench.measure import Command, Timing
from tests.bench.slope import Cost, format_costs
from tests.support.postgres import Cluster, find_binaries

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_STAT = Path(__file__).with_name("stat_files.py")
_OPTIONS = (
    "listen_addresses=", "max_connections=20", "shared_buffers=256MB", "max_wal_size=4GB",
    "logging_collector=off",
)  # fmt: skip
_numbers = count()


class Database(Protocol):
    """Where a site has its catalog."""

    @property
    def name(self) -> str:
        """As the table calls it."""
        ...

    def make(self, site: FeedpubSite) -> None:
        """Give a site, whose folder was made anew, an empty one."""
        ...

    def measure_bytes(self, site: FeedpubSite) -> int:
        """Return how large it is."""
        ...


class Sqlite:
    """A file in the site's folder."""

    name = "SQLite"

    def make(self, site: FeedpubSite) -> None:
        """The folder came with one."""

    def measure_bytes(self, site: FeedpubSite) -> int:
        """Return the bytes of the file."""
        return (site.folder / "feedpub.db").stat().st_size


class Postgres:
    """A database of a server that runs as long as the benchmark."""

    name = "PostgreSQL"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._address = ""

    def make(self, site: FeedpubSite) -> None:
        """Drop the one before."""
        if self._address:
            self._cluster.drop(self._address)
        self._address = self._cluster.create()
        site.use_database(self._address)

    def end(self) -> None:
        """End what runs for the site."""

    def measure_bytes(self, site: FeedpubSite) -> int:
        """Return what the server says."""
        import psycopg

        with psycopg.connect(self._address) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0


class Shared(Postgres):
    """The same, with workers that read along."""

    name = "shared"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._workers: list[subprocess.Popen[bytes]] = []

    def make(self, site: FeedpubSite) -> None:
        """Drop the one before, with its workers."""
        self.end()
        super().make(site)
        command = [*feedpub_site.feedpub(), "-C", str(site.folder), "worker"]
        command += ["--concurrency", "1", "--queues", "read"]
        self._workers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
        with open_shards(Address(self._address)) as shards:
            while shards.count_readers() < len(self._workers):
                time.sleep(0.1)

    def end(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.terminate()
            worker.wait()
        self._workers = []


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        work: For posts and databases, on disk.
        output: For what is published, on tmpfs.
        rounds: Builds with one new post and with nothing new, of which the medians count.
    """

    work: Path
    output: Path
    rounds: int


def measure_cost(plan: Plan, posts: int, database: Database) -> Cost:
    """Build that many posts from nothing, then with one more, then with nothing new."""
    folder = generator.make_posts(plan.work, posts)
    generator.remove_new_posts(folder)
    measure.warm(folder)
    name = f"growth-{database.name}-{posts}"
    site = feedpub_site.make_site(plan.work / name, plan.output / name, folder)

    def begin() -> None:
        site.reset()
        database.make(site)

    build = site.build_command()
    # To look at a process's memory takes a millisecond and more, of one of its cores.
    cold, memory = measure.run_watched(Command(build, prepare=begin), every_s=0.05)
    size = database.measure_bytes(site)
    try:
        again = _build_again(plan, folder, build)
    finally:
        generator.remove_new_posts(folder)
    return Cost(posts, database.name, cold, *again, memory, size)


def _build_again(plan: Plan, posts: Path, build: list[str]) -> Iterator[Timing]:
    stat = [sys.executable, "-I", "-S", str(_STAT), str(posts)]
    write = partial(_write_new_post, posts)
    commands = {
        "one": Command(build, prepare=write),
        "stat": Command(stat),
        "nothing": Command(build),
    }
    timings = measure.run_in_turn(commands, plan.rounds)
    yield from (timings[name] for name in ("one", "nothing", "stat"))


def _write_new_post(posts: Path) -> None:
    generator.write_new_post(posts, next(_numbers))


@contextmanager
def _open_databases(names: Sequence[str]) -> Iterator[list[Database]]:
    makers: dict[str, Callable[[ExitStack], Database]] = {
        "sqlite": lambda _: Sqlite(),
        "postgres": partial(_open_postgres, Postgres),
        "shared": partial(_open_postgres, Shared),
    }
    with ExitStack() as stack:
        yield [makers[name](stack) for name in names]


def _open_postgres(kind: type[Postgres], stack: ExitStack) -> Postgres:
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("needs the apt package postgresql, or --databases sqlite")
    cluster = Cluster(binaries, _OPTIONS)
    stack.callback(cluster.remove)
    database = kind(cluster)
    stack.callback(database.end)
    return database


def main() -> None:
    """Print the table, and what was measured on stderr as soon as it is."""
    options = _parse_options()
    plan = Plan(options.work, options.output, options.rounds)
    for place in (plan.work, plan.output):
        place.mkdir(parents=True, exist_ok=True)
    print(describe_machine(plan.work, plan.output))
    print(f"{describe_versions('feedpub', 'SQLAlchemy', 'psycopg')}; medians of {plan.rounds}\n")
    costs: list[Cost] = []
    with _open_databases(options.databases) as databases:
        for posts in sorted(options.sizes):
            for database in databases:
                print(f"{posts:,} posts, {database.name}", file=sys.stderr, flush=True)
                costs.append(measure_cost(plan, posts, database))
                print(costs[-1], file=sys.stderr, flush=True)
    print(format_costs(costs))


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    add = parser.add_argument
    add("--sizes", type=_parse_sizes, default=SIZES, help="posts, such as 1000,10000")
    add(
        "--databases",
        type=_parse_names,
        default=("sqlite", "postgres"),
        help="sqlite,postgres,shared",
    )
    add("--rounds", type=int, default=3, help="builds after the cold one; default %(default)s")
    work, output = Path(tempfile.gettempdir(), "feedpub-bench"), Path("/dev/shm/feedpub-growth")
    add("--work", type=Path, default=work, help="on disk; default %(default)s")
    add("--output", type=Path, default=output, help="on tmpfs; default %(default)s")
    return parser.parse_args()


def _parse_sizes(text: str) -> list[int]:
    return [int(size) for size in text.replace("_", "").split(",")]


def _parse_names(text: str) -> list[str]:
    return text.split(",")


if __name__ == "__main__":
    main()
