"""``feedpub worker``: does by itself what is due, on as many machines as one likes."""

import json
import logging
import sys
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import printable, write
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import tell_outcome
from feedpub.model import BuildReport
from feedpub.ports.jobs import is_shard_job

if TYPE_CHECKING:
    from feedpub.worker import Event


class _HostPort(click.ParamType[tuple[str, int]]):
    """An address to listen at, such as ``127.0.0.1:9100`` or ``[::1]:9100``."""

    name = "host:port"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Return host and port."""
        if isinstance(value, tuple):
            return value
        host, colon, port = str(value).rpartition(":")
        if not colon or not port.isdecimal() or int(port) > 65_535:
            self.fail(f"{value!r} is not HOST:PORT, such as 127.0.0.1:9100", param, ctx)
        return host.strip("[]") or "127.0.0.1", int(port)


@click.command(cls=SiteCommand)
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=2, show_default=True,
    help="Jobs at a time.",
)  # fmt: skip
@click.option(
    "--queues", metavar="NAMES", default="",
    help="Take jobs of these queues only, with commas between them; of all by default.",
)  # fmt: skip
@click.option(
    "--build-every", type=click.IntRange(5, 86_400), default=300, show_default=True,
    metavar="SECONDS", help="How often the workers of a site look for new articles.",
)  # fmt: skip
@click.option(
    "--health-file", type=click.Path(dir_okay=False, path_type=Path),
    help="Touch this file every few seconds while alive.",
)  # fmt: skip
@click.option(
    "--metrics", type=_HostPort(), metavar="HOST:PORT",
    help="Answer /metrics and /healthz at this address; port 0 takes a free one.",
)  # fmt: skip
@pass_session
def worker(
    session: Session,
    concurrency: int,
    queues: str,
    build_every: int,
    health_file: Path | None,
    metrics: tuple[str, int] | None,
) -> None:
    """Build and send whatever is due, until stopped.

    It replaces cron. With PostgreSQL any number of them share the work, on any machines; with
    SQLite one of them does it all. The first Ctrl-C or SIGTERM lets it finish what it is at,
    messages in hand above all; the second ends it at once, which loses nothing either.

    Queues: read, build, thumbnails, ping, prepare, deliver, notices, bounces. With --json each job
    that has ended is a line on stdout.
    """
    config = load_settings(session, tell=True)
    from feedpub.wiring.jobs import Pace
    from feedpub.worker import Options, check_queues, run_worker

    names = check_queues([name.strip() for name in queues.split(",") if name.strip()])
    options = Options(concurrency, names, health_file, metrics, Pace(build_s=build_every))
    _log_to_stderr(session)
    output = _Output(session)
    code = run_worker(config, options, tell=output.tell, ready=output.begin)
    raise click.exceptions.Exit(code)


def _log_to_stderr(session: Session) -> None:
    """Let what is wrong be seen, with the time, unless -v has arranged for more already."""
    level = logging.ERROR if session.quiet else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(message)s")


class _Output:
    """Tells of jobs, a line each, from any thread."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, metrics: str) -> None:
        """Tell that it works, and where it is watched."""
        if self._session.json:
            _write_line({"event": "ready", "metrics": metrics})
        where = f"; metrics at {metrics}" if metrics else ""
        self._say(f"working{where}  (stop: Ctrl-C)")

    def tell(self, event: "Event") -> None:
        """Tell of a job that has ended."""
        job, verdict = event.job, event.verdict
        if self._session.json:
            _write_line(
                {
                    "event": "job",
                    "task": job.task,
                    "arguments": dict(job.arguments),
                    "end": str(verdict.end),
                    "seconds": round(event.seconds, 3),
                    "retry_at": verdict.at,
                    "reason": verdict.reason,
                    **_count_built(verdict.built),
                }
            )
            return
        built = tell_outcome(verdict.built) if verdict.built else ""
        said = verdict.reason or built
        is_news = bool(said) and not verdict.is_busy
        is_dull = job.task in _DULL or is_shard_job(job)
        if is_news or self._session.verbosity or not is_dull:
            about = f": {said}" if said else ""
            self._say(f"{_now():%H:%M:%S} {job.name} {verdict.end} in {event.seconds:.1f} s{about}")

    def _say(self, text: str) -> None:
        # Not click's way to the session, which other threads do not have.
        if not self._session.quiet:
            click.echo(printable(text), err=True)


_DULL = ("sweep", "build")
"""Done every few minutes, mostly for nothing; shards of a large source are read by the hundred."""


def _count_built(report: BuildReport | None) -> dict[str, object]:
    """Return the numbers of a build, under the names that ``build --json`` gives them."""
    if report is None:
        return {}
    values = {one.name: getattr(report, one.name) for one in fields(report)}
    numbers = {name: value for name, value in values.items() if type(value) is int}
    return {"built": {**numbers, "errors": len(report.errors)}}


def _write_line(fields: dict[str, object]) -> None:
    write(json.dumps({"time": f"{_now():%Y-%m-%dT%H:%M:%SZ}", **fields}, ensure_ascii=False))
    sys.stdout.flush()


def _now() -> datetime:
    return datetime.now(UTC)
