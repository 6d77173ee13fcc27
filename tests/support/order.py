"""The order of all tests: long ones first in each process, short ones for whoever is done early."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

Each = TypeVar("Each")


# The tests of these folders share a site that takes long to make.
_SHARE = ("database", "embed", "subscribers")


def find_group(path: Path) -> Path:
    """Return whose tests are better run by one process: those of a file, or of a folder."""
    return path.parent if path.parent.name in _SHARE else path


def deal_out(
    long: Iterable[tuple[Hashable, Each]], short: Sequence[Each], count: int
) -> list[Each]:
    """Return an order whose equal parts, one for each process, begin with long tests.

    ``--dist=worksteal`` gives every process such a part, and has who is done take from the end of
    another's.

    Args:
        long: By group, of which none is torn apart.
        short: The others.
        count: Of processes.
    """
    parts: list[list[Each]] = [[] for _ in range(count)]
    for number, (_, members) in enumerate(groupby(long, key=lambda item: item[0])):
        parts[number % count].extend(each for _, each in members)
    left, rest = sum(map(len, parts)) + len(short), list(short)
    for number, part in enumerate(parts):
        taken = max(0, left // (count - number) - len(part))
        part.extend(rest[:taken])
        del rest[:taken]
        left -= len(part)
    return [each for part in parts for each in part]
