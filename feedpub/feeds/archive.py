"""The documents of one feed and how they link to each other (RFC 5005, section 4).

The live document names the newest archive; every archive names its neighbours and the live one.
A closed month changes once, when the next one closes and is linked, unless one of its articles is
edited, comes late or goes; so a reader that walks back can keep what it has seen.
"""

from collections.abc import Iterator

from feedpub.model import Category, Feed


def document_folder(category: Category, month: str | None = None) -> str:
    """Return the folder of a document below the output folder.

    Args:
        category: The node.
        month: ``YYYY-MM`` of an archive; None for the live documents.
    """
    return f"{category.folder}/archive/{month}" if month else category.folder


def own_folder(feed: Feed) -> str:
    """Return the folder of this feed's own documents, below the output folder."""
    return document_folder(feed.category, feed.archive.month if feed.archive else None)


def older_month(feed: Feed) -> str | None:
    """Return the month where a reader continues after this document, None at the end."""
    return feed.archive.previous if feed.archive else feed.latest_archive


def archive_relations(feed: Feed) -> Iterator[tuple[str, str]]:
    """Yield link relation and folder of every document that this one names."""
    if feed.archive:
        yield "current", document_folder(feed.category)
    if older := older_month(feed):
        yield "prev-archive", document_folder(feed.category, older)
    if feed.archive and feed.archive.next:
        yield "next-archive", document_folder(feed.category, feed.archive.next)


def is_marked_archive(feed: Feed) -> bool:
    """Return whether a document bears ``fh:archive``.

    The mark is recommended, not required. The W3C validator takes an archive that has it and no
    neighbour for one whose links were forgotten, so the first one goes without until the second.
    """
    return feed.archive is not None and bool(feed.archive.previous or feed.archive.next)
