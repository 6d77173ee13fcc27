"""The documents of one feed: a head in each format, with ready entries spliced in."""

from collections.abc import Sequence

from feedpub.errors import LintError
from feedpub.feeds.archive import own_folder
from feedpub.feeds.channel import ATOM, JSON, RSS, make_channel
from feedpub.feeds.jsonfeed import build_json_feed
from feedpub.feeds.lint import check_unique
from feedpub.feeds.rss_atom import build_xml
from feedpub.model import Feed, RenderedEntry, Site


def build_feed(
    feed: Feed, entries: Sequence[tuple[str, RenderedEntry]], site: Site
) -> dict[str, bytes]:
    """Return the documents of a feed by file name: the live ones, or those of an archive month.

    Args:
        feed: The node, its time and its place among the archives.
        entries: Id and bytes of each, newest first; may be empty.
        site: What all feeds share.

    Raises:
        LintError: Two entries share an id, or a head cannot be written.
    """
    check_unique(own_folder(feed), (entry_id for entry_id, _ in entries))
    channel = make_channel(feed, site)
    rendered = [entry for _, entry in entries]
    try:
        rss, atom = build_xml(
            channel, [entry.rss for entry in rendered], [entry.atom for entry in rendered]
        )
        json = build_json_feed(channel, [entry.json for entry in rendered])
    except ValueError as error:
        raise LintError(own_folder(feed), [str(error)]) from error
    return {RSS.file: rss, ATOM.file: atom, JSON.file: json}
