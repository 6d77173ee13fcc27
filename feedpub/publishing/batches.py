"""Long work, a part at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def cut_batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most ``size`` values, in order; none is empty."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
