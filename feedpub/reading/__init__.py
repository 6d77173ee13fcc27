"""Articles as generators write them, to values: no file is opened here and no clock is asked."""

from feedpub.reading.article import read_article
from feedpub.reading.dialect import Dialect
from feedpub.reading.guard import MAX_BODY as MAX_ARTICLE_BYTES
from feedpub.reading.names import is_article_name, why_no_article
from feedpub.reading.permalink import PermalinkError, expand_permalink
from feedpub.reading.render import render_article, render_body

__all__ = [
    "MAX_ARTICLE_BYTES",
    "Dialect",
    "PermalinkError",
    "expand_permalink",
    "is_article_name",
    "read_article",
    "render_article",
    "render_body",
    "why_no_article",
]
