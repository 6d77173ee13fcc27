"""An article's file to what is published of it; decoded and taken apart once."""

from collections.abc import Callable
from datetime import datetime

from feedpub.model import ReadArticle, Rendition
from feedpub.reading.article import read_with_body
from feedpub.reading.decoding import decode
from feedpub.reading.dialect import Dialect
from feedpub.reading.frontmatter import split_article
from feedpub.reading.markup import render_markup
from feedpub.reading.rewrite import PictureUrl

SUMMARY_LENGTH = 200


def render_article(
    data: bytes,
    *,
    path: str,
    dialect: Dialect,
    make_base_url: Callable[[ReadArticle], str],
    picture_url: PictureUrl | None = None,
    summary_length: int = SUMMARY_LENGTH,
    sidecar: bytes | None = None,
    published: datetime | None = None,
) -> tuple[ReadArticle, Rendition]:
    """Read an article's fields, but for the hash of its content, and render its body.

    Args:
        data: Of the file.
        path: Within the source, NFC, with ``/``; its extension tells the markup.
        dialect: Of the source.
        make_base_url: Given the article as read, returns its URL, which relative addresses count
            from; called once, before any picture is asked for.
        picture_url: Given the address of a picture as written, returns the one to show, or None to
            keep it.
        summary_length: Graphemes at most.
        sidecar: Of Nikola's ``NAME.meta``, None without one.
        published: Date that the permalink is filled in with; None takes the article's own.

    Raises:
        ArticleError: The file cannot be read, or its markup takes a library that is missing.
    """
    article, body = read_with_body(
        data, path=path, dialect=dialect, sidecar=sidecar, published=published
    )
    rendition = render_markup(
        body,
        path=path,
        dialect=dialect,
        base_url=make_base_url(article),
        title=article.title,
        own_summary=article.summary,
        picture_url=picture_url,
        summary_length=summary_length,
    )
    return article, rendition


def render_body(
    data: bytes,
    *,
    path: str,
    dialect: Dialect,
    base_url: str,
    title: str,
    own_summary: str | None = None,
    picture_url: PictureUrl | None = None,
    summary_length: int = SUMMARY_LENGTH,
    sidecar: bytes | None = None,
) -> Rendition:
    """Render only the body of an article that was read before; see ``render_article``.

    Args:
        data: Of the file, as ``read_article`` got it.
        path: Within the source; its extension tells the markup.
        dialect: Of the source.
        base_url: The article's own URL, which relative addresses count from.
        title: As read; the summary does not repeat it.
        own_summary: The author's, plain text; wins over what the body gives.
        picture_url: As for ``render_article``.
        summary_length: Graphemes at most.
        sidecar: Of Nikola's ``NAME.meta``, None without one.

    Raises:
        ArticleError: As ``render_article``.
    """
    front = split_article(decode(data, path), path=path, dialect=dialect, sidecar=sidecar)
    return render_markup(
        front.body,
        path=path,
        dialect=dialect,
        base_url=base_url,
        title=title,
        own_summary=own_summary,
        picture_url=picture_url,
        summary_length=summary_length,
    )
