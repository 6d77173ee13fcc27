"""Refuse the bodies that would cost a sanitiser minutes: too large, too deep, endless tags.

nh3 takes 15 s for 250 KB of ``<div>`` and 54 s for one tag of 1.9 MB; each check here is linear.
"""

import re

from feedpub.reading.tags import scan_tags

MAX_BODY = 2 * 1024 * 1024
MAX_TAG = 8192
MAX_DEPTH = 200

_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# A start tag of these ends an open one of the same kind, so unclosed ones do not pile up.
_SELF_ENDING = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "option",
        "optgroup",
        "rp",
        "rt",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
    ]
)
# Unclosed ones are opened anew in every later paragraph, whatever is closed around them.
_FORMATTING = frozenset(
    ["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"]
)
# What a data: URI holds is dropped in any case; without it no honest tag is long.
_DATA_URI = re.compile(r"""(?<=["'=(])\s{0,20}data:[^"'\s<>)]{200,}""", re.IGNORECASE)


def strip_data_uris(body: str) -> str:
    """Return a body without the long ``data:`` URIs of its attributes."""
    return _DATA_URI.sub("", body) if "data:" in body or "DATA:" in body else body


def find_refusal(body: str) -> str | None:
    """Return why a body is refused, None if it is fit for the sanitiser.

    Args:
        body: HTML without ``data:`` URIs.
    """
    if len(body) > MAX_BODY:
        return f"body of {len(body) // 1024} KB; only title and summary are published"
    opened = body.count("<") - body.count("</")
    if opened <= MAX_DEPTH and len(body) <= MAX_TAG:
        return None
    return _measure(body)


def _measure(body: str) -> str | None:
    stack: list[str] = []
    open_names: dict[str, int] = {}
    formatting: dict[str, int] = {}
    end = 0
    for tag in scan_tags(body):
        end = tag.end
        if tag.end - tag.start > MAX_TAG:
            return (
                f"a tag of {(tag.end - tag.start) // 1024} KB; only title and summary are published"
            )
        name = tag.name
        if tag.closing:
            _close(name, stack, open_names)
            if formatting.get(name):
                formatting[name] -= 1
            continue
        if name in _VOID or name in _SELF_ENDING:
            continue
        stack.append(name)
        open_names[name] = open_names.get(name, 0) + 1
        if name in _FORMATTING:
            formatting[name] = formatting.get(name, 0) + 1
        if len(stack) > MAX_DEPTH or sum(formatting.values()) > MAX_DEPTH:
            return f"more than {MAX_DEPTH} levels of tags; only title and summary are published"
    return _measure_rest(body, end)


def _measure_rest(body: str, end: int) -> str | None:
    """Refuse a tag that is never closed, unless it is short."""
    rest = re.compile(r"</?[A-Za-z]").search(body, end)
    if rest and len(body) - rest.start() > MAX_TAG:
        return "a tag that never ends; only title and summary are published"
    return None


def _close(name: str, stack: list[str], open_names: dict[str, int]) -> None:
    if not open_names.get(name):
        return
    while stack:
        top = stack.pop()
        open_names[top] -= 1
        if top == name:
            return
