"""Weeks of cron over a folder that grows and is crawled again, with a fault in each of them.

Every week some articles are written, old ones are touched, moved, edited or lose their file for a
while, somebody may join, and ``feedpub send weekly`` runs as cron would run it while something goes
wrong. Then the operator puts it right and runs it again. At the end everybody must have got every
article that was news to them once, unless it is listed as unknown or was withheld by a restore.
"""

import email
import email.policy
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedpub.config import load_config
from feedpub.wiring import open_audience
from tests.support import warm
from tests.support.processes import clean_environment
from tests.support.real_site import REPOSITORY, RealSite
from tests.support.smtp import ScriptedServer, run_scripted_server

FIRST_FRIDAY = datetime(2026, 1, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
WEEK = timedelta(days=7)
_TITLE = re.compile(r"Article (\d{4})\b")
_CATEGORIES = ("alpha", "beta", "gamma")
_PATIENCE_S = 120
_SEND = ("send", "weekly", "--yes", "--no-probe", "--offline", "--catch-up")
_SETTINGS = """
[newsletter]
weekly = "Fri 09:00"
from = "Test <news@example.org>"
postal_address = "1 Test Street"
cards = 60
section_cards = 60
[mail]
host = "127.0.0.1"
"""


@dataclass
class Article:
    """An article of the simulation.

    Attributes:
        number: In its title.
        category: Its only one.
        path: Where its file is now.
        week: In which it was written; 0 is the baseline, which nobody is mailed.
        withheld: Whether a restore made it known without a mail.
    """

    number: int
    category: str
    path: Path
    week: int
    withheld: bool = False


@dataclass
class Person:
    """A subscriber of the simulation; ``choice`` is empty for everything."""

    address: str
    choice: str
    week: int


@dataclass
class Year:
    """The state of the world.

    Attributes:
        site: The real one.
        folder: For the site and the mails.
        random: Seeded.
        articles: All that were written.
        people: All that joined.
        mails: What arrived: recipient and numbers of articles.
        unknown: Recipients and articles of which the ledger says that nobody knows.
        log: What happened, a line a step.
    """

    site: RealSite
    folder: Path
    random: random.Random
    articles: list[Article] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    mails: list[tuple[str, frozenset[int]]] = field(default_factory=list)
    unknown: set[tuple[str, int]] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    week: int = 0
    _runs: int = 0

    @classmethod
    def begin(cls, folder: Path, seed: int) -> "Year":
        """Make the site with its baseline and the first subscribers."""
        site = RealSite.create(folder / "site")
        with (site.root / "feedpub.toml").open("a", encoding="utf-8") as file:
            file.write(_SETTINGS)
        year = cls(site, folder, random.Random(seed))
        for _ in range(40):
            year._write()
        assert year._run("build", "--offline", at=year.friday - WEEK / 2).returncode == 0
        for choice in ("", "", *_CATEGORIES):
            year._join(choice)
        return year

    @property
    def friday(self) -> datetime:
        """When this week's issue is due."""
        return FIRST_FRIDAY + self.week * WEEK

    # The editor and the readers

    def _write(self) -> Article:
        number = len(self.articles) + 1
        category = self.random.choice(_CATEGORIES)
        name = f"{self.random.choice(('x', 'y'))}/{number:04}.md"
        path = self.site.post(
            name, f"Article {number:04}", number=number, body=f"Words of number {number}.",
            date=f"{self.friday - WEEK / 2:%Y-%m-%d} 10:00:00", categories=category,
        )  # fmt: skip
        article = Article(number, category, path, self.week)
        self.articles.append(article)
        return article

    def _rewrite(self, article: Article, **changes: str) -> None:
        text = article.path.read_text("utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        article.path.write_text(text, "utf-8")

    def _disturb_old(self) -> None:
        """Crawl again: other dates and times of files, a move, an edit; none of it is news."""
        old = [article for article in self.articles if article.path.exists()]
        for article in self.random.sample(old, min(5, len(old))):
            os.utime(article.path)
        # Three of them: what is moved and edited at once is a new article to everybody.
        crawled, edited, moved = self.random.sample(old, 3)
        self._rewrite(crawled, **{" 10:00:00": " 11:00:00"})
        with edited.path.open("a", encoding="utf-8") as file:
            file.write(f"\nMore in week {self.week}.\n")
        there = moved.path.with_name(f"moved-{self.week}-{moved.path.name}")
        moved.path = moved.path.rename(there)

    def _join(self, choice: str) -> None:
        person = Person(f"reader{len(self.people)}@example.com", choice, self.week)
        config = load_config(self.site.root / "feedpub.toml", {})
        audience = open_audience(config, clock=lambda: self.friday - WEEK / 2)
        chosen = audience.resolve_choice([choice]) if choice else ()
        audience.add(person.address, choice=chosen, confirmed=True, source="simulation")
        self.people.append(person)

    # Running the program

    def _environment(self, port: int) -> dict[str, str]:
        return clean_environment(FEEDPUB_MAIL_PORT=str(port), PYTHONFAULTHANDLER="1")

    def _command(self, at: datetime, *words: str) -> list[str]:
        clocked = [sys.executable, "-m", "tests.support.clocked", at.isoformat()]
        return [*clocked, *self.site.words(*words)]

    def _start(
        self, *words: str, at: datetime, port: int = 9, wrapper: Sequence[str] = ()
    ) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*wrapper, *self._command(at, *words)], text=True, cwd=REPOSITORY,
            env=self._environment(port), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def _finish(self, process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
        try:
            said, _ = process.communicate(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # which has every thread tell where it is
            said, _ = process.communicate()
            raise AssertionError("\n".join((*self.log, said))) from None
        words = " ".join(map(str, process.args))  # type: ignore[arg-type]
        self.log.append(f"week {self.week}: {words} -> {process.returncode}\n{said}")
        return subprocess.CompletedProcess(process.args, process.returncode, said)

    def _run(self, *words: str, at: datetime, port: int = 9) -> "subprocess.CompletedProcess[str]":
        """Run what no fault of the week meets."""
        done = self._fork(*words, at=at, port=port)
        said = done.stdout + done.stderr
        self.log.append(f"week {self.week}: {words} -> {done.returncode}\n{said}")
        return subprocess.CompletedProcess(words, done.returncode, said)

    def _fork(self, *words: str, at: datetime, port: int = 9) -> "subprocess.CompletedProcess[str]":
        return warm.run(
            [at.isoformat(), *self.site.words(*words)], program="tests.support.clocked",
            environment=self._environment(port), timeout=_PATIENCE_S,
        )  # fmt: skip

    def _send(
        self, server: ScriptedServer, at: datetime | None = None
    ) -> "subprocess.CompletedProcess[str]":
        return self._run(*self._cron(), at=at or self.friday, port=server.port)

    def _cron(self) -> tuple[str, ...]:
        return (*_SEND, "--max-recipients", "1000")

    # A week

    def live(self, fault: "Fault") -> None:
        """Let one week pass, with its fault, until the operator has nothing left to do."""
        self.week += 1
        self.log.append(f"week {self.week}: {fault.__name__}")
        for _ in range(self.random.randint(1, 4)):
            self._write()
        self._disturb_old()
        if self.random.random() < 0.4:
            self._join(self.random.choice(("", *_CATEGORIES)))
        self._runs += 1
        with run_scripted_server(self.folder / f"mail{self._runs}") as server:
            fault(self, server)
            self._settle(server)
            self._collect(server)

    def _settle(self, server: ScriptedServer) -> None:
        """Run it again as long as it says that something is left to do."""
        for _ in range(5):
            done = self._send(server, self.friday + timedelta(hours=2))
            if done.returncode == 0 or (done.returncode == 4 and "queued" not in done.stdout):
                return
        raise AssertionError(f"never done:\n{done.stdout}")

    def withhold(self, server: ScriptedServer) -> None:
        """Note what nobody was mailed yet: after a restore nobody knows that."""
        mailed = {number for _, numbers in self.mails for number in numbers}
        mailed |= {number for data in server.messages() for number in _read_mail(data)[1]}
        for article in self.articles:
            article.withheld |= article.week > 0 and article.number not in mailed

    def _collect(self, server: ScriptedServer) -> None:
        for data in server.messages():
            self.mails.append(_read_mail(data))
        listed = json.loads(self._json("issue", "list", "--limit", "500"))
        for issue in listed:
            counts = issue["counts"]
            if "unknown" in counts:
                shown = json.loads(
                    self._json("issue", "show", issue["issue"]["key"], "--state", "unknown")
                )
                numbers = {
                    int(found[1])
                    for article in shown["articles"]
                    if (found := _TITLE.search(article["title"]))
                }
                self.unknown |= {
                    (row["address"], number) for row in shown["recipients"] for number in numbers
                }

    def _json(self, *words: str) -> str:
        done = self._fork("--json", *words, at=self.friday)
        assert done.returncode == 0, done.stderr
        return done.stdout

    # The reckoning

    def judge(self) -> list[str]:
        """Return everybody's wrong mails, a line each; empty if the year went well."""
        got: Counter[tuple[str, int]] = Counter()
        for address, numbers in self.mails:
            got.update((address, number) for number in numbers)
        wrong = []
        for person in self.people:
            for article in self.articles:
                is_news = 0 < person.week <= article.week or (person.week == 0 and article.week > 0)
                is_theirs = not person.choice or person.choice == article.category
                key = (person.address, article.number)
                expected = int(is_news and is_theirs)
                number = got[key]
                if number == expected:
                    continue
                if number > 1 or not expected:
                    if number and article.week and is_theirs and number == 1:
                        continue  # somebody who joined in a week gets all of its issue
                    wrong.append(f"{key} came {number} times, expected {expected}")
                elif key not in self.unknown and not article.withheld:
                    wrong.append(f"{key} never came, and is not listed")
        return wrong


def _read_mail(data: bytes) -> tuple[str, frozenset[int]]:
    """Return whom a mail is for, and the numbers of its articles."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    return str(mail["To"]), frozenset(map(int, _TITLE.findall(body.get_content())))


Fault = Callable[[Year, ScriptedServer], None]


def no_fault(year: Year, server: ScriptedServer) -> None:
    """Nothing goes wrong."""
    year._send(server)


def killed(year: Year, server: ScriptedServer) -> None:
    """The process is killed at some instant."""
    process = year._start(*year._cron(), at=year.friday, port=server.port)
    time.sleep(year.random.uniform(0.2, 3.0))
    process.send_signal(signal.SIGKILL)
    year._finish(process)


def server_down(year: Year, server: ScriptedServer) -> None:
    """Nobody answers at the mail server's port."""
    done = year._run(*year._cron(), at=year.friday, port=9)
    assert done.returncode != 0 or "nothing" in done.stdout, done.stdout


def disk_full(year: Year, server: ScriptedServer) -> None:
    """No file may grow any more, beginning with the larger ones."""
    room = year.random.choice((4_096, 65_536, 262_144))
    limit = ("prlimit", f"--fsize={room}")
    year._finish(year._start(*year._cron(), at=year.friday, port=server.port, wrapper=limit))


def clock_ahead(year: Year, server: ScriptedServer) -> None:
    """The clock is some days ahead."""
    year._send(server, year.friday + timedelta(days=year.random.choice((1, 3, 10))))


def clock_behind(year: Year, server: ScriptedServer) -> None:
    """The clock is some days behind."""
    year._send(server, year.friday - timedelta(days=year.random.choice((1, 3, 10))))


def half_gone(year: Year, server: ScriptedServer) -> None:
    """Half of the articles are not there, as when a disk is not mounted."""
    there, away = year.site.articles / "x", year.site.root / "away"
    shutil.move(there, away)
    try:
        year._send(server)
    finally:
        shutil.move(away, there)


def two_at_once(year: Year, server: ScriptedServer) -> None:
    """Cron starts it twice."""
    runs = [year._start(*year._cron(), at=year.friday, port=server.port) for _ in range(2)]
    for run in runs:
        year._finish(run)


def restored(year: Year, server: ScriptedServer) -> None:
    """After the issue the database is brought back from the copy made before it."""
    year._send(server)
    year._write()
    year.withhold(server)
    copies = sorted((year.site.root / "backups").glob("*.db"))
    done = year._run("restore", "--yes", str(copies[-1]), at=year.friday + timedelta(hours=1))
    assert done.returncode == 0, done.stdout
    again = year._run("build", "--offline", at=year.friday + timedelta(hours=1, minutes=5))
    assert again.returncode == 0, again.stdout


FAULTS: Sequence[Fault] = (
    killed,
    server_down,
    disk_full,
    clock_ahead,
    clock_behind,
    half_gone,
    two_at_once,
    restored,
)
