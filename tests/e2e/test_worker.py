"""Workers that build and send by themselves: one with SQLite, several with PostgreSQL."""

import os
import signal
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from feedpub.model import DeliveryState
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.plain import PostgresDatabase
from tests.support.mail_site import MailSite
from tests.support.real_site import RealSite
from tests.support.smtp import ScriptedServer, run_scripted_server
from tests.support.workers import start_worker

PEOPLE = [f"p{number}@x.example" for number in range(10)]
"""No more than a site's first issue may have without anybody's word."""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[ScriptedServer]:
    folder = tmp_path / "smtp"
    folder.mkdir()
    with run_scripted_server(folder) as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, smtp: ScriptedServer) -> Iterator[MailSite]:
    """A site with news whose issue is due, and a web server that shows what is published."""
    made = MailSite.create(tmp_path / "site", PEOPLE)
    handler = partial(QuietHandler, directory=str(made.root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = made.root / "feedpub.toml"
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        settings.write_text(settings.read_text().replace("http://127.0.0.1:8000/", url))
        made.set_mailer(smtp.port)
        yield made
        server.shutdown()


@pytest.fixture
def server_site(site: MailSite, database: str) -> MailSite:
    """The same with its database on a server."""
    settings = site.root / "feedpub.toml"
    settings.write_text(f'database = "{database}"\n{settings.read_text()}')
    site.run_well("migrate", str(site.site.database))
    site.site.database.unlink()
    return site


def set_rate(site: MailSite, rate: int) -> None:
    """Let mails leave slowly, so that there is a middle of a job."""
    settings = site.root / "feedpub.toml"
    settings.write_text(settings.read_text().replace("[mail]\n", f"[mail]\nrate = {rate}\n"))


def look(url: str, query: str) -> list[tuple[object, ...]]:
    server = PostgresDatabase(Address(url))
    try:
        return server.read(query)
    finally:
        server.close()


def states_of(url: str) -> Counter[DeliveryState]:
    rows = look(url, "SELECT state FROM deliveries")
    return Counter(DeliveryState(int(str(state))) for (state,) in rows)


# SQLite


def test_an_article_is_published_and_a_due_issue_mailed_by_one_process(
    site: MailSite, smtp: ScriptedServer
) -> None:
    site.site.post("late.md", "Written while it works", categories="[a]")

    with start_worker(site.site) as worker:
        worker.wait_until(lambda: "Written while it works" in read_feed(site.site))
        worker.wait_until(lambda: len(smtp.recipients()) == len(PEOPLE))
        site.site.post("later.md", "Written later", categories="[a]")
        worker.wait_until(lambda: "Written later" in read_feed(site.site))
        code = worker.end(signal.SIGTERM)

    assert sorted(smtp.recipients()) == sorted(PEOPLE)
    assert site.ledger.issue_state().name == "FINISHED"
    assert code == 0


def test_what_waits_for_a_person_is_shown_by_status_until_somebody_has_acted(
    site: MailSite, smtp: ScriptedServer
) -> None:
    site.subscribe(["one-more@x.example"])

    with start_worker(site.site) as worker:
        worker.wait_until(lambda: worker.ended("prepare") == ["failed"])
        held = site.run_well("status")
        site.run_well("send", "weekly", "--yes", "--max-recipients", "11")
        swept = len(worker.ended("sweep"))
        worker.wait_until(lambda: len(worker.ended("sweep")) > swept + 1)
        worker.end(signal.SIGTERM)

    assert "job failed   prepare frequency=weekly: weekly/" in held
    assert "11 recipients, the first mass send of this site" in held
    assert "job failed" not in site.run_well("status")
    assert len(smtp.recipients()) == 11


def read_feed(site: RealSite) -> str:
    path = site.feeds / "all/rss.xml"
    return path.read_text("utf-8") if path.exists() else ""


def test_the_program_tells_who_watches_it_that_it_is_alive(tmp_path: Path) -> None:
    site = RealSite.create(tmp_path / "site")
    site.post("a.md", "A")
    health = tmp_path / "alive"

    words = ("--build-every", "600", "--health-file", str(health), "--metrics", "127.0.0.1:0")
    with start_worker(site, *words) as worker:
        metrics = worker.wait_until_ready()["metrics"]
        worker.wait_until(lambda: worker.ended("build") == ["done"])
        with urllib.request.urlopen(metrics) as answer:
            lines = answer.read().decode().splitlines()
        with urllib.request.urlopen(metrics.replace("/metrics", "/healthz")) as answer:
            state = answer.read()
        was_alive = health.exists()
        code = worker.end(signal.SIGINT)
        built = next(line["built"] for line in worker.said() if line.get("task") == "build")

    assert (built["new"], built["written"] > 0, built["errors"]) == (1, True, 0)
    assert 'feedpub_worker_jobs_total{task="build",end="done"} 1' in lines
    assert "feedpub_articles 1" in lines
    assert (state, was_alive, health.exists(), code) == (b"ok\n", True, False, 130)


def test_a_worker_without_a_database_says_what_to_do(tmp_path: Path) -> None:
    site = RealSite.create(tmp_path / "site")
    site.database.unlink()

    done = site.run("worker")

    assert done.returncode == 1
    assert "the database is missing" in done.stderr


def test_a_queue_that_is_not_there_is_refused(tmp_path: Path) -> None:
    site = RealSite.create(tmp_path / "site")

    done = site.run("worker", "--queues", "build,delivr")

    assert done.returncode == 3
    assert "there is no queue 'delivr'; there are read, build" in done.stderr


# PostgreSQL


@pytest.mark.slow
def test_two_workers_make_one_issue_and_mail_everybody_once(
    server_site: MailSite, smtp: ScriptedServer, database: str
) -> None:
    with start_worker(server_site.site) as one, start_worker(server_site.site) as other:
        other.wait_until_ready()
        one.wait_until(lambda: len(smtp.recipients()) == len(PEOPLE))
        one.wait_until(lambda: look(database, "SELECT state FROM issues") == [(3,)])
        time.sleep(3)  # sweeps and ticks of both
        codes = one.end(signal.SIGTERM), other.end(signal.SIGTERM)

    assert Counter(smtp.recipients()) == Counter(PEOPLE)
    assert look(database, "SELECT count(*) FROM issues") == [(1,)]
    assert look(database, "SELECT * FROM failures") == []
    assert codes == (0, 0)


@pytest.mark.slow
def test_what_a_killed_worker_was_at_is_done_by_another(
    server_site: MailSite, smtp: ScriptedServer, database: str
) -> None:
    set_rate(server_site, 2)
    with start_worker(server_site.site) as killed:
        killed.wait_until(lambda: len(smtp.recipients()) >= 3)
        killed.end(signal.SIGKILL)
    left = look(database, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")

    with start_worker(server_site.site) as other:
        other.wait_until(lambda: is_over(states_of(database)))
        other.end(signal.SIGTERM)

    states = states_of(database)
    assert int(str(left[0][0])) >= 1
    assert max(Counter(smtp.recipients()).values()) == 1
    assert states[DeliveryState.SENT] + states[DeliveryState.UNKNOWN] == len(PEOPLE)
    assert states[DeliveryState.UNKNOWN] <= 1  # one connection, one fault
    assert look(database, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == [
        (0,)
    ]


def is_over(states: Counter[DeliveryState]) -> bool:
    ended = states[DeliveryState.SENT] + states[DeliveryState.UNKNOWN]
    return ended == len(PEOPLE)


@pytest.mark.slow
def test_a_worker_that_is_stopped_finishes_the_mail_in_hand_and_leaves_the_rest(
    server_site: MailSite, smtp: ScriptedServer, database: str
) -> None:
    set_rate(server_site, 2)
    with start_worker(server_site.site) as stopped:
        stopped.wait_until(lambda: len(smtp.recipients()) >= 3)
        code = stopped.end(signal.SIGTERM)
    states, jobs = states_of(database), look(database, "SELECT status FROM procrastinate_jobs")
    sent = len(smtp.recipients())

    with start_worker(server_site.site) as other:
        other.wait_until(lambda: len(smtp.recipients()) == len(PEOPLE))
        other.end(signal.SIGTERM)

    assert code == 0
    assert states == {
        DeliveryState.SENT: sent, DeliveryState.QUEUED: len(PEOPLE) - sent,
    }  # fmt: skip
    assert "doing" not in {str(status) for (status,) in jobs}
    assert Counter(smtp.recipients()) == Counter(PEOPLE)


@pytest.mark.slow
def test_a_worker_of_an_older_version_ends_when_a_newer_one_migrates_and_loses_nothing(
    server_site: MailSite, smtp: ScriptedServer, database: str
) -> None:
    with start_worker(server_site.site) as worker:
        worker.wait_until(lambda: len(smtp.recipients()) == len(PEOPLE))
        before = look(database, "SELECT version_num FROM alembic_version")
        server = PostgresDatabase(Address(database))
        with server.transaction() as cursor:  # what a migration does last
            cursor.execute("UPDATE alembic_version SET version_num = '9999'")
        server.close()
        code = worker.process.wait(60)
        errors = worker.errors.read_text("utf-8")

    assert code == 1
    assert "the database has schema 9999" in errors
    assert "install the newer feedpub again" in errors
    assert "Traceback" not in errors
    assert look(database, "SELECT count(*) FROM procrastinate_workers") == [(0,)]
    assert "doing" not in dict(look(database, "SELECT status::text, 1 FROM procrastinate_jobs"))
    assert before != [("9999",)]


@pytest.mark.slow
def test_a_second_signal_ends_a_worker_at_once(server_site: MailSite, smtp: ScriptedServer) -> None:
    set_rate(server_site, 1)
    with start_worker(server_site.site) as worker:
        worker.wait_until(lambda: len(smtp.recipients()) >= 1)
        os.kill(worker.process.pid, signal.SIGSTOP)
        os.kill(worker.process.pid, signal.SIGTERM)
        os.kill(worker.process.pid, signal.SIGINT)
        os.kill(worker.process.pid, signal.SIGCONT)
        code = worker.process.wait(10)

    assert code in (128 + signal.SIGTERM, 128 + signal.SIGINT)
