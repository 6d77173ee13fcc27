"""Names for files of articles that every file system takes, and that tell what is in them."""

import hashlib
import re
from collections.abc import Container
from datetime import datetime
from unicodedata import category, normalize

MAX_BYTES = 200
"""Well below ``LONGEST``, so that a suffix of a program still fits."""

LONGEST = 255
"""So many bytes file systems take for a name."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|index|readme|_index)", re.IGNORECASE)
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[-_]|$)")
_DIGEST = 8


def make_file_name(
    title: str,
    *,
    key: str,
    taken: Container[str] | None,
    date: datetime | None = None,
    extension: str = "html",
) -> str:
    """Return a name such as ``2026-01-31-Hello-world.html``.

    Args:
        title: Any text.
        key: The article's id: what follows a title that is taken is made of it, so that a name
            does not depend on how many others there are.
        taken: Names that are in use, as ``fold_name`` gives them. None counts all of them as taken
            but for those that tell their article, so that no other one ever has its name.
        date: Its day comes first, as written (in its own zone).
        extension: Without the dot, ASCII.

    Returns:
        Letters, digits, ``-`` and ``_`` in NFC, at most 200 bytes; none that Windows or a site
        generator reserves, and none that is in use in other case.
    """
    day = f"{date:%Y-%m-%d}-" if date is not None and date.year >= 1000 else ""
    room = MAX_BYTES - len(day) - len(extension) - 1
    stem = _make_stem(title, room - 1 - _DIGEST) or "article"
    if _RESERVED.fullmatch(stem) or _DATED.match(stem):
        stem = f"article-{stem}"
    name = f"{day}{stem}.{extension}"
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    length = _DIGEST
    while length <= len(digest) and (taken is None or fold_name(name) in taken):
        name = f"{day}{stem}-{digest[:length]}.{extension}"
        length += _DIGEST
        taken = taken or ()
    return name


def fold_name(name: str) -> str:
    """Return a file's name as file systems compare it that know no case."""
    return normalize("NFC", normalize("NFC", name).casefold())


def _make_stem(title: str, room: int) -> str:
    text = normalize("NFC", title.encode("utf-8", "ignore").decode())
    safe = "".join(char if _is_safe(char) else "-" for char in text)
    short = re.sub("-{2,}", "-", safe).strip("-_").encode()[: room - len("article-")]
    cut = short.decode("utf-8", "ignore")
    # A cut may leave letters that compose otherwise than before.
    return normalize("NFC", cut).strip("-_")


def _is_safe(char: str) -> bool:
    return char in "-_" or category(char)[0] in "LN" or category(char) in ("Mn", "Mc")
