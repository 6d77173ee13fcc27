"""Wires a worker: settings in, what has jobs done out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feedpub.config import Config
from feedpub.errors import ConfigError
from feedpub.jobs.inprocess import InProcessEngine
from feedpub.jobs.runner import Observer, Runner
from feedpub.jobs.schedule import Clockwork, Regular
from feedpub.jobs.sweep import SWEEP, Sweep
from feedpub.jobs.tasks import TASKS, Apis, make_tasks
from feedpub.ports.jobs import Agenda, Engine, Job
from feedpub.publishing.chores import BUILD, READ
from feedpub.sending import NoticeReport, Stop
from feedpub.wiring.databases import ServerDatabase, SiteDatabase, make_database
from feedpub.wiring.site import open_site
from feedpub.wiring.vitals import SiteVitals

if TYPE_CHECKING:
    from feedpub.newsletter import Newsletter
    from feedpub.publisher import Publisher
    from feedpub.returned import Returned

_BOUNCES = Job("bounces", key="bounces")
_BOUNCES_S = 3600


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker does what nobody asks it for.

    Attributes:
        read_s: The feeds of others are looked through for those that are due, by one worker of all.
        build_s: A build is begun, likewise.
        sweep_s: What no job speaks of is looked for, likewise.
        heartbeat_s: A sign of life is given.
        dead_s: After so long without one a worker counts as dead.
    """

    read_s: int = 60
    build_s: int = 300
    sweep_s: int = 60
    heartbeat_s: float = 10
    dead_s: float = 30


@dataclass(frozen=True)
class Workshop:
    """What a worker works with.

    Attributes:
        engine: Has jobs run.
        run: Runs one.
        clockwork: Defers what is due regularly.
        vitals: What the whole site says of itself.
        stop: Ends all of it.
    """

    engine: Engine
    run: Runner
    clockwork: Clockwork
    vitals: SiteVitals
    stop: Stop


class _EngineStop(Stop):
    """Ends what a job is at, and takes no other one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def request(self) -> None:
        """Finish what is in hand; may be called by a signal handler."""
        super().request()
        self._engine.stop()


@contextmanager
def open_workshop(
    config: Config,
    observer: Observer,
    *,
    pace: Pace | None = None,
    clock: Callable[[], datetime] | None = None,
    allow_private: bool = False,
) -> Iterator[Workshop]:
    """Give what a worker works with; the database is there and up to date.

    Args:
        config: Of the site.
        observer: Is told of each job.
        pace: How often things are done; as documented if None.
        clock: Now, aware; that of the machine if None.
        allow_private: Let pictures and probed links be on private addresses, for an intranet and
            for tests.

    Raises:
        ConfigError: A library, a key or a password is missing.
        StoreError: The database cannot be used.
    """
    pace, now = pace or Pace(), clock or (lambda: datetime.now(UTC))
    database = make_database(config)
    with database.open() as store:
        store.check()
    maker = _Maker(config, now, allow_private=allow_private)
    with _open_engine(config, database, pace) as engine:
        stop = _EngineStop(engine)
        run = Runner(
            make_tasks(maker.make_apis(maker.make_sweep(engine, database), stop)),
            open_agenda=lambda: _open_agenda(database),
            clock=now,
            stop=stop,
            observer=observer,
        )
        clockwork = Clockwork(
            _list_regular(config, pace), open_store=database.open, clock=now, learn=run.learn
        )
        with _open_agenda(database) as agenda:
            agenda.hasten(int(now().timestamp()))
        yield Workshop(engine, run, clockwork, SiteVitals(database.open, now), stop)


class _Maker:
    """Opens the APIs that jobs call."""

    def __init__(
        self, config: Config, clock: Callable[[], datetime], *, allow_private: bool
    ) -> None:
        self._config, self._clock, self._allow_private = config, clock, allow_private

    def make_sweep(self, engine: Engine, database: SiteDatabase) -> Sweep:
        config = self._config
        return Sweep(
            engine,
            open_store=database.open,
            list_jobs=self._list_jobs,
            schedules=() if config.newsletter is None else config.newsletter.schedules,
            sends=config.sends,
            zone=config.site.zone,
            clock=self._clock,
        )

    def make_apis(self, sweep: Sweep, stop: Stop) -> Apis:
        return Apis(
            open_publisher=self._open_publisher,
            newsletter=self._open_newsletter(),
            send_notices=self._make_notice_delivery(),
            open_returned=self._open_returned if _has_mailbox(self._config) else None,
            sweep=sweep,
            stop=stop,
        )

    def _open_publisher(self) -> "Publisher":
        return open_site(self._config, clock=self._clock, allow_private=self._allow_private)

    def _list_jobs(self) -> list[Job]:
        with self._open_publisher() as publisher:
            return publisher.list_jobs()

    def _open_newsletter(self) -> "Newsletter | None":
        if not self._config.sends:
            return None
        from feedpub.wiring.newsletter import open_newsletter

        return open_newsletter(self._config, clock=self._clock, allow_private=self._allow_private)

    def _make_notice_delivery(self) -> "Callable[[Stop | None], NoticeReport] | None":
        if not self._config.sends:
            return None
        from feedpub.wiring.notices import make_notice_delivery

        return make_notice_delivery(self._config, clock=self._clock)

    def _open_returned(self) -> "Returned":
        from feedpub.wiring.returned import open_returned

        return open_returned(self._config, clock=self._clock)


def _has_mailbox(config: Config) -> bool:
    return config.newsletter is not None and config.bounces.has_mailbox


def _list_regular(config: Config, pace: Pace) -> Sequence[Regular]:
    regular = [
        Regular(SWEEP, pace.sweep_s, may_be_late=True),
        Regular(BUILD, pace.build_s),
    ]
    if any(source.type == "feed" for source in config.sources):
        regular.append(Regular(READ, pace.read_s))
    if _has_mailbox(config):
        regular.append(Regular(_BOUNCES, _BOUNCES_S))
    return regular


@contextmanager
def _open_agenda(database: SiteDatabase) -> Iterator[Agenda]:
    with database.open() as store, store.transaction() as catalog:
        yield catalog.agenda


@contextmanager
def _open_engine(config: Config, database: SiteDatabase, pace: Pace) -> Iterator[Engine]:
    if isinstance(database, ServerDatabase):
        yield _make_server_engine(config, database, pace)
        return
    from feedpub.store.jobs import listen

    engine = InProcessEngine()
    with listen(str(config.database_path), engine.defer):
        yield engine


def _make_server_engine(config: Config, database: ServerDatabase, pace: Pace) -> Engine:
    from importlib.util import find_spec

    if find_spec("procrastinate") is None:
        raise ConfigError(
            "the queue of workers is not installed; type: pip install 'feedpub[postgres]'",
            path=str(config.path),
            key="database",
        )
    from feedpub.jobs.procrastinate import ProcrastinateEngine
    from feedpub.store.postgres.queue import update_queue

    update_queue(database.address)
    return ProcrastinateEngine(
        database.address.url,
        tasks=TASKS,
        password=database.address.password,
        heartbeat_s=pace.heartbeat_s,
        dead_s=pace.dead_s,
    )
