"""Several at once: builds beside builds, readers beside a build."""

import fcntl
import http.client
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import pytest

from tests.support.generations import write_first, write_second
from tests.support.real_site import RealSite

EXIT_LATER = 75


@pytest.fixture
def site(tmp_path: Path) -> RealSite:
    """A site that was built, and changed since."""
    site = RealSite.create(tmp_path / "site", entries=2)
    write_first(site)
    site.build_well()
    write_second(site)
    return site


@pytest.fixture
def wanted(site: RealSite, tmp_path: Path) -> dict[str, bytes]:
    """What one build publishes."""
    alone = site.copy(tmp_path / "alone")
    alone.build_well()
    return alone.published()


def test_four_builds_at_once_come_to_what_one_does(
    site: RealSite, wanted: dict[str, bytes]
) -> None:
    with ExitStack() as stack:
        builds = [stack.enter_context(site.start("build", "--offline")) for _ in range(4)]
        said = [build.communicate(timeout=120)[1] for build in builds]

    codes = [build.returncode for build in builds]
    assert set(codes) <= {0, EXIT_LATER}, said
    assert 0 in codes
    # One did it, the others found nothing to do or did not wait that long.
    assert (
        sum("nothing new" not in text for text, code in zip(said, codes, strict=True) if code == 0)
        == 1
    )
    assert site.published() == wanted
    assert site.waiting() == []


def test_four_first_builds_at_once_mint_each_category_once(tmp_path: Path) -> None:
    site = RealSite.create(tmp_path / "site")
    write_first(site)

    with ExitStack() as stack:
        builds = [stack.enter_context(site.start("build", "--offline")) for _ in range(4)]
        for build in builds:
            build.communicate(timeout=120)

    assert {build.returncode for build in builds} <= {0, EXIT_LATER}
    names = site.look("SELECT parent, name FROM categories")
    assert len(names) == len(set(names))
    assert len(site.articles_known()) == 4


@contextmanager
def hold(site: RealSite) -> Iterator[None]:
    """Hold the site as another run would."""
    descriptor = os.open(site.root / "feedpub.db.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@pytest.mark.slow
def test_who_waits_in_vain_says_so_and_exits_75(site: RealSite) -> None:
    before = site.published()

    with hold(site):
        done = site.build()

    assert done.returncode == EXIT_LATER
    assert "another run of feedpub holds this site; try again when it has ended" in done.stderr
    assert site.published() == before


def test_a_build_waits_for_one_that_ends_soon(site: RealSite, wanted: dict[str, bytes]) -> None:
    with ExitStack() as stack:
        with hold(site):
            build = stack.enter_context(site.start("build", "--offline"))
            time.sleep(2)
            assert build.poll() is None
        build.communicate(timeout=60)

    assert build.returncode == 0
    assert site.published() == wanted


def test_a_frozen_build_is_not_overtaken(site: RealSite, wanted: dict[str, bytes]) -> None:
    with site.start("build", "--offline") as frozen:
        site.freeze_while_staging(frozen)
        try:
            second = site.build()
        finally:
            frozen.send_signal(signal.SIGCONT)
        frozen.communicate(timeout=60)

    assert second.returncode == EXIT_LATER
    assert frozen.returncode == 0
    assert site.published() == wanted


def test_an_interrupted_build_exits_130_and_takes_down_what_it_staged(
    site: RealSite, wanted: dict[str, bytes]
) -> None:
    before = site.published()

    with site.start("build", "--offline") as build:
        site.freeze_while_staging(build)
        build.send_signal(signal.SIGINT)
        build.send_signal(signal.SIGCONT)
        _, said = build.communicate(timeout=60)

    assert build.returncode == 130, said
    assert "Traceback" not in said
    assert site.waiting() == []
    files = site.published()
    assert all(
        files[path] in (data, wanted[path]) for path, data in before.items() if path in wanted
    )
    site.build_well()
    assert site.published() == wanted


class Readers:
    """Threads that ask a server for paths over and over.

    Attributes:
        seen: Bytes by path, each version once.
        failures: Answers other than 200.
    """

    def __init__(self, port: int, paths: list[str]) -> None:
        self.seen: dict[str, set[bytes]] = {path: set() for path in paths}
        self.failures: list[str] = []
        self.rounds = 0
        self._port = port
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(turn,)) for turn in range(3)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _read(self, turn: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        paths = sorted(self.seen)
        paths = paths[turn * 7 :] + paths[: turn * 7]
        try:
            while not self._stop.is_set():
                for path in paths:
                    self._ask(connection, path)
                self.rounds += 1
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> None:
        try:
            connection.request("GET", f"/feeds/{path}")
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self.failures.append(f"{path}: {error!r}")
            return
        if response.status != 200:
            self.failures.append(f"{path}: {response.status}")
        self.seen[path].add(data)


@pytest.mark.slow
def test_readers_see_whole_versions_while_builds_replace_them(site: RealSite) -> None:
    versions = [site.published()]
    # What a deletion takes down may be missing, and is not asked for.
    with site.start("serve", "-p", "0") as server:
        try:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "http://" in line)
            (port,) = re.findall(r"http://127\.0\.0\.1:(\d+)/", line)
            site.build_well()
            versions.append(site.published())
            common = sorted(versions[0].keys() & versions[1].keys())
            with Readers(int(port), common) as readers:
                for number in range(2, 5):
                    site.post(
                        "mid.md", f"Mid {number}", number=number, date="2025-11-03 10:00:00",
                        categories="[a, b]",
                    )  # fmt: skip
                    site.build_well()
                    versions.append(site.published())
        finally:
            server.kill()

    assert readers.rounds
    assert readers.failures == []
    for path, seen in readers.seen.items():
        assert seen <= {version[path] for version in versions}, path
    assert max(map(len, readers.seen.values())) > 1
