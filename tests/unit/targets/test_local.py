"""What a folder can do that other targets cannot."""

import os
from pathlib import Path

import pytest

from feedpub.errors import TargetError
from feedpub.targets.local import PREFIX, LocalTarget


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "feeds"


def publish(root: Path, path: str, data: bytes) -> None:
    target = LocalTarget(root)
    staged = target.stage(path, data)
    assert staged is not None
    target.commit([staged])


def test_equal_bytes_leave_the_files_time(root: Path) -> None:
    publish(root, "a", b"1")
    os.utime(root / "a", (1, 1))

    assert LocalTarget(root).stage("a", b"1") is None
    assert (root / "a").stat().st_mtime == 1


def test_readers_of_the_old_file_keep_it(root: Path) -> None:
    publish(root, "a", b"old")

    with (root / "a").open("rb") as reader:
        publish(root, "a", b"new")

        assert reader.read() == b"old"


def test_files_may_be_read_by_a_web_server(root: Path) -> None:
    publish(root, "a", b"1")

    assert (root / "a").stat().st_mode & 0o444 == 0o444


def test_a_folder_that_is_empty_goes_too(root: Path) -> None:
    publish(root, "a/b/c", b"1")
    publish(root, "a/d", b"2")

    LocalTarget(root).delete(["a/b/c"])

    assert not (root / "a" / "b").exists()
    assert (root / "a" / "d").exists()


def test_the_root_stays(root: Path) -> None:
    publish(root, "a", b"1")

    LocalTarget(root).delete(["a"])

    assert root.is_dir()


def test_a_folder_with_files_of_others_stays(root: Path) -> None:
    publish(root, "a/b", b"1")
    (root / "a" / "CNAME").write_text("theirs")

    target = LocalTarget(root)
    target.delete(["a/b"])
    target.sweep()

    assert (root / "a" / "CNAME").read_text() == "theirs"


def test_a_sweep_leaves_no_file_of_ours_behind(root: Path) -> None:
    publish(root, "a", b"1")
    LocalTarget(root).stage("b/c", b"2")
    assert [path for path in root.rglob(f"{PREFIX}*") if path.is_file()]

    LocalTarget(root).sweep()

    assert [path.name for path in root.rglob("*") if path.is_file()] == ["a"]


def test_a_file_where_a_folder_must_be_is_an_error_with_a_remedy(root: Path) -> None:
    publish(root, "a", b"1")

    with pytest.raises(TargetError, match=r"feeds/a.*;"):
        LocalTarget(root).stage("a/b", b"2")
    assert (root / "a").read_bytes() == b"1"


def test_a_folder_where_a_file_must_be_is_an_error_with_a_remedy(root: Path) -> None:
    (root / "a").mkdir(parents=True)
    target = LocalTarget(root)
    staged = target.stage("a", b"1")
    assert staged is not None

    with pytest.raises(TargetError, match=r"feeds/a.*;"):
        target.commit([staged])


def test_a_name_that_is_too_long_is_an_error_with_a_remedy(root: Path) -> None:
    with pytest.raises(TargetError, match="shorter"):
        LocalTarget(root).stage("a" * 300 + "/b", b"1")
