"""Files of the user's that are written anew: whole, or as they were."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedpub.cli.files import replace_file
from feedpub.errors import TargetError


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """Let no file grow beyond some bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_is_as_it_was_where_there_is_no_room(tmp_path: Path) -> None:
    file = tmp_path / "feedpub.toml"
    file.write_text("precious")

    with little_room(100), pytest.raises(TargetError, match=r"feedpub\.toml: .*; make room"):
        replace_file(file, b"x" * 1000)

    assert file.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_file_is_not_there_where_there_is_no_room(tmp_path: Path) -> None:
    with little_room(100), pytest.raises(TargetError):
        replace_file(tmp_path / "feedpub.toml", b"x" * 1000)

    assert list(tmp_path.iterdir()) == []


def test_a_file_keeps_its_mode_and_a_link_its_place(tmp_path: Path) -> None:
    file, link = tmp_path / "real.toml", tmp_path / "feedpub.toml"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)

    replace_file(link, b"new")

    assert (link.is_symlink(), file.read_text()) == (True, "new")
    assert file.stat().st_mode & 0o777 == 0o640
