"""A build that is cut off at any call of its target is finished by the next one."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from feedpub.errors import TargetError
from feedpub.ports import Staged
from feedpub.store.sql import SqlStore
from feedpub.testing import MemoryHub, MemoryStore, MemoryTarget
from tests.support.blog import Blog
from tests.support.links import find_dangling


class CutOff(MemoryTarget):
    """Fails at one of the changes that are asked of it, and at all that follow."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 1 << 30
        self.staged = 0

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TargetError("the disk is full")

    def stage(self, path: str, data: bytes) -> Staged | None:
        self._count()
        self.staged += 1
        return super().stage(path, data)

    def commit(self, staged: Sequence[Staged]) -> None:
        for one in staged:
            self._count()
            super().commit([one])

    def delete(self, paths: Sequence[str]) -> list[str]:
        deleted = []
        for path in paths:
            self._count()
            deleted += super().delete([path])
        return deleted


def first_generation(blog: Blog) -> None:
    for name, date in {"a": "2025-08", "b": "2025-10", "c": "2025-11", "d": "2025-12"}.items():
        blog.write(f"{name}.md", date=f"{date}-03T00:00:00Z")


def second_generation(blog: Blog) -> None:
    blog.write("late.md", date="2025-09-03T00:00:00Z")
    blog.delete("b.md")
    blog.write("c.md", "Another text.", date="2025-11-03T00:00:00Z", categories=["x", "y"])
    blog.write("new.md")


def start(root: Path) -> Blog:
    """Return a blog before the build of its second generation."""
    blog = Blog(root).with_pages().with_embeds()
    blog.target, blog.hub = CutOff(), MemoryHub()
    first_generation(blog)
    blog.build()
    blog.hub.pings.clear()
    second_generation(blog)
    return blog


class Again(MemoryStore):
    """The catalog as a backup has it."""

    def __init__(self, backup: Path) -> None:
        self._store = SqlStore.open(backup)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Blog:
    """The same blog, built without interruption; remembers what it was before."""
    blog = start(tmp_path_factory.mktemp("whole"))
    with blog.publisher() as publisher:
        publisher.backup(blog.root / "before.db")
    blog.before, blog.now = dict(blog.target.files), blog.clock.now
    before = blog.target.staged, blog.target.left
    blog.build()
    blog.stages, blog.calls = blog.target.staged - before[0], before[1] - blog.target.left
    return blog


def cut_off(whole: Blog, tmp_path: Path, calls: int) -> Blog:
    """Return the blog after a build of its second generation that was cut off."""
    blog = Blog(whole.root).with_pages().with_embeds()
    blog.target, blog.hub, blog.clock.now = CutOff(), MemoryHub(), whole.now
    backup = tmp_path / f"{calls}.db"
    shutil.copyfile(whole.root / "before.db", backup)
    blog.store, blog.target.files, blog.target.left = Again(backup), dict(whole.before), calls
    with pytest.raises(TargetError):
        blog.build()
    return blog


def test_nothing_is_visible_before_everything_is_staged(tmp_path: Path, whole: Blog) -> None:
    for calls in (0, 1, whole.stages - 1, whole.stages):
        blog = cut_off(whole, tmp_path, calls)

        assert blog.target.files == whole.before


@pytest.mark.parametrize("part", range(4))
def test_what_is_cut_off_is_finished_by_the_next_build(
    tmp_path: Path, whole: Blog, part: int
) -> None:
    for calls in range(whole.stages + part, whole.calls, 4):
        blog = cut_off(whole, tmp_path, calls)
        assert find_dangling(blog.target.files, whole.before) == set(), calls

        blog.target.left = 1 << 30
        blog.build()
        assert blog.target.files == whole.target.files, calls
        assert blog.rewritten() == []


def test_the_hub_is_told_of_what_was_published_before_the_interruption(
    tmp_path: Path, whole: Blog
) -> None:
    blog = cut_off(whole, tmp_path, whole.calls - 1)

    blog.target.left = 1 << 30
    blog.build()

    assert blog.hub.pings == whole.hub.pings


def test_an_interrupted_first_build_is_still_the_baseline(tmp_path: Path) -> None:
    blog = Blog(tmp_path)
    blog.target = CutOff()
    first_generation(blog)
    blog.target.left = 5
    with pytest.raises(TargetError):
        blog.build()

    blog.target.left = 1 << 30
    blog.build()

    whole = Blog(tmp_path)
    whole.build()
    assert blog.target.files == whole.target.files


def test_status_says_that_a_build_is_to_be_finished(tmp_path: Path, whole: Blog) -> None:
    blog = cut_off(whole, tmp_path, 5)

    with blog.publisher() as publisher:
        status = publisher.status()

    assert status.pending
    assert status.next_command == "feedpub build"
