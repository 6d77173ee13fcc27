"""A feed of somebody else, from a text to what is read of it."""

from zoneinfo import ZoneInfo

from feedpub.reading.remote import RemoteEntry, RemoteFeed, parse_feed

URL = "https://feed.example/blog/feed.xml"
SHANGHAI = ZoneInfo("Asia/Shanghai")
RSS = "<rss version='2.0'><channel><item><title>{}</title></item></channel></rss>"
NAMES = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def parse(data: bytes | str, content_type: str = "") -> RemoteFeed:
    raw = data.encode() if isinstance(data, str) else data
    return parse_feed(raw, url=URL, home=SHANGHAI, content_type=content_type)


def item(inner: str) -> RemoteEntry:
    (entry,) = parse(
        f'<rss version="2.0" {NAMES}><channel><item>{inner}</item></channel></rss>'
    ).entries
    return entry


def entry(inner: str, feed: str = "") -> RemoteEntry:
    text = f'<feed xmlns="http://www.w3.org/2005/Atom">{feed}<entry>{inner}</entry></feed>'
    (found,) = parse(text).entries
    return found
