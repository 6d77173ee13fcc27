"""Long work, a part at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def cut_batches(values: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Yield lists of at most ``size`` values, in order; none is empty.

    As many as by default may be the parameters of one statement: SQLite takes 32,766, and fewer
    keep the compiled statements few.
    """
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
