"""A document of unknown format to a feed."""

import re
from datetime import tzinfo

from feedpub.errors import FeedError
from feedpub.reading.remote.decoding import decode_feed
from feedpub.reading.remote.entries import RemoteFeed
from feedpub.reading.tags import attributes, scan_tags

# What a browser would show. A feed may begin with comments and instructions, a page too.
_PAGE = re.compile(
    r"(?>\s+|<!--.*?-->|<\?.*?\?>)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_HEAD = 100_000


def parse_feed(data: bytes, *, url: str, home: tzinfo, content_type: str = "") -> RemoteFeed:
    """Read a feed of any format.

    Args:
        data: The document.
        url: Where it came from, absolute: relative addresses count from it where nothing else is
            said.
        home: Zone of our site, which tells whether ``CST`` is that of China.
        content_type: Header of the answer, empty if there is none; only its ``charset`` counts.

    Raises:
        FeedError: It is no feed, or one that is an attack.
    """
    text = decode_feed(data, content_type)
    if not text.strip():
        raise FeedError("the document is empty", url=url)
    if text[0] in "{[":
        from feedpub.reading.remote.jsonfeed import read_json_feed

        return read_json_feed(text, url=url, home=home)
    if _PAGE.match(text[:_HEAD]):
        raise FeedError(f"this is a web page, not a feed; {_name_feed(text[:_HEAD])}", url=url)
    from feedpub.reading.remote.xmlfeed import read_xml_feed

    return read_xml_feed(text, url=url, home=home)


def _name_feed(page: str) -> str:
    """Return the remedy: the feed that a page names as its own, if it does."""
    for tag in scan_tags(page):
        if tag.name == "link" and not tag.closing:
            found = attributes(tag.attributes)
            if found.get("type", "").lower() in _FEED_TYPES and found.get("href"):
                return f"it names {found['href'][:200]!r} as its feed"
    return "look for the address of its feed"
