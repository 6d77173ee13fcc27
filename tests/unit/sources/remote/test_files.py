"""The folders of several machines, which share what a feed brought."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from feedpub.ports.depot import ERA, DepotFile
from feedpub.sources.remote.files import STATE, Files


class MemoryDepot:
    """See ``feedpub.ports.depot.Depot``."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[int, DepotFile]] = {}
        self.asked: list[int] = []

    def versions(self) -> Mapping[str, int]:
        return {"a": self.version} if self.files else {}

    @property
    def version(self) -> int:
        return max((version for version, _ in self.files.values()), default=0)

    def since(self, source: str, version: int) -> Iterator[DepotFile]:
        self.asked.append(version)
        yield from (file for number, file in sorted(self.files.values()) if number > version)

    def put(self, source: str, files: Sequence[DepotFile]) -> int:
        version = self.version + 1
        self.files |= {file.name: (version, file) for file in files}
        return version


class Machine:
    """One of the machines."""

    def __init__(self, folder: Path, depot: MemoryDepot) -> None:
        self.folder, self.depot = folder, depot
        self.files = Files(folder, ("a", depot))

    def write(self, name: str, text: str, *, second: int = 1_000_000_000) -> None:
        self.folder.mkdir(exist_ok=True)
        waiting = self.files.stage(name, text.encode())
        os.utime(waiting, ns=(second * 10**9, second * 10**9 + 7))
        self.files.commit([name])

    def refresh(self) -> None:
        self.files.refresh(self.depot.version)

    def stat(self) -> dict[str, tuple[bytes, int]]:
        """Return bytes and time of every file that a build may see."""
        return {
            path.name: (path.read_bytes(), path.stat().st_mtime_ns)
            for path in self.folder.iterdir()
            if path.name == STATE or not path.name.startswith(".")
        }


@pytest.fixture
def depot() -> MemoryDepot:
    return MemoryDepot()


@pytest.fixture
def one(tmp_path: Path, depot: MemoryDepot) -> Machine:
    return Machine(tmp_path / "one", depot)


@pytest.fixture
def two(tmp_path: Path, depot: MemoryDepot) -> Machine:
    return Machine(tmp_path / "two", depot)


def test_what_one_machine_fetched_is_on_the_other_down_to_its_time(
    one: Machine, two: Machine
) -> None:
    one.write("一.html", "first")
    one.write(STATE, "{}")

    two.refresh()

    assert two.stat() == one.stat()
    assert set(two.stat()) == {"一.html", STATE}


def test_machines_take_turns_and_only_copy_what_changed(
    one: Machine, two: Machine, depot: MemoryDepot
) -> None:
    one.write("a.html", "first")
    two.refresh()
    two.write("b.html", "second", second=1_000_000_001)
    two.write("a.html", "changed", second=1_000_000_002)

    one.refresh()
    one.refresh()

    assert one.stat() == two.stat()
    assert depot.asked == [0, 1]


def test_a_file_that_is_as_it_should_be_is_not_written_again(one: Machine, two: Machine) -> None:
    one.write("a.html", "first")
    before = (one.folder / "a.html").stat().st_ino
    (one.folder / ".feedpub-copied").unlink()

    one.refresh()

    assert (one.folder / "a.html").stat().st_ino == before


def test_a_folder_that_was_lost_comes_back(one: Machine, tmp_path: Path) -> None:
    one.write("a.html", "first")
    one.write("b.html", "second")
    lost = one.stat()
    one.folder.rename(tmp_path / "elsewhere")

    one.refresh()

    assert one.stat() == lost


def test_a_machine_that_was_cut_off_after_it_had_shared_copies_that_back(
    one: Machine, two: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.write("a.html", "first")
    two.refresh()
    monkeypatch.setattr(one.files, "_place", lambda _: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        one.write("b.html", "second")
    monkeypatch.undo()
    assert "b.html" not in one.stat()

    one.refresh()
    two.refresh()

    assert one.stat() == two.stat()
    assert "b.html" in one.stat()


def test_a_site_that_moved_to_a_server_shares_what_it_has(one: Machine, two: Machine) -> None:
    one.folder.mkdir()
    for name in ("a.html", "b.html", STATE, ".waiting-c.html", ".hidden"):
        (one.folder / name).write_text(name)

    one.refresh()
    two.refresh()

    assert two.stat() == one.stat()
    assert set(two.stat()) == {"a.html", "b.html", STATE}


def test_entries_that_a_restored_database_does_not_know_are_shared_again(
    one: Machine, two: Machine, depot: MemoryDepot
) -> None:
    one.write("a.html", "first")
    backup = dict(depot.files)
    one.write("b.html", "second")
    depot.files = {name: (number + ERA, file) for name, (number, file) in backup.items()}
    two.refresh()
    two.write("c.html", "third")

    one.refresh()
    two.refresh()

    assert two.stat() == one.stat()
    assert set(one.stat()) == {"a.html", "b.html", "c.html"}


def test_where_nothing_was_fetched_no_folder_is_made(one: Machine) -> None:
    one.refresh()

    assert not one.folder.exists()


def test_alone_nothing_is_shared_or_noted(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.stage("a.html", b"first")

    files.commit(["a.html"])
    files.refresh(3)

    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
