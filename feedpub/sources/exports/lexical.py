"""Ghost's present editor format (Lexical) to HTML, for posts that were exported without theirs."""

import json
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from feedpub.errors import MarkupError
from feedpub.reading.plain import render_plain

Node = Mapping[str, Any]

_DEEPEST = 100
# https://github.com/facebook/lexical/blob/main/packages/lexical/src/LexicalConstants.ts
_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (8, "u"), (16, "code"), (32, "sub"), (64, "sup"))
_BLOCKS = {"paragraph": "p", "quote": "blockquote", "aside": "blockquote", "listitem": "li"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def render_lexical(text: str) -> str:
    """Return the HTML of a document; empty for what is none. Cards that are none of text are left.

    What comes out is as untrusted as the document.
    """
    try:
        root = json.loads(text)["root"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return _render_all(root, 0)


def _render_all(node: object, depth: int) -> str:
    children = node.get("children") if isinstance(node, dict) else None
    if not isinstance(children, list) or depth > _DEEPEST:
        return ""
    return "".join(_render(child, depth + 1) for child in children if isinstance(child, dict))


def _render(node: Node, depth: int) -> str:
    kind = str(node.get("type")).removeprefix("extended-")
    if kind == "text":
        return _render_text(node)
    if kind == "linebreak":
        return "<br>"
    if renderer := _CARDS.get(kind):
        return renderer(node)
    inner = _render_all(node, depth)
    if kind == "link":
        return f'<a href="{_attribute(node, "url")}">{inner}</a>'
    if kind == "heading":
        tag = _text(node, "tag")
        name = tag if tag in _HEADINGS else "h2"
    elif kind == "list":
        name = "ol" if node.get("listType") == "number" else "ul"
    else:
        name = _BLOCKS.get(kind, "")
    return f"<{name}>{inner}</{name}>" if name else inner


def _render_text(node: Node) -> str:
    shown = escape(_text(node, "text"), quote=False)
    form = node.get("format")
    for bit, name in _FORMATS:
        if isinstance(form, int) and form & bit:
            shown = f"<{name}>{shown}</{name}>"
    return shown


def _text(node: Node, name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""


def _attribute(node: Node, name: str) -> str:
    return escape(_text(node, name))


def _render_image(node: Node) -> str:
    if not _text(node, "src"):
        return ""
    picture = f'<img src="{_attribute(node, "src")}" alt="{_attribute(node, "alt")}">'
    if _text(node, "href"):
        picture = f'<a href="{_attribute(node, "href")}">{picture}</a>'
    caption = _text(node, "caption")  # HTML, as Ghost's own renderer takes it
    return f"<figure>{picture}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def _render_gallery(node: Node) -> str:
    images = node.get("images")
    found = images if isinstance(images, list) else []
    return "".join(_render_image(one) for one in found if isinstance(one, dict))


def _render_bookmark(node: Node) -> str:
    metadata = node.get("metadata")
    title = _text(metadata, "title") if isinstance(metadata, dict) else ""
    address = _attribute(node, "url")
    return f'<p><a href="{address}">{escape(title) or address}</a></p>' if address else ""


def _render_code(node: Node) -> str:
    return f"<pre><code>{escape(_text(node, 'code'), quote=False)}</code></pre>"


def _render_markdown(node: Node) -> str:
    from feedpub.reading.markdown import render_markdown

    text = _text(node, "markdown")
    try:
        return render_markdown(text, path="")
    except MarkupError:  # it would take seconds, and as it was written it says the same
        return render_plain(text)


def _render_file(node: Node) -> str:
    name = _text(node, "fileTitle") or _text(node, "title") or _text(node, "fileName")
    address = _attribute(node, "src")
    return f'<p><a href="{address}">{escape(name) or address}</a></p>' if address else ""


def _render_button(node: Node) -> str:
    address, text = _attribute(node, "buttonUrl"), escape(_text(node, "buttonText"))
    return f'<p><a href="{address}">{text}</a></p>' if address and text else ""


def _render_toggle(node: Node) -> str:
    return f"<h4>{_text(node, 'heading')}</h4>{_text(node, 'content')}"


def _render_embed(node: Node) -> str:
    return _text(node, "html") or _render_bookmark(node)


def _render_callout(node: Node) -> str:
    return f"<blockquote>{_text(node, 'calloutText')}</blockquote>"


_CARDS: dict[str, Callable[[Node], str]] = {
    "image": _render_image,
    "gallery": _render_gallery,
    "bookmark": _render_bookmark,
    "codeblock": _render_code,
    "markdown": _render_markdown,
    "html": lambda node: _text(node, "html"),
    "embed": _render_embed,
    "callout": _render_callout,
    "toggle": _render_toggle,
    "button": _render_button,
    "file": _render_file,
    "audio": _render_file,
    "video": _render_file,
    "horizontalrule": lambda _: "<hr>",
    "paywall": lambda _: "",
    "email": lambda _: "",
    "email-cta": lambda _: "",
    "signup": lambda _: "",
}
