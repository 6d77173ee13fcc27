"""What the replays share: a blog in a folder of its own."""

from pathlib import Path

import pytest

from tests.support.blog import Blog


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    """A blog with one source, ``posts``."""
    return Blog(tmp_path)


@pytest.fixture
def blogs(tmp_path: Path) -> Blog:
    """A blog with two sources, ``posts`` and ``other``."""
    return Blog(tmp_path, "posts", "other")
