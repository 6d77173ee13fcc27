"""What a request for a file says of it: in which coding, and only if it changed (RFC 9110)."""

import gzip
import re
from collections.abc import Mapping
from functools import lru_cache

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_date

MIN_COMPRESSED = 500  # below, the headers weigh more than what is saved
_COMPRESSED = re.compile(r"text/|application/(?!octet-stream)|image/svg")
_LONGEST_KEPT = 200
# RFC 9110, 8.8.3; a comma may stand within the quotes.
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def is_compressible(media_type: str) -> bool:
    """Return whether files of a type are sent in whatever coding the client likes best."""
    return _COMPRESSED.match(media_type) is not None


def choose_encoding(accepted: str) -> str:
    """Return the content coding to use: ``br``, ``gzip`` or ``""``.

    Args:
        accepted: ``Accept-Encoding`` as it came.
    """
    if not accepted:
        return ""
    return (_choose_once if len(accepted) <= _LONGEST_KEPT else _choose)(accepted)


def _choose(accepted: str) -> str:
    weights = dict(parse_accept_header(accepted.lower(), Accept))
    rest = weights.get("*", 0)
    # The smaller one where the client does not mind.
    best = max(("br", "gzip"), key=lambda coding: weights.get(coding, rest))
    return best if weights.get(best, rest) > 0 else ""


_choose_once = lru_cache(maxsize=256)(_choose)


def compress(data: bytes, encoding: str) -> bytes:
    """Return bytes in a content coding; the same ones every time.

    Args:
        data: At least ``MIN_COMPRESSED`` of them, or it is not worth it.
        encoding: ``br`` or ``gzip``.
    """
    if encoding == "br":
        import brotli

        compressed: bytes = brotli.compress(data, quality=5)
        return compressed
    return gzip.compress(data, 6, mtime=0)


def is_unchanged(environ: Mapping[str, object], etag: str, modified: float | None) -> bool:
    """Return whether the client has it already, so that 304 is the answer.

    Args:
        environ: Of WSGI.
        etag: Of what would be sent, in quotes.
        modified: Seconds since the epoch, None if that is not told.
    """
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if isinstance(tags, str):
        # The weak comparison: 13.1.2. A date beside it does not count: 13.1.3.
        return tags == etag or tags.strip() == "*" or etag[1:-1] in _TAG.findall(tags)
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if not isinstance(since, str) or modified is None:
        return False
    try:
        date = parse_date(since)
    except OverflowError:  # a year of twelve digits; werkzeug knows only of other mistakes
        return False
    return date is not None and int(modified) <= date.timestamp()
