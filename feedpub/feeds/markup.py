"""A last look at an entry's HTML: the reader has cleaned it, and this would show if it had not."""

import re
from html.parser import HTMLParser

_DANGEROUS = (
    "script|style|iframe|frame|frameset|object|embed|applet|meta|link|base|form|input|button"
    "|textarea|select|option|svg|math|template|noscript|title|xmp|plaintext"
)
_URL_ATTRIBUTES = frozenset(
    {"action", "background", "cite", "data", "formaction", "href", "longdesc", "poster", "src"}
    | {"srcset", "usemap"}
)
_ABSOLUTE = re.compile(r"\s*(?:https?://[^/\s]|mailto:.)", re.IGNORECASE)
# The tags that cleaning leaves, as nh3 writes them. What differs is looked at closely, so that
# the common case costs one scan.
_UNUSUAL_TAG = re.compile(
    rf"<(?!/|(?!(?:{_DANGEROUS})\b)[a-z][a-z0-9]*+"
    r"(?: (?:(?:href|src)=\"(?:https?://[^/\s\"]|mailto:)"
    r"|(?!on|href|src|style|action|background|cite|data|formaction|longdesc|poster|usemap)"
    r"[a-z]++=\")[^\"]*+\")*+>)"
)


def check_markup(html: str) -> list[str]:
    """Return what must not stand in a feed's HTML, a line each; empty if all is well."""
    if _UNUSUAL_TAG.search(html) is None:
        return []
    auditor = _Auditor()
    auditor.feed(html)
    auditor.close()
    return list(dict.fromkeys(auditor.problems))


class _Auditor(HTMLParser):
    """Collects elements and attributes that can run or that lead nowhere."""

    _dangerous = frozenset(_DANGEROUS.split("|"))

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._dangerous:
            self.problems.append(f"the body holds a <{tag}> element; clean it first")
        for name, value in attrs:
            self._check_attribute(name, value or "")

    def _check_attribute(self, name: str, value: str) -> None:
        local = name.rpartition(":")[2]
        if name.startswith("on") or name == "style":
            self.problems.append(f"the body holds the attribute {name!r}; clean it first")
        elif local in _URL_ATTRIBUTES and not _ABSOLUTE.match(value):
            self.problems.append(f"the body holds {name}={value[:80]!r}; use an absolute address")
