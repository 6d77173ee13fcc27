"""Which article somebody means who types its path, the end of it, or its id."""

from feedpub.catalog.identity import Record, State
from feedpub.errors import ArticleError
from feedpub.publishing.store import Catalog


def find_article(catalog: Catalog, article: str) -> Record:
    """Return the record of an article that is published, or was withheld.

    Args:
        catalog: Within a transaction.
        article: Its id, its path, or the end of its path; a copy stands for its article.

    Raises:
        ArticleError: There is none, or more than one.
    """
    meant = catalog.sources.find_articles(article)
    rows = {record.same_as or record.id for record in meant}
    found: list[Record] = [
        record
        for record in catalog.sources.records(rows)
        if record.state in (State.LIVE, State.HELD)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ArticleError(
            "no such article; give its path within the source, or its id", path=article
        )
    places = ", ".join(record.path for record in found[:3])
    raise ArticleError(f"more than one article is meant: {places}; give more of it", path=article)
