"""Markdown to HTML, and the bodies of Markdown files that are HTML already."""

import re
from functools import cache
from typing import TYPE_CHECKING

from feedpub.reading.guard import refuse

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "dialog",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
_FIRST_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]{0,20})(?=[\s/>])")
MAX_MARKDOWN = 512 * 1024
MAX_OPEN_BRACKETS = 500
MAX_BRACKETS = 20_000
_MDX = re.compile(r"^(?:import|export)\s[^\n]*$", re.MULTILINE)


def is_html(body: str) -> bool:
    """Return whether a body is one piece of HTML rather than Markdown with some in it.

    It is if its first element, a block, spans all of it: what a generator pastes into
    ``<div>...</div>`` is full of blank lines and indentation that mean nothing there and paragraphs
    and code to Markdown.
    """
    start = body.lstrip()
    first = _FIRST_TAG.match(start)
    if first is None or first[1].lower() not in _BLOCK:
        return False
    depth = 0
    for tag in _same_tags(first[1].lower()).finditer(start):
        depth += -1 if tag[1] else 1
        if depth <= 0:
            return not start[start.find(">", tag.end()) + 1 :].strip()
    return True


@cache
def _same_tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE)


def render_markdown(body: str, *, path: str, mdx: bool = False) -> str:
    """Return Markdown as HTML that is still to be sanitised.

    Raises:
        MarkupError: It would take the parser many seconds.
    """
    if len(body) > MAX_MARKDOWN:
        refuse(f"Markdown of {len(body) // 1024} KB; keep it below {MAX_MARKDOWN // 1024} KB", path)
    brackets = body.count("[")
    if brackets - body.count("]") > MAX_OPEN_BRACKETS or brackets > MAX_BRACKETS:
        refuse(f"Markdown with {brackets} '['; close them or write fewer", path)
    if mdx:
        body = _MDX.sub("", body)
    html: str = _parser().render(body)
    return html


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Raw HTML passes: the sanitiser follows.
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
