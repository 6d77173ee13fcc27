"""What the replays share: a blog in a folder of its own."""

from pathlib import Path

import pytest

from feedpub.publishing import sharding
from tests.support.blog import Blog
from tests.support.shards import ARTICLES


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    """A blog with one source, ``posts``."""
    return Blog(tmp_path)


@pytest.fixture
def blogs(tmp_path: Path) -> Blog:
    """A blog with two sources, ``posts`` and ``other``."""
    return Blog(tmp_path, "posts", "other")


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of four files, of which five are laid out at a time."""
    monkeypatch.setattr(sharding, "SHARD", 4)
    monkeypatch.setattr(sharding, "_OFFERED", 5)
    monkeypatch.setattr(sharding, "_PAUSE_S", 0)


@pytest.fixture
def folder(blog: Blog) -> Path:
    """A folder of articles, enough for several shards."""
    for number in range(ARTICLES):
        blog.write(f"{number % 7}/a{number:02}.md", categories=[f"c{number % 3}"])
    return blog.place("")
