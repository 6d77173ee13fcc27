"""A site of its own on disk, and the real program run on it as a process."""

import atexit
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support import warm
from tests.support.pictures import drawing
from tests.support.processes import clean_environment

URL = "http://127.0.0.1:8000/"
FEEDS = URL + "feeds/"
SETTINGS = """\
[site]
id = "3f0c9a52-7d0e-4a6e-9d0b-2f5f6a1d8c11"
url = "http://127.0.0.1:8000/"
title = "测试 Test"

[[sources]]
path = "articles"
categories = "path"

[feeds]
entries = {entries}

[build]
jobs = {jobs}
"""
REPOSITORY = Path(__file__).resolve().parents[2]
WAITING = ".feedpub-"
"""What the name of a file begins with that is not published yet."""

_KNOWN = (
    "SELECT uid, folder, name, state, title, published, updated, flags, origin"
    " FROM articles ORDER BY uid"
)
# Written long ago, so that no article is dated ahead and none depends on the day of the test.
_MTIME = 1_767_000_000


@dataclass(frozen=True)
class RealSite:
    """A site in a folder.

    Attributes:
        root: The folder of ``feedpub.toml``.
    """

    root: Path

    @property
    def articles(self) -> Path:
        return self.root / "articles"

    @property
    def feeds(self) -> Path:
        return self.root / "feeds"

    @property
    def database(self) -> Path:
        return self.root / "feedpub.db"

    @classmethod
    def create(cls, root: Path, *, jobs: int = 1, entries: int = 20) -> "RealSite":
        """Make an empty site: settings, key, database."""
        site = cls(root)
        site.articles.mkdir(parents=True)
        # Two settings that the database does not depend on: it is made once, and copied.
        for path in _make_empty().root.iterdir():
            if path.is_file():
                shutil.copy2(path, root)
        (root / "feedpub.toml").write_text(SETTINGS.format(jobs=jobs, entries=entries), "utf-8")
        return site

    def copy(self, root: Path) -> "RealSite":
        """Copy the site with all times, to another folder that is emptied before."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.root, root, symlinks=True)
        return RealSite(root)

    def write(self, name: str, text: str | bytes, *, number: int = 0) -> Path:
        """Write an article or a picture; a larger number is a later change of the file."""
        path = self.articles / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        os.utime(path, ns=(_MTIME * 10**9, (_MTIME + number) * 10**9))
        return path

    def post(
        self, name: str, title: str, *, number: int = 0, body: str = "", **fields: str
    ) -> Path:
        """Write an article with front matter."""
        lines = [f"title: {title}", *(f"{key}: {value}" for key, value in fields.items())]
        if not body:
            body = f"Body of {title}."
        text = "\n".join(("---", *lines, "---", body, ""))
        return self.write(name, text, number=number)

    def picture(self, name: str, *, seed: str = "") -> Path:
        return self.write(name, drawing(seed=seed or name))

    def words(self, *words: str | Path) -> list[str]:
        """Return the arguments of the program for a verb."""
        return ["-C", str(self.root), *map(str, words)]

    def command(self, *words: str | Path) -> list[str]:
        """Return the command line of a verb."""
        return [sys.executable, "-m", "feedpub", *self.words(*words)]

    def run(
        self,
        *words: str | Path,
        wrapper: Sequence[str] = (),
        timeout: float = 120,
        **options: object,
    ) -> subprocess.CompletedProcess[str]:
        """Run the program to its end.

        Args:
            words: After ``feedpub -C SITE``.
            wrapper: A program that runs the command given behind it.
            timeout: Seconds.
            options: For ``subprocess.run``.
        """
        if not wrapper and not options:
            return warm.run(self.words(*words), environment=environment(), timeout=timeout)
        return subprocess.run(
            [*wrapper, *self.command(*words)],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd="/",
            env=environment(),
            **options,  # type: ignore[call-overload]
        )

    def build(self, *words: str, wrapper: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Build, offline."""
        return self.run("build", "--offline", *words, wrapper=wrapper)

    def build_well(self, *words: str) -> str:
        """Build, hold that it succeeds, and return what it said."""
        done = self.build(*words)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start the program; the caller waits for it."""
        return subprocess.Popen(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=environment(),
        )

    def published(self) -> dict[str, bytes]:
        """Return what a web server would serve, by path."""
        return {path: data for path, data in self._read_output() if WAITING not in path}

    def waiting(self) -> list[str]:
        """Return what lies in the output folder and is not published."""
        found = (path for path in self.feeds.rglob(f"{WAITING}*"))
        return sorted(path.relative_to(self.feeds).as_posix() for path in found)

    def freeze_while_staging(self, build: "subprocess.Popen[str]") -> None:
        """Stop a build while files of it wait beside their places."""
        while build.poll() is None:
            if self.waiting():
                build.send_signal(signal.SIGSTOP)
                _wait_for_stop(build.pid)
                if self.waiting():
                    return
                build.send_signal(signal.SIGCONT)
        raise AssertionError("the build was over too soon")

    def _read_output(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self.feeds.rglob("*")):
            if path.is_file():
                yield path.relative_to(self.feeds).as_posix(), path.read_bytes()

    def names(self) -> set[str]:
        """Return the names of what lies beside the settings."""
        return {path.name for path in self.root.iterdir()}

    def look(self, query: str, *, at: Path | None = None) -> list[tuple[object, ...]]:
        """Return rows of the database, which is not written to."""
        path = at or self.database
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def articles_known(self) -> list[tuple[object, ...]]:
        """Return what the catalog knows of articles, times of builds apart.

        A copy of a sound database is looked at, so that nothing is mended here.
        """
        with tempfile.TemporaryDirectory() as scratch:
            for suffix in ("", "-wal"):
                file = self.database.with_name(self.database.name + suffix)
                if file.exists():
                    shutil.copy(file, scratch)
            with closing(sqlite3.connect(Path(scratch, self.database.name))) as connection:
                for question in ("PRAGMA integrity_check(1)", "PRAGMA foreign_key_check"):
                    answer = connection.execute(question).fetchall()
                    assert answer in ([], [("ok",)]), answer
                return connection.execute(_KNOWN).fetchall()


@cache
def _make_empty() -> RealSite:
    """Return an empty site, which lasts as long as this process."""
    folder = tempfile.mkdtemp(prefix="feedpub-empty-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    site = RealSite(Path(folder, "site"))
    site.articles.mkdir(parents=True)
    (site.root / "feedpub.toml").write_text(SETTINGS.format(jobs=1, entries=20), "utf-8")
    made = site.run("init", "--database")
    assert made.returncode == 0, made.stderr
    return site


def _wait_for_stop(pid: int) -> None:
    status = Path(f"/proc/{pid}/stat")
    while status.read_text().rpartition(")")[2].split()[0] not in "TZ":
        pass


def environment() -> dict[str, str]:
    """Return the environment of the program; byte code is not written, so that runs are alike."""
    return clean_environment(
        PYTHONPATH=str(REPOSITORY), PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8"
    )


def digest(files: dict[str, bytes]) -> dict[str, str]:
    """Return a short name for each file's bytes, so that a difference can be read."""
    return {path: hashlib.sha256(data).hexdigest()[:8] for path, data in files.items()}
