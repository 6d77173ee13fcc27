"""The folder of exported articles, which is its user's: nothing of ours lies about in it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from feedpub.errors import TargetError
from feedpub.ports import KeptArticle, Staged
from feedpub.targets.keep import INDEX, KeptFolder
from feedpub.targets.local import LocalTarget


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
    folder.write("2024", b"where a folder is")

    with pytest.raises(TargetError):
        folder.commit()

    assert names(tmp_path) == [INDEX, "a.html"]


def test_a_file_takes_its_place_with_all_others_and_is_read_before(
    folder: KeptFolder, tmp_path: Path
) -> None:
    (tmp_path / "kept/linked").symlink_to("2024")
    folder.write("2024/a.html", b"new")
    folder.write("2024/b.html", b"b")

    assert (folder.read("2024/a.html"), folder.read("linked/b.html")) == (b"new", b"b")
    assert folder.exists("2024/b.html")
    assert (tmp_path / "kept/2024/a.html").read_bytes() == b"a"
    folder.commit()

    assert (tmp_path / "kept/2024/a.html").read_bytes() == b"new"
    assert names(tmp_path) == [INDEX, "a.html", "b.html"]


def test_what_is_written_twice_is_as_it_was_written_last(
    folder: KeptFolder, tmp_path: Path
) -> None:
    folder.write("2024/a.html", b"new")
    folder.write("2024/a.html", b"a")
    folder.commit()

    assert (tmp_path / "kept/2024/a.html").read_bytes() == b"a"
    assert names(tmp_path) == [INDEX, "a.html"]


def test_what_an_index_speaks_of_is_in_place_before_it(
    folder: KeptFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed: list[list[str]] = []
    commit = LocalTarget.commit

    def note(target: LocalTarget, staged: Sequence[Staged]) -> None:
        committed.append([one.path for one in staged])
        commit(target, staged)

    monkeypatch.setattr(LocalTarget, "commit", note)
    folder.write("2024/b.html", b"b")

    folder.save_index({"id": KeptArticle("2024/b.html", "", "")})

    assert committed == [["2024/b.html"], [INDEX]]
