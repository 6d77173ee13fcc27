"""Find the tags of HTML as a browser would, in one pass that hostile input cannot slow down.

What is found here decides nothing about safety: nh3 has the last word on every body.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

# Quotes count only after "=", as in the HTML standard's tokenizer. Possessive quantifiers keep it
# linear; the last branch takes the rest of the text when a tag is never closed, as browsers do.
_TOKEN = re.compile(
    r"""<(?:
        (/?)([A-Za-z][^\s/>]*+)((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])))*+)>
        | !--(?:-?>|.*?(?:--!?>|\Z))
        | [!?][^>]*+(?:>|\Z)
        | /[^A-Za-z][^>]*+(?:>|\Z)
        | (?=/?[A-Za-z]).*+
    )""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""(?<![^\s"'/])([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++)))?+"""
)

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905 # quotes of a list would hide the words
)
"""Elements that have no end tag."""

_RAW_TEXT = frozenset(
    {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"}
)


def list_signs(text: str) -> str:
    """Return the ASCII of a text in lower case: all that markup consists of.

    Of a Chinese text that is a small part, and every search in it as much faster. What is found in
    it need not stand in the text, where other characters may part it; what is not found does not.
    """
    return text.encode("ascii", "ignore").decode("ascii").lower()


class Tag(NamedTuple):
    """One tag: its name in lower case, what follows the name, and where it stands."""

    name: str
    closing: bool
    attributes: str
    start: int
    end: int


def scan_tags(text: str) -> Iterator[Tag]:
    """Yield the tags of a text in order; none of those within comments or raw text."""
    position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        name = match[2]
        if name is None:
            continue
        name = name.lower()
        tag = Tag(name, bool(match[1]), match[3], match.start(), position)
        yield tag
        if name in _RAW_TEXT and not tag.closing:
            position = _find_close(text, name, position)


def _find_close(text: str, name: str, position: int) -> int:
    match = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(text, position)
    return match.start() if match else len(text)


def attributes(text: str) -> dict[str, str]:
    """Return the attributes of a tag by name in lower case; the first of two of a name wins."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(double or single or bare))
    return found
