"""Style sheets into ``style`` attributes, by premailer; nothing is ever fetched.

Every body was cleaned of ``style`` attributes before: one without a colon would poison the cache
that premailer shares between selectors and declarations, for the rest of the process.
"""

import re
from functools import cache, lru_cache
from typing import Any

from feedpub.errors import TemplateError

# One that the inliner would read: not the one for mail programs, not that of Outlook's comment.
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_STYLE = re.compile(
    r"<style(?![^>]*\sdata-premailer=\"ignore\")|<link\b|<base\b|<script\b|<meta[^>]+refresh",
    re.IGNORECASE,
)
_ATTRIBUTES_LEFT_ALONE = ["width", "height", "align", "valign", "bgcolor"]


def inline(html: str, css: str) -> str:
    """Return a document with the rules of a checked style sheet in its ``style`` attributes.

    Args:
        html: Begins with ``<!DOCTYPE html>``, which in lower case would be lost.
        css: Allowed by ``check_inline_css``.

    Raises:
        TemplateError: The document brings a style sheet, a script or the like of its own.
    """
    if found := _STYLE.search(_COMMENT.sub("", html)):
        raise TemplateError(
            f"{found[0]} is no part of a mail; rules belong into own.css and client.css",
            path="digest",
        )
    transformed: str = _inliner()(
        html=html,
        css_text=css,
        allow_network=False,
        allow_loading_external_files=False,
        strip_important=False,
        keep_style_tags=False,
        disable_validation=True,
        disable_leftover_css=True,
        disable_basic_attributes=_ATTRIBUTES_LEFT_ALONE,
        disable_link_rewrites=True,
        align_floating_images=False,
    ).transform(pretty_print=False)
    return transformed


def read_style(declarations: str) -> list[str]:
    """Return the names of the declarations that the inliner would keep, in order."""
    return [found.name for found in _parser().parseStyle(declarations, validate=False)]


@cache
def _inliner() -> Any:
    from premailer import Premailer  # type: ignore[import-untyped]  # it ships no types

    class Inliner(Premailer):  # type: ignore[misc]  # nor this one
        """Premailer without a way out: its own parser would fetch what an ``@import`` names."""

        def _parse_css_string(self, css_body: str, validate: bool = True) -> Any:
            return _parse_sheet(css_body, validate)

    return Inliner


@lru_cache(maxsize=8)
def _parse_sheet(css: str, validate: bool) -> Any:
    # It takes longer than all the rest; nobody changes what it returns.
    return _parser().parseString(css, validate=validate)


def _parser() -> Any:
    import cssutils  # type: ignore[import-untyped]  # it ships no types

    # It reports each property of Outlook as unknown. The levels of `logging` end at 50.
    return cssutils.CSSParser(fetcher=_refuse, loglevel=51)


def _refuse(url: str) -> tuple[str, bytes]:
    raise TemplateError(f"the style sheet asks for {url}; put its rules there", path="digest")
