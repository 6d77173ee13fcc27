"""That what is written is on the disk first, by as few calls as it takes."""

import ctypes
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from feedpub import durability
from feedpub.errors import TargetError
from feedpub.targets.local import LocalTarget

FEW, MANY = 32, 33
Calls = list[tuple[str, str]]


def name_of(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What is called, and with which file, in order."""
    found: Calls = []
    rename = os.replace

    def note(name: str) -> Callable[[int], int]:
        def call(descriptor: int) -> int:
            found.append((name, name_of(descriptor)))
            return 0

        return call

    def replace(source: str, place: str) -> None:
        found.append(("rename", source))
        rename(source, place)

    monkeypatch.setattr(os, "fsync", note("fsync"))
    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(durability, "_find_syncfs", lambda: note("syncfs"))
    return found


def publish(root: Path, number: int) -> None:
    target = LocalTarget(root)
    staged = [target.stage(f"{one}/a", b"1") for one in range(number)]
    target.commit([item for item in staged if item is not None])


def test_a_few_files_are_synchronised_before_they_are_renamed_and_their_folders_after(
    tmp_path: Path, calls: Calls
) -> None:
    publish(tmp_path / "feeds", 2)

    names = [name for name, _ in calls]
    renamed = [path for name, path in calls if name == "rename"]
    assert names[:4] == ["fsync", "fsync", "rename", "rename"]
    assert [path for _, path in calls[:2]] == renamed
    # Both folders, and those above them, whose entries are new.
    folders = {tmp_path / "feeds/0", tmp_path / "feeds/1", tmp_path / "feeds", tmp_path}
    assert {path for _, path in calls[4:]} == set(map(str, folders))


def test_of_many_files_a_file_system_is_asked_once_before_and_once_after(
    tmp_path: Path, calls: Calls
) -> None:
    publish(tmp_path / "feeds", MANY)

    assert [name for name, _ in calls] == ["syncfs", *["rename"] * MANY, "syncfs"]


def test_as_many_as_take_less_time_one_by_one_are_so(tmp_path: Path, calls: Calls) -> None:
    files = [tmp_path / str(number) for number in range(FEW)]
    for file in files:
        file.touch()

    durability.synchronise_all([*map(str, files)])

    assert calls == [("fsync", str(file)) for file in files]


def test_each_file_system_among_many_files_is_asked(tmp_path: Path, calls: Calls) -> None:
    durability.synchronise_all([*[str(tmp_path)] * MANY, "/proc"])

    assert calls == [("syncfs", str(tmp_path)), ("syncfs", "/proc")]


def test_what_is_gone_or_not_ours_is_left_out(tmp_path: Path, calls: Calls) -> None:
    durability.synchronise_all([str(tmp_path / "gone")])
    durability.synchronise_all([*[str(tmp_path / "gone")] * MANY, str(tmp_path)])

    assert calls == [("syncfs", str(tmp_path))]


def test_of_one_file_it_is_told_that_it_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        durability.synchronise(tmp_path / "gone")


def test_without_such_a_call_each_file_is_synchronised(
    tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durability, "_find_syncfs", lambda: None)

    durability.synchronise_all([str(tmp_path)] * MANY)

    assert [name for name, _ in calls] == ["fsync"] * MANY


@pytest.mark.parametrize(
    ("release", "there"), [("4.18.0-553.el8", False), ("5.8.0", True), ("6.1", True)]
)
def test_a_system_that_hides_errors_is_not_asked(
    release: str, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "", release, "", "")))
    durability._find_syncfs.cache_clear()

    try:
        assert (durability._find_syncfs() is not None) is there
    finally:
        durability._find_syncfs.cache_clear()


def test_a_disk_that_fails_is_told_and_nothing_is_renamed(
    tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> int:
        ctypes.set_errno(errno.EIO)
        return -1

    monkeypatch.setattr(durability, "_find_syncfs", lambda: fail)

    with pytest.raises(TargetError, match=r"feeds: .*; look after the disk"):
        publish(tmp_path / "feeds", MANY)

    assert "rename" not in [name for name, _ in calls]
