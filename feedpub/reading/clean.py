"""The one sanitiser: nh3 with the profile that let none of 855 attacks through."""

import re
from functools import cache
from typing import TYPE_CHECKING

from feedpub.reading.text import drop_illegal

if TYPE_CHECKING:
    import nh3

TAGS = frozenset(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp"
    " small span strong sub sup table tbody td tfoot th thead time tr u ul var wbr".split()
)
DROPPED = frozenset(
    "script style template noscript noembed noframes iframe object embed applet svg math title"
    " textarea xmp plaintext select option head form button".split()
)
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "ol": {"start", "type", "reversed"},
    "time": {"datetime"},
    "col": {"span"},
    "colgroup": {"span"},
}
SCHEMES = frozenset({"http", "https", "mailto"})
REL = "nofollow noopener noreferrer"

_NUMERIC = frozenset({"width", "height", "colspan", "rowspan", "span", "start"})
_NUMBER = re.compile(r"\d{1,4}%?")
_UNSAFE_URL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

# What the filter below would change, as it looks in the sanitiser's own output.
_DOUBTFUL = re.compile(
    r' (?:width|height|colspan|rowspan|span|start)="(?!\d{1,4}%?")'
    r' | src="(?!https?://)'
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]"
    r' | (?:src|href)="[^"]*[\t\n]'.replace(" | ", "| ")
)
# Addresses that are relative, or may be: everything but http(s) and mail written out plainly.
_RELATIVE = re.compile(r"""(?:src|href)\s*=\s*["']?(?!https?://|mailto:)""", re.IGNORECASE)


def clean_html(body: str, base_url: str) -> str:
    """Return a body as it may be published: safe, every address absolute.

    Args:
        body: HTML, checked by ``find_refusal``.
        base_url: Absolute; what relative addresses count from.
    """
    body = drop_illegal(body)
    if _RELATIVE.search(body):
        return _make_cleaner(base_url, filtered=True).clean(body)
    cleaned = _plain_cleaner().clean(body)
    if _DOUBTFUL.search(cleaned):
        return _filtering_cleaner().clean(body)
    return cleaned


@cache
def _plain_cleaner() -> "nh3.Cleaner":
    return _make_cleaner(None, filtered=False)


@cache
def _filtering_cleaner() -> "nh3.Cleaner":
    return _make_cleaner(None, filtered=True)


def _make_cleaner(base_url: str | None, *, filtered: bool) -> "nh3.Cleaner":
    import nh3

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes=ATTRIBUTES,
        attribute_filter=_filter_attribute if filtered else None,
        strip_comments=True,
        link_rel=REL,
        url_schemes=set(SCHEMES),
        url_relative=("rewrite_with_base", base_url) if base_url else "deny",
    )


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value, None to drop it; it sees addresses before they are absolute."""
    if name in _NUMERIC:
        return value if _NUMBER.fullmatch(value) else None
    if name not in ("src", "href"):
        return value
    if _UNSAFE_URL.search(value):
        return None
    if name == "src" and _HAS_SCHEME.match(value.strip()):
        return value if value.strip().lower().startswith(("http:", "https:")) else None
    return value
