"""A look at a folder: what is there, and whether it is as it was."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.ports import File, Scan
from feedpub.sources.folders import PackedFiles, scan_tree

NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1, max_size=20
)
TIMES = st.integers(-(2**63) + 1, 2**63 - 1)
FILES = st.lists(st.builds(File, NAMES, st.integers(0), TIMES), max_size=5)


def scan(root: Path, known: dict[str, bytes] | None = None) -> Scan:
    return scan_tree(str(root), "", lambda name: name.endswith((".md", ".meta")), known=known)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("b.md", "a.md", "c.txt", ".d.md"):
        (tmp_path / name).write_text(name)
    return tmp_path


@given(FILES)
def test_packed_files_are_the_files(files: list[File]) -> None:
    packed = PackedFiles(
        "\0".join(f"{name}/{size}/{mtime}" for name, size, mtime in files).encode()
    )

    assert list(packed) == files
    assert len(packed) == len(files)
    assert packed == tuple(files)


def test_files_come_in_order_of_their_names_with_size_and_time(root: Path) -> None:
    (folder,) = scan(root).folders

    status = (root / "a.md").stat()
    assert [file.name for file in folder.files] == ["a.md", "b.md"]
    assert folder.files[0] == File("a.md", status.st_size, status.st_mtime_ns)


@pytest.mark.parametrize("mtime", [2**63, -(2**63), 99_999_999_999 * 10**9])
def test_a_time_beyond_what_a_database_holds_is_brought_within(mtime: int) -> None:
    (file,) = PackedFiles(f"a.md/1/{mtime}".encode())

    assert abs(file.mtime_ns) == 2**63 - 1
    assert (file.mtime_ns > 0) == (mtime > 0)


def test_the_files_of_a_folder_that_is_as_it_was_are_left_out(root: Path) -> None:
    (before,) = scan(root).folders

    (again,) = scan(root, {"": before.fingerprint}).folders

    assert again == (before.path, (), before.fingerprint)


@pytest.mark.parametrize("name", ["a.md", "a.meta"])
def test_a_file_changed_in_place_changes_its_folder(root: Path, name: str) -> None:
    (root / "a.meta").write_text("")
    (before,) = scan(root).folders
    times = root.stat()

    os.utime(root / name, ns=(1, 10**18 * 3))

    assert root.stat().st_mtime_ns == times.st_mtime_ns
    (after,) = scan(root, {"": before.fingerprint}).folders
    assert after.fingerprint != before.fingerprint
    assert [file.name for file in after.files] == ["a.md", "b.md"]


def test_a_name_that_is_not_utf_8_is_told_and_left_out(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/\xff.md")).write_text("")

    found = scan(root)

    assert [file.name for file in found.folders[0].files] == ["a.md", "b.md"]
    assert found.skipped == ["?.md"]
