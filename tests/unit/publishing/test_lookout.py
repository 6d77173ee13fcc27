"""Libraries are brought up at the first sign of news, and not without one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedpub.ports import File, Folder, Glance, Scan
from feedpub.publishing.lookout import Lookout
from feedpub.wiring.readiness import Readiness

KNOWN = Scan([Folder("a", (), b"1")], [])
CHANGED = Scan([Folder("b", (File("b.md", 1, 1),), b"2")], [])


class Parts:
    """Workers whose results are what they are asked for."""

    def map(self, items: Any, *, chunk: int = 1, ahead: int = 8) -> Iterator[Any]:
        return iter(items)


class Place:
    """A source, as far as its folder goes."""

    def __init__(self, root: Path) -> None:
        self.name, self.root = "posts", str(root)


@pytest.mark.parametrize(
    ("parts", "times"), [([KNOWN, KNOWN], 0), ([KNOWN, CHANGED, CHANGED], 1)], ids=["none", "news"]
)
def test_the_first_changed_folder_is_told_once(parts: list[Scan], times: int) -> None:
    told: list[bool] = []
    lookout = Lookout(Parts(), lambda: told.append(True))

    assert list(lookout.map(parts)) == parts
    assert list(lookout.map(parts)) == parts
    assert len(told) == times


@pytest.mark.parametrize(("last_build", "loads"), [(0, 1), (1 << 40, 0)], ids=["before", "after"])
def test_a_folder_that_was_touched_since_the_last_build_is_a_sign(
    tmp_path: Path, last_build: int, loads: int
) -> None:
    loaded: list[bool] = []
    glance = Glance({"posts": {"": b""}}, {"posts": ""}, {"last_build": str(last_build)}, False, [])
    ready = Readiness([Place(tmp_path)], lambda: loaded.append(True))  # type: ignore[list-item]

    with ready(glance) as tell:
        pass
    assert len(loaded) == loads

    with ready(glance) as tell:
        tell()
        tell()
    assert len(loaded) == loads + 1
