"""Files of the user's that are written anew: whole, or as they were."""

import os
from pathlib import Path

import pytest

from feedpub.cli.files import replace_file
from feedpub.errors import TargetError
from tests.support.little_room import little_room


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


def test_what_a_file_cannot_take_the_place_of_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    replace_file(pipe, b"new")

    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_missing_folder_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"gone/a\.xml: No such .*; make its folder first"):
        replace_file(tmp_path / "gone" / "a.xml", b"new")
