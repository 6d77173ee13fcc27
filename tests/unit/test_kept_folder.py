"""The folder of exported articles, which is its user's: nothing of ours lies about in it."""

from pathlib import Path

import pytest

from feedpub.errors import TargetError
from feedpub.targets.keep import INDEX, KeptFolder


@pytest.fixture
def folder(tmp_path: Path) -> KeptFolder:
    made = KeptFolder(tmp_path / "kept", label="kept")
    made.write("2024/a.html", b"a")
    made.save_index({})
    return made


def names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "kept").rglob("*") if path.is_file())


def test_what_a_killed_run_staged_is_taken_down_by_the_next(
    folder: KeptFolder, tmp_path: Path
) -> None:
    for left in (f".feedpub-{'a1' * 8}", f"2024/.feedpub-{'b2' * 8}", ".feedpub-mine"):
        (tmp_path / "kept" / left).write_text("half")

    folder.load_index()

    assert names(tmp_path) == [INDEX, ".feedpub-mine", "a.html"]


def test_a_file_that_cannot_take_its_place_is_taken_down(
    folder: KeptFolder, tmp_path: Path
) -> None:
    with pytest.raises(TargetError):
        folder.write("2024", b"where a folder is")

    assert names(tmp_path) == [INDEX, "a.html"]
