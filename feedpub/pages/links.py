"""Links from one published file to another, written so that they also work from the disk."""

from functools import lru_cache
from urllib.parse import quote, urlsplit


def link_between(page: str, target: str) -> str:
    """Return the relative link from one file of the output folder to another.

    Args:
        page: Path of the file that holds the link.
        target: Path of the file it leads to; both are below the output folder.

    Returns:
        Percent-encoded, never empty, never with a scheme.
    """
    folder, _, _ = page.rpartition("/")
    return _link_from(folder, target)


@lru_cache(maxsize=8192)
def _link_from(folder: str, target: str) -> str:
    # Not posixpath.relpath: it asks for the current folder, which is no business of a link.
    here, there = folder.split("/") if folder else [], target.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    steps = [".."] * (len(here) - shared) + there[shared:]
    # A file name such as "a:b" at the start of a link would read as a scheme; quote() encodes ":".
    return quote("/".join(steps), safe="/~")


def web_url(url: str) -> str:
    """Return a URL if a page may link to it (``http`` and ``https``), else the empty string."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""
