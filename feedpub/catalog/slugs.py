"""The folder names of categories: short, readable ASCII that every file system and URL takes."""

import hashlib
import sys
import unicodedata
from collections.abc import Callable, Iterator

from feedpub.reading.scripts import is_han

MAX_SLUG_BYTES = 80
"""Eight levels of it still fit a path on every common file system."""

# What stands in an output folder beside categories, now or in a version to come. The files there
# have a dot, but a web server that completes names takes ``status`` for ``status.json``.
_OURS = frozenset(
    {"all", "archive", "articles", "assets", "atom", "embed", "feed", "feeds", "index", "media"}
    | {"newsletter", "oembed", "rss", "status", "subscribe"}
)
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_WINDOWS = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
RESERVED = _OURS | _WINDOWS
"""Names that no category gets, at any level."""

Read = Callable[[str], str]
"""Gives what ``transliterate`` does."""

_FALLBACK = "category"
# A longer name says nothing more in 80 bytes of slug.
_MAX_READ_CHARS = 160


def mint_slug(
    name: str, is_taken: Callable[[str], bool] | None = None, *, read: "Read | None" = None
) -> str:
    """Return the slug of a category's name.

    Chinese becomes pinyin, other scripts their usual transcription; a name of which nothing is
    left is called ``category``. That, a reserved name and a taken one get the first four hex
    digits of the name's hash, or as many more as it takes.

    Args:
        name: Of the category; in NFC or NFD, which mint the same.
        is_taken: Whether a slug or an alias beside it has that name; None where there are none.
        read: In place of ``transliterate``, for one that asks another process.

    Returns:
        Lower-case letters, digits and single hyphens; 1 to 80 bytes, never reserved.

    Raises:
        ValueError: Every slug that the name may get is taken, its whole hash too.
    """
    name = unicodedata.normalize("NFC", name)
    for slug in _candidates(name, (read or transliterate)(name)):
        if slug not in RESERVED and not (is_taken and is_taken(slug)):
            return slug
    raise ValueError(f"every slug of {name!r} is taken")


def _candidates(name: str, base: str) -> Iterator[str]:
    if base:
        yield base
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    for digits in range(4, len(digest) + 1):
        start = (base or _FALLBACK)[: MAX_SLUG_BYTES - 1 - digits].rstrip("-")
        yield f"{start}-{digest[:digits]}"


def release_tables() -> None:
    """Let go of the pinyin tables, 50 MB that nothing needs once the slugs are minted.

    They load again if they are needed again, which takes a quarter of a second.
    """
    for name in [name for name in sys.modules.copy() if name.partition(".")[0] == "pypinyin"]:
        del sys.modules[name]


def transliterate(name: str) -> str:
    """Return a name in lower-case ASCII words joined by hyphens, at most 80 bytes, maybe empty."""
    from slugify import slugify

    text = name[:_MAX_READ_CHARS]
    if any(map(is_han, text)):
        # The pinyin tables take a while to load; most runs mint nothing.
        from pypinyin import lazy_pinyin

        text = " ".join(lazy_pinyin(text))
    return slugify(
        text,
        entities=False,
        decimal=False,
        hexadecimal=False,
        max_length=MAX_SLUG_BYTES,
        word_boundary=True,
        save_order=True,
    )
