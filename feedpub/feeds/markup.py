"""A last look at an entry's HTML: the reader has cleaned it, and this would show if it had not.

It takes time in proportion to the body whatever it holds, and so knows one way only to write a
tag, which is that of every serialiser: attributes in double quotes. Anything else is refused.
"""

import re
from collections.abc import Iterator
from html import unescape

_DANGEROUS = (
    "script|style|iframe|frame|frameset|object|embed|applet|meta|link|base|form|input|button"
    "|textarea|select|option|svg|math|template|noscript|title|xmp|plaintext"
)
_URL_ATTRIBUTES = (
    "href|src|srcset|action|formaction|background|cite|data|longdesc|poster|usemap|xlink:href"
)
_ABSOLUTE = re.compile(r"(?:https?://[^/]|mailto:.)", re.IGNORECASE)
# What browsers drop from an address before they read it.
_IGNORED = re.compile(r"[\x00-\x20]")
# All but the tags that cleaning leaves, as nh3 writes them: most bodies cost one scan.
_UNUSUAL_TAG = re.compile(
    rf"<(?=[A-Za-z!?])(?!(?!(?:{_DANGEROUS})\b)[a-z][a-z0-9]*+"
    r"(?: (?:(?:href|src)=\"(?:https?://[^/\s\"]|mailto:)"
    rf"|(?!on|style|{_URL_ATTRIBUTES})[a-z]++=\")[^\"]*+\")*+>)"
)
_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9:-]*+)((?:\s++[^\s\"'<>/=]++(?:=\"[^\"]*+\")?)*+)\s*+/?>")
_ATTRIBUTE = re.compile(r"\s([^\s\"'<>/=]+)(?:=\"([^\"]*)\")?")
_DANGEROUS_NAME = re.compile(_DANGEROUS, re.IGNORECASE)
_URL_NAME = re.compile(_URL_ATTRIBUTES, re.IGNORECASE)


def check_markup(html: str) -> list[str]:
    """Return what must not stand in a feed's HTML, a line each; empty if all is well."""
    problems: dict[str, None] = {}
    for match in _UNUSUAL_TAG.finditer(html):
        tag = _TAG.match(html, match.start())
        if tag is None:
            start = html[match.start() : match.start() + 40]
            return [*problems, f"the body holds {start!r}, which is no plain tag; clean it first"]
        problems |= dict.fromkeys(_check_tag(tag[1], tag[2]))
    return list(problems)


def _check_tag(name: str, attributes: str) -> Iterator[str]:
    if _DANGEROUS_NAME.fullmatch(name):
        yield f"the body holds a <{name}> element; clean it first"
    for match in _ATTRIBUTE.finditer(attributes):
        attribute, value = match[1], match[2] or ""
        if attribute.lower().startswith("on") or attribute.lower() == "style":
            yield f"the body holds the attribute {attribute!r}; clean it first"
        elif _URL_NAME.fullmatch(attribute) and not _is_absolute(value):
            yield f"the body holds {attribute}={value[:80]!r}; use an absolute address"


def _is_absolute(value: str) -> bool:
    return _ABSOLUTE.match(_IGNORED.sub("", unescape(value))) is not None
