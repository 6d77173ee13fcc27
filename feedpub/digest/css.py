"""The lint of a digest's style sheets.

Every card is inlined apart from the others and then stands beside them, so a rule may look at an
element and its ancestors only. The set of what is allowed is closed: what is unknown is refused.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from feedpub.errors import TemplateError

LARGEST_STYLE = 12_000
"""Bytes of a style sheet for mail programs: Gmail drops one of more than 16 KB."""
_REMEDY = "see docs/reference/templates.md for what a style sheet of the digest may hold"
_OPERATORS = ("exists", "=", "~=")
_COMBINATORS = (" ", ">")


class Complaint(NamedTuple):
    """What is wrong, and where; lines count from 1."""

    line: int
    message: str


def check_inline_css(css: str, *, path: str) -> None:
    """Refuse a style sheet that cannot be inlined card by card.

    Args:
        css: To be put into ``style`` attributes.
        path: Of its file, for the error.

    Raises:
        TemplateError: It holds something else than rules with type, class and attribute selectors,
            descendant and child combinators; names file and line.
    """
    for rule in _parse(css):
        for complaint in _check_rule(rule):
            raise TemplateError(f"{complaint.message}; {_REMEDY}", path=path, line=complaint.line)


def check_client_css(css: str, *, path: str) -> None:
    """Refuse a style sheet that a mail program would not take as it is.

    Raises:
        TemplateError: It is too large, imports another, or would end its element.
    """
    if (size := len(css.encode())) > LARGEST_STYLE:
        raise TemplateError(
            f"{size} bytes are too many for a mail program; keep it below {LARGEST_STYLE}",
            path=path,
        )
    if "<" in css:
        line = css[: css.index("<")].count("\n") + 1
        raise TemplateError("a '<' would end the style element; remove it", path=path, line=line)
    for rule in _parse(css):
        if rule.type == "error":
            raise TemplateError(f"{rule.message}; mend it", path=path, line=rule.source_line)
        if rule.type == "at-rule" and rule.lower_at_keyword != "media":
            raise TemplateError(
                f"@{rule.at_keyword} is no use in a mail; only @media is",
                path=path,
                line=rule.source_line,
            )


def _parse(css: str) -> Any:
    return _tinycss2().parse_stylesheet(css, skip_comments=True, skip_whitespace=True)


def _tinycss2() -> Any:
    import tinycss2  # type: ignore[import-untyped]  # it ships no types

    return tinycss2


def _check_rule(rule: Any) -> Iterator[Complaint]:
    if rule.type == "error":
        yield Complaint(rule.source_line, rule.message)
    elif rule.type == "at-rule":
        yield Complaint(rule.source_line, f"@{rule.at_keyword} cannot be inlined")
    elif rule.type == "qualified-rule":
        # Premailer splits at every comma, so this must, too.
        for selector in _tinycss2().serialize(rule.prelude).split(","):
            if not _is_allowed(selector.strip()):
                message = f"the selector {selector.strip()!r} cannot be inlined card by card"
                yield Complaint(rule.source_line, message)
        yield from _check_declarations(rule.content)


def _check_declarations(content: Any) -> Iterator[Complaint]:
    parse = _tinycss2().parse_blocks_contents
    seen: set[str] = set()
    for item in parse(content, skip_comments=True, skip_whitespace=True):
        if item.type == "error":
            yield Complaint(item.source_line, item.message)
        elif item.type != "declaration":
            yield Complaint(item.source_line, "a rule within a rule cannot be inlined")
        elif item.important:
            yield Complaint(item.source_line, f"!important of {item.name!r} cannot be inlined")
        elif item.lower_name in seen:
            # cssutils keeps the last one only, so a fallback would be lost unseen.
            yield Complaint(item.source_line, f"{item.name!r} stands twice in one rule")
        elif not _survives(item.lower_name, _tinycss2().serialize(item.value)):
            yield Complaint(item.source_line, f"the value of {item.name!r} would be lost")
        else:
            seen.add(item.lower_name)


@lru_cache(maxsize=1024)
def _survives(name: str, value: str) -> bool:
    """Return whether the inliner keeps a declaration; it drops what it cannot read, unseen."""
    from feedpub.digest.inline import read_style

    # What stays unresolved is lost on most mail programs; a URL would be loaded by all of them.
    if any(sign in value.lower() for sign in ("var(", "calc(", "url(", "{", "}", "<")):
        return False
    return read_style(f"{name}:{value}") == [name]


def _is_allowed(selector: str) -> bool:
    from cssselect import SelectorError, parse

    # Premailer takes each of these for something else wherever it stands.
    if not selector or set(selector) & set("*:#|"):
        return False
    try:
        (parsed,) = parse(selector)
    except (SelectorError, ValueError):
        return False
    return parsed.pseudo_element is None and _looks_upwards_only(parsed.parsed_tree)


def _looks_upwards_only(node: Any) -> bool:
    from cssselect.parser import Attrib, Class, CombinedSelector, Element

    match node:
        case Element():
            return True
        case Class():
            return _looks_upwards_only(node.selector)
        case Attrib():
            return node.operator in _OPERATORS and _looks_upwards_only(node.selector)
        case CombinedSelector():
            return (
                node.combinator in _COMBINATORS
                and _looks_upwards_only(node.selector)
                and _looks_upwards_only(node.subselector)
            )
    return False
