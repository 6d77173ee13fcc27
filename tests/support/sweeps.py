"""Sweeps over everything there is: a part of it by default, all of it with FEEDPUB_SWEEPS=full."""

import os
import random
from collections.abc import Sequence
from typing import TypeVar

Each = TypeVar("Each")


def is_full() -> bool:
    """Return whether somebody wants all of every sweep."""
    return os.environ.get("FEEDPUB_SWEEPS") == "full"


def choose(points: Sequence[Each], size: int) -> list[Each]:
    """Return some of the points in their order, always the same; all of them in a full sweep."""
    if is_full() or len(points) <= size:
        return list(points)
    chosen = random.Random(1).sample(range(len(points)), size)
    return [points[number] for number in sorted(chosen)]
