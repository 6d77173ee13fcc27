"""What every target promises; see ``feedpub.ports.Target``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedpub.ports import Target
from feedpub.targets.local import LocalTarget
from feedpub.testing import MemoryTarget
from tests.support.bucket import Bucket

Read = Callable[[str], bytes]


@pytest.fixture(params=["local", "memory", "bucket", "prefix", "unconditional"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Target, Read]:
    """Return an empty target, and what reads the files that it publishes."""
    if request.param == "local":
        return LocalTarget(tmp_path / "feeds"), lambda path: (
            tmp_path / "feeds" / path
        ).read_bytes()
    if request.param in ("bucket", "prefix", "unconditional"):
        bucket: Bucket = request.getfixturevalue("bucket")
        prefix = "some/place" if request.param == "prefix" else ""
        target = bucket.target(
            tmp_path / "upload", prefix=prefix, conditional_put=request.param != "unconditional"
        )
        return target, lambda path: bucket.get(f"{prefix}/{path}".lstrip("/")).data
    memory = MemoryTarget()
    return memory, lambda path: memory.files[path]


@pytest.fixture
def target(place: tuple[Target, Read]) -> Target:
    return place[0]


@pytest.fixture
def read(place: tuple[Target, Read]) -> Read:
    return place[1]


def publish(target: Target, **files: bytes) -> None:
    staged = [target.stage(path.replace("_", "/"), data) for path, data in files.items()]
    target.commit([one for one in staged if one is not None])


def test_a_staged_file_is_not_published_yet(target: Target) -> None:
    target.stage("a", b"1")

    assert not target.exists("a")


def test_a_committed_file_is_published(target: Target, read: Read) -> None:
    publish(target, a_b_c=b"1")

    assert target.exists("a/b/c")
    assert read("a/b/c") == b"1"


def test_staging_leaves_the_published_bytes(target: Target, read: Read) -> None:
    publish(target, a=b"1")

    target.stage("a", b"2")

    assert read("a") == b"1"


def test_the_last_commit_wins(target: Target, read: Read) -> None:
    publish(target, a=b"1")
    publish(target, a=b"22")

    assert read("a") == b"22"


def test_equal_bytes_are_not_staged(target: Target) -> None:
    publish(target, a=b"1")

    assert target.stage("a", b"1") is None
    assert target.stage("a", b"2") is not None


def test_an_empty_file_is_a_file(target: Target, read: Read) -> None:
    publish(target, a=b"")

    assert target.exists("a")
    assert read("a") == b""


def test_names_may_be_of_any_language(target: Target, read: Read) -> None:
    publish(target, **{"文章_é b.html": b"1"})

    assert read("文章/é b.html") == b"1"


def test_a_folder_is_no_file(target: Target) -> None:
    publish(target, a_b=b"1")

    assert not target.exists("a")


def test_deleting_returns_what_was_there(target: Target) -> None:
    publish(target, a=b"1", b=b"2")

    assert target.delete(["a", "c"]) == ["a"]
    assert not target.exists("a")
    assert target.exists("b")


def test_a_file_may_be_published_where_one_was_deleted_with_its_folder(
    target: Target, read: Read
) -> None:
    publish(target, a_b_c=b"1")
    target.delete(["a/b/c"])

    publish(target, a_b_c=b"2")

    assert read("a/b/c") == b"2"


def test_what_was_staged_and_never_committed_is_swept_away(target: Target) -> None:
    publish(target, a=b"1")
    target.stage("b/c", b"2")

    target.sweep()

    assert not target.exists("b/c")
    assert target.exists("a")


def test_a_sweep_of_a_place_that_was_never_used_is_harmless(target: Target) -> None:
    target.sweep()

    assert not target.exists("a")


def test_nothing_to_do_is_done(target: Target) -> None:
    target.commit([])

    assert target.delete([]) == []


def test_staging_in_one_order_and_committing_in_another_is_fine(target: Target, read: Read) -> None:
    first, second = target.stage("a", b"1"), target.stage("b", b"2")
    assert first is not None
    assert second is not None

    target.commit([second, first])

    assert (read("a"), read("b")) == (b"1", b"2")
