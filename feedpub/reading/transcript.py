"""An article in whatever form to the HTML of its body, so that it can be kept as another file."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from feedpub.model import ReadArticle
from feedpub.reading.article import read_with_body
from feedpub.reading.dialect import Dialect
from feedpub.reading.markup import to_html
from feedpub.reading.rewrite import prepare
from feedpub.reading.tags import list_signs


class Transcript(NamedTuple):
    """An article and its body.

    Attributes:
        article: As read; without the hash of its content.
        html: Of the body, as untrusted as it was written; relative addresses stay.
        pictures: Addresses of pictures as written, that of the front matter first.
    """

    article: ReadArticle
    html: str
    pictures: tuple[str, ...]


def transcribe_article(
    data: bytes,
    *,
    path: str,
    dialect: Dialect,
    sidecar: bytes | None = None,
    published: datetime | None = None,
) -> Transcript:
    """Read an article, and render its body as far as it takes to be HTML.

    Args:
        data: Of the file.
        path: Within the source, NFC, with ``/``; its extension tells the markup.
        dialect: Of the source.
        sidecar: Of Nikola's ``NAME.meta``, None without one.
        published: Date that the permalink is filled in with; None takes the article's own.

    Raises:
        ArticleError: The file cannot be read, or its markup takes a library that is missing.
    """
    article, body = read_with_body(
        data, path=path, dialect=dialect, sidecar=sidecar, published=published
    )
    html = to_html(body, path=path, dialect=dialect)
    found: list[str] = [article.thumbnail] if article.thumbnail else []
    prepare(
        html,
        placeholders=dialect.placeholders,
        picture_url=_note_in(found),
        signs=list_signs(html),
    )
    return Transcript(article, html, tuple(dict.fromkeys(found)))


def _note_in(found: list[str]) -> Callable[[str], str | None]:
    def note(address: str) -> None:
        found.append(address)

    return note
