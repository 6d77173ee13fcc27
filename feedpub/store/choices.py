"""A choice of categories as one column holds it, so that equal choices are equal texts."""

from collections.abc import Iterable

from feedpub.model import Choice


def join_choice(choice: Iterable[int]) -> str:
    """Return the ids of categories, ascending, with commas; empty means all."""
    return ",".join(map(str, sorted(choice)))


def split_choice(text: str) -> Choice:
    """Return what ``join_choice`` wrote."""
    return tuple(map(int, text.split(","))) if text else ()
