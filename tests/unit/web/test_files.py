"""What is kept in memory is never what is not there any more."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.web import files
from feedpub.web.files import Folder, make_stamp
from feedpub.web.memory import Memory
from feedpub.web.static import decode_path

OLD = (1_700_000_000, 1_700_000_000)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file whose times count as settled, so that it is kept in memory."""
    path = tmp_path / "rss.xml"
    path.write_bytes(b"one")
    os.utime(path, OLD)
    monkeypatch.setattr(files, "SETTLED_S", -60)
    return path


def read(folder: Folder) -> bytes:
    found = folder.find("rss.xml")
    return b"" if found is None else found.data


def test_a_file_is_read_once_as_long_as_it_stays_as_it_is(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(file.parent)
    first = folder.find("rss.xml")

    assert folder.find("rss.xml") is first


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: path.write_bytes(b"two, longer"), id="other length"),
        pytest.param(lambda path: (path.write_bytes(b"two"), os.utime(path, OLD)), id="same times"),
        pytest.param(lambda path: _replace(path, b"two"), id="replaced"),
        pytest.param(lambda path: _link(path, b"two"), id="link"),
    ],
)
def test_a_change_is_seen_at_once(file: Path, change: Callable[[Path], object]) -> None:
    folder = Folder(file.parent)
    before = read(folder)

    time.sleep(0.02)  # so long may the clock of a file system stand still
    change(file)

    assert before == b"one"
    assert read(folder).startswith(b"two")


def _replace(path: Path, data: bytes) -> None:
    other = path.with_name("new.xml")
    other.write_bytes(data)
    os.utime(other, OLD)
    other.replace(path)


def _link(path: Path, data: bytes) -> None:
    other = path.with_name("new.xml")
    other.write_bytes(data)
    path.unlink()
    path.symlink_to(other)


def test_a_file_that_is_gone_is_not_served_from_memory(file: Path) -> None:
    folder = Folder(file.parent)
    read(folder)

    file.unlink()

    assert folder.find("rss.xml") is None


def test_a_file_that_became_a_link_out_of_the_folder_is_gone(file: Path, tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    file = file.rename(tmp_path / "feeds/rss.xml")
    folder = Folder(file.parent)
    read(folder)
    secret = tmp_path / "secret"
    secret.write_bytes(b"key")
    file.unlink()

    file.symlink_to(secret)

    assert folder.find("rss.xml") is None


def test_a_file_that_was_just_written_is_read_each_time(tmp_path: Path) -> None:
    path = tmp_path / "rss.xml"
    path.write_bytes(b"one")
    folder = Folder(tmp_path)

    first, second = folder.find("rss.xml"), folder.find("rss.xml")

    assert first == second
    assert first is not second


def test_a_stamp_tells_what_the_system_tells(file: Path) -> None:
    before = make_stamp(file.stat())
    os.utime(file, (1, 1))

    assert make_stamp(file.stat()) != before


# Memory


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40_000)), max_size=80))
def test_memory_never_holds_more_than_it_may(puts: list[tuple[int, int]]) -> None:
    memory: Memory[int] = Memory(100_000)

    for key, size in puts:
        memory.put(key, size, size)
        assert memory.size <= 100_000
        assert memory.get(key) in (None, size)


def test_what_was_not_asked_for_longest_goes_first() -> None:
    memory: Memory[str] = Memory(80_000)
    for key in "abcdefgh":
        memory.put(key, key, 8_000)
    memory.get("b")
    memory.put("i", "i", 8_000)
    memory.put("j", "j", 8_000)

    kept = [key for key in "abcdefghij" if memory.get(key)]

    assert "b" in kept
    assert "a" not in kept
    assert "j" in kept


def test_a_large_value_pushes_nobody_out() -> None:
    memory: Memory[str] = Memory(80_000)
    memory.put("small", "small", 100)

    memory.put("large", "large", 20_000)

    assert (memory.get("small"), memory.get("large")) == ("small", None)


def test_any_number_of_threads_may_use_it() -> None:
    memory: Memory[int] = Memory(50_000)

    def work(seed: int) -> None:
        for step in range(2_000):
            memory.put((seed * step) % 37, step, step % 5_000)
            memory.get(step % 37)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 0 <= memory.size <= 50_000


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_path_is_what_was_sent(path: str) -> None:
    assert decode_path(path.encode().decode("latin-1")) == path


@given(st.binary(max_size=20))
def test_bytes_that_are_no_text_are_no_path(data: bytes) -> None:
    wire = data.decode("latin-1")

    assert decode_path(wire).encode() == data or decode_path(wire) == "\0"


# Without waiting


def test_only_what_was_read_is_recalled(file: Path) -> None:
    folder = Folder(file.parent)

    unread = folder.recall("rss.xml")
    found = folder.find("rss.xml")

    assert unread is None
    assert folder.recall("rss.xml") is found


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"two, longer")])
def test_what_changed_is_not_recalled(file: Path, change: Callable[[Path], object]) -> None:
    folder = Folder(file.parent)
    folder.find("rss.xml")

    change(file)

    assert folder.recall("rss.xml") is None


def test_a_slow_disk_is_left_alone_for_a_while(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    stat = os.stat

    def be_slow(path: str) -> os.stat_result:
        nonlocal now
        now += 0.5
        return stat(path)

    folder = Folder(file.parent)
    folder.find("rss.xml")
    monkeypatch.setattr(files.time, "monotonic", lambda: now)
    monkeypatch.setattr(files.os, "stat", be_slow)

    found = []
    for moment in (0.0, 0.6, 9.9, 10.1):
        now = moment
        found.append(folder.recall("rss.xml") is not None)

    assert found == [True, False, False, True]
