"""The editor's own words above an issue: one file, used once."""

import hashlib
from dataclasses import dataclass

from feedpub.model import Site
from feedpub.reading import Dialect, read_article, render_body

_LENGTH = 20_000
"""Characters of the plain-text form; a mail is no place for more."""


@dataclass(frozen=True, slots=True)
class Intro:
    """What stands above the articles of an issue.

    Attributes:
        html: Clean; empty if there is nothing.
        text: The same as plain text.
        subject: The file's title, to be that of the mails; empty if it has none.
        digest: Of the file, so that the same words are not sent twice; empty without a file.
    """

    html: str = ""
    text: str = ""
    subject: str = ""
    digest: str = ""


def read_intro(data: bytes | None, *, name: str, site: Site, used: str) -> Intro:
    """Return the editor's words, as an article is read: front matter if they like, Markdown.

    Args:
        data: Of the file; None without one.
        name: Of the file, for errors.
        site: For links and the language.
        used: Digest of the file that the last issue began with.

    Returns:
        Nothing if there is no file, or if it is the one that was used.

    Raises:
        ArticleError: The file cannot be read.
    """
    if data is None or not data.strip():
        return Intro()
    digest = hashlib.sha256(data).hexdigest()
    if digest == used:
        return Intro()
    dialect = Dialect(zone=site.zone)
    article = read_article(data, path=name, dialect=dialect)
    stem = name.rpartition("/")[2].rpartition(".")[0]
    subject = "" if article.title == stem else article.title
    rendition = render_body(
        data,
        path=name,
        dialect=dialect,
        base_url=site.url,
        title=subject,
        own_summary=None,
        summary_length=_LENGTH,
    )
    return Intro(rendition.html, rendition.summary, subject, digest)
