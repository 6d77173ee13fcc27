"""Plain text as HTML: line breaks that mean something are kept."""

import re
from html import escape

_EMPTY_LINE = re.compile(r"\n[ \t\u3000\xa0]*\n")
_OUTER = re.compile(r"\s*<div(?:\s[^<>]*)?>(.*)</div>\s*", re.DOTALL | re.IGNORECASE)
# What arranges text, so that the line breaks beside it are only a program's.
_ARRANGING = re.compile(
    r"<(?:br|p|div|h[1-6r]|ul|ol|li|dl|pre|table|blockquote|figure|section|article|header|footer"
    r"|aside|main|nav|center|details|form|fieldset|address|textarea|svg|picture|video|audio|iframe"
    r"|object|script|style)(?=[\s/>])|<!--",
    re.IGNORECASE,
)
_WITHIN_TAG = re.compile(r"<[^<>]*\n")


def render_plain(body: str) -> str:
    """Return plain text as paragraphs."""
    return _render_lines(escape(body))


def keep_lines(body: str) -> str:
    """Return HTML in which nothing arranges the text but line breaks with those breaks kept.

    Crawlers put plain text into a ``<div>``; a body with any block or ``<br>`` stays as it is.
    """
    # A line break, something arranging: where one comes early, the other needs no search.
    outer = _ARRANGING.search(body)
    if outer and _ARRANGING.search(body, outer.end()):
        return body
    inner = _OUTER.fullmatch(body) if outer else None
    text = (inner[1] if inner else body).strip()
    if (outer and not inner) or "\n" not in text or _WITHIN_TAG.search(text):
        return body
    return f"<div>{_render_lines(text)}</div>"


def _render_lines(html: str) -> str:
    paragraphs = ("<br>".join(_lines(part)) for part in _EMPTY_LINE.split(html))
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)


def _lines(paragraph: str) -> list[str]:
    return [line.strip() for line in paragraph.strip().split("\n") if line.strip()]
