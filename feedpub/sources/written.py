"""What ``init`` learns of the articles that are there already."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from feedpub.reading.language import guess_language
from feedpub.reading.names import is_article_name

_ARTICLES = 40
_BYTES = 16_384


def guess_written_language(folder: Path) -> str:
    """Return the language of some articles of a folder, as BCP 47; empty where that is not plain.

    Args:
        folder: Perhaps missing; links among its folders are not followed.
    """
    return guess_language(islice(_read_beginnings(folder), _ARTICLES))


def _read_beginnings(folder: Path) -> Iterator[str]:
    """Yield the beginnings of articles; of those that are named by date, the latest first."""
    for place, folders, names in os.walk(folder):
        folders.sort(reverse=True)
        for name in sorted(filter(is_article_name, names), reverse=True):
            path = Path(place, name)
            with suppress(OSError):
                if path.is_file():  # no pipe, which would keep us waiting
                    with path.open("rb") as file:
                        yield file.read(_BYTES).decode("utf-8", "replace")
