"""The published form of an article's body: clean HTML, a summary, the pictures."""

import re
from html import unescape

from feedpub.errors import MarkupError
from feedpub.model import Rendition
from feedpub.reading.clean import clean_html
from feedpub.reading.dialect import Dialect, is_placeholder
from feedpub.reading.guard import MAX_BODY, check_markup, strip_data_uris
from feedpub.reading.markdown import is_html, render_markdown
from feedpub.reading.names import HTML, PLAIN, RST
from feedpub.reading.plain import keep_lines, render_plain
from feedpub.reading.rewrite import PictureUrl, prepare
from feedpub.reading.summary import shorten, summarise, summarise_text
from feedpub.reading.tags import list_signs
from feedpub.reading.templating import render_tags

_IMG = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ATTR = re.compile(r' ([a-z]+)="([^"]*)"')
# Hexo's, Hugo's, Zola's and most of Jekyll's blogs; Nikola's; and what people make of them.
_MORE = re.compile(r"<!--\s*(?:(?:read)?more|TEASER_END[^<>]{0,80}?)\s*-->", re.IGNORECASE)
_MORE_IN_LINE = re.compile(rf"^[ \t]*{_MORE.pattern}(?=[ \t]*\S)", re.MULTILINE | re.IGNORECASE)
_SMALLEST = 32


def render_markup(
    body: str,
    *,
    path: str,
    dialect: Dialect,
    base_url: str,
    title: str,
    own_summary: str | None,
    picture_url: PictureUrl | None,
    summary_length: int,
) -> Rendition:
    """Return what is published of a body.

    Args:
        body: Without front matter.
        path: Within the source; its extension tells the markup.
        dialect: Of the source.
        base_url: The article's own URL, which relative addresses count from.
        title: As read; the summary does not repeat it.
        own_summary: The author's, plain text; wins over what the body gives.
        picture_url: Given the address of a picture as written, returns the one to show, or None to
            keep it.
        summary_length: Graphemes at most.

    Raises:
        ArticleError: The markup takes a library that is missing.
    """
    try:
        html = _checked_html(body, path=path, dialect=dialect)
    except MarkupError as error:
        refused = error.message
        return Rendition("", shorten(own_summary or "", summary_length), refused=refused)
    signs = list_signs(html)
    prepared = prepare(
        html, placeholders=dialect.placeholders, picture_url=picture_url, signs=signs
    )
    clean = clean_html(prepared, base_url, signs=signs if prepared is html else None).strip()
    summary = (
        shorten(own_summary, summary_length)
        if own_summary
        else _summarise_beginning(prepared, base_url, title, summary_length)
        or summarise(clean, title=title, length=summary_length)
    )
    return Rendition(clean, summary, find_pictures(clean, dialect.placeholders))


def _summarise_beginning(html: str, base_url: str, title: str, length: int) -> str:
    """Return the summary of what stands before the author's marker, empty if nothing does."""
    more = _MORE.search(html) if "<!--" in html else None
    if more is None:
        return ""
    return summarise_text(clean_html(html[: more.start()], base_url), title=title, length=length)


def _checked_html(body: str, *, path: str, dialect: Dialect) -> str:
    if len(body) > MAX_BODY:
        check_markup(body, path=path)
    body = strip_data_uris(body)
    html = to_html(body, path=path, dialect=dialect)
    if html is not body:
        html = strip_data_uris(html)
    check_markup(html, path=path)
    return html


def to_html(body: str, *, path: str, dialect: Dialect) -> str:
    """Return a body as HTML, whatever it is written in, still to be checked and sanitised.

    Raises:
        ArticleError: reStructuredText without docutils.
    """
    extension = path.rpartition(".")[2].lower()
    if extension in RST:
        from feedpub.reading.rst import render_rst

        return render_rst(body, path=path)
    body = render_tags(body, generator=dialect.generator)
    # The generator of RSSHub posts writes every brace of a file as a reference, code included.
    if "&#12" in body:
        body = body.replace("&#123;", "{").replace("&#125;", "}")
    if extension in HTML:
        return body
    has_comment = "<!--" in body
    if dialect.generator == "rsshub" or is_html(_MORE.sub("", body) if has_comment else body):
        return keep_lines(body)
    if extension in PLAIN:
        return "<!--more-->".join(map(render_plain, _MORE.split(body)))
    if has_comment:
        # Markdown takes the rest of such a line for HTML.
        body = _MORE_IN_LINE.sub("<!--more-->\n\n", body)
    return render_markdown(body, path=path, mdx=extension == "mdx")


def find_pictures(clean: str, placeholders: tuple[str, ...]) -> tuple[str, ...]:
    """Return the addresses of a clean body's pictures in order; no icons, pixels, placeholders."""
    if "<img" not in clean:
        return ()
    found: dict[str, None] = {}
    for match in _IMG.finditer(clean):
        pairs = dict(_ATTR.findall(match[1]))
        url = unescape(pairs.get("src", ""))
        if not url or is_placeholder(url, placeholders):
            continue
        if _is_small(pairs.get("width")) or _is_small(pairs.get("height")):
            continue
        found[url] = None
    return tuple(found)


def _is_small(size: str | None) -> bool:
    return size is not None and size.isdigit() and int(size) < _SMALLEST
