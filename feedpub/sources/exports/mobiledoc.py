"""Ghost's former editor format (Mobiledoc 0.3) to HTML.

https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md
"""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from feedpub.sources.exports.lexical import render_lexical

_MARKUP, _IMAGE, _LIST, _CARD = 1, 2, 3, 10
_TAGS = frozenset(
    ["a", "aside", "b", "blockquote", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ol",
     "p", "s", "strong", "sub", "sup", "u", "ul"]
)  # fmt: skip
# Cards of this format, by the names that Lexical has for them.
_CARDS = {
    "card-markdown": "markdown",
    "markdown": "markdown",
    "image": "image",
    "gallery": "gallery",
    "html": "html",
    "code": "codeblock",
    "embed": "embed",
    "bookmark": "bookmark",
    "hr": "horizontalrule",
    "callout": "callout",
    "toggle": "toggle",
    "button": "button",
    "file": "file",
    "audio": "audio",
    "video": "video",
}


def render_mobiledoc(text: str) -> str:
    """Return the HTML of a document; empty for what is none.

    What comes out is as untrusted as the document.
    """
    try:
        document = json.loads(text) if text else {}
        sections = document.get("sections", [])
        return "".join(_render_section(section, document) for section in sections)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return ""


def _render_section(section: list[Any], document: Mapping[str, Any]) -> str:
    kind = section[0]
    if kind == _MARKUP:
        name = section[1] if section[1] in _TAGS else "p"
        return f"<{name}>{_render_markers(section[2], document)}</{name}>"
    if kind == _IMAGE:
        return f'<p><img src="{escape(str(section[1]))}" alt=""></p>'
    if kind == _LIST:
        name = "ol" if section[1] == "ol" else "ul"
        items = (f"<li>{_render_markers(item, document)}</li>" for item in section[2])
        return f"<{name}>{''.join(items)}</{name}>"
    if kind == _CARD:
        return _render_card(document["cards"][section[1]])
    return ""


def _render_card(card: list[Any]) -> str:
    kind = _CARDS.get(card[0])
    if kind is None:
        return ""
    payload = card[1] if len(card) > 1 and isinstance(card[1], dict) else {}
    return render_lexical(json.dumps({"root": {"children": [{**payload, "type": kind}]}}))


def _render_markers(markers: list[Any], document: Mapping[str, Any]) -> str:
    parts: list[str] = []
    opened: list[str] = []
    for kind, opening, closing, value in markers:
        for number in opening:
            name, shown = _open_markup(document["markups"][number])
            opened.append(name)
            parts.append(shown)
        if kind == 0:
            parts.append(escape(str(value), quote=False))
        elif document["atoms"][value][0] == "soft-return":
            parts.append("<br>")
        else:
            parts.append(escape(str(document["atoms"][value][1]), quote=False))
        parts += [f"</{opened.pop()}>" for _ in range(min(closing, len(opened)))]
    return "".join(parts)


def _open_markup(markup: list[Any]) -> tuple[str, str]:
    """Return the name of a markup and the tag that opens it."""
    name = markup[0] if markup[0] in _TAGS else "span"
    attributes = markup[1] if len(markup) > 1 else []
    pairs = dict(zip(attributes[::2], attributes[1::2], strict=False))
    if name == "a":
        return name, f'<a href="{escape(str(pairs.get("href", "")))}">'
    return name, f"<{name}>"
