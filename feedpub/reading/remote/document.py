"""An entry as a file that the rest of feedpub reads like any article."""

import hashlib

from feedpub.reading.remote.entries import RemoteEntry
from feedpub.reading.remote.markup import to_text
from feedpub.reading.writing import Manuscript, write_article

_LONGEST_TITLE = 80
# With these, the reader never finds more front matter than it takes, whatever a feed says.
_MOST_CATEGORIES, _MOST_AUTHORS = 100, 10
_LONGEST_ADDRESS = 2000


def write_entry(entry: RemoteEntry, *, claim: bool) -> bytes:
    """Return an entry as HTML with front matter; equal entries give equal bytes.

    Args:
        entry: Of a feed.
        claim: Whether its id is to be the article's. One that another feed brought first is not:
            the two are found equal by what they say, and become one article.
    """
    manuscript = Manuscript(
        title=entry.title or _make_title(entry),
        body=entry.body,
        date=entry.published,
        updated=entry.updated,
        id=_bound(entry.guid) if claim else None,
        link=_bound(entry.link),
        categories=tuple((name,) for name in entry.categories[:_MOST_CATEGORIES]),
        authors=entry.authors[:_MOST_AUTHORS],
        language=entry.language,
        summary=entry.summary,
        thumbnail=_bound(entry.picture),
    )
    return write_article(manuscript, html=True)


def make_name(entry: RemoteEntry) -> str:
    """Return the name of an entry's file, made of what tells it from the others of its feed."""
    return f"{hashlib.sha256(entry.key.encode('utf-8', 'replace')).hexdigest()[:32]}.html"


def _bound(address: str | None) -> str | None:
    """Return an address, None for one that is longer than any browser's."""
    return address if address is None or len(address) <= _LONGEST_ADDRESS else None


def _make_title(entry: RemoteEntry) -> str:
    """Return words for an entry without title, as a microblog's: how it begins, else its link."""
    text = to_text(entry.body)
    if len(text) <= _LONGEST_TITLE:
        return text or entry.link or ""
    return f"{text[: _LONGEST_TITLE - 1].rstrip()}…"
