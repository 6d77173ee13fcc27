"""Feeds: articles and heads to the bytes of RSS, Atom, JSON Feed and OPML (pure)."""

from feedpub.feeds.archive import document_folder
from feedpub.feeds.channel import ATOM, FORMATS, JSON, RSS, FeedUrls, category_scheme, feed_urls
from feedpub.feeds.documents import build_feed
from feedpub.feeds.opml import build_opml
from feedpub.feeds.rendering import load_libraries, render_entries

__all__ = [
    "ATOM",
    "FORMATS",
    "JSON",
    "RSS",
    "FeedUrls",
    "build_feed",
    "build_opml",
    "category_scheme",
    "document_folder",
    "feed_urls",
    "load_libraries",
    "render_entries",
]
