"""Lists of subscriptions: OPML 1.0 to 2.0, as feed readers export them."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from feedpub.errors import FeedError
from feedpub.model import CategoryPath
from feedpub.reading.remote.decoding import decode_feed
from feedpub.reading.remote.entries import absolute, literal_line
from feedpub.reading.remote.xmlguard import guard_xml

MAX_SUBSCRIPTIONS = 2000
_MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that somebody reads.

    Attributes:
        url: Of the feed, http or https.
        title: Plain text, the feed's URL where it has none.
        folder: Names of the folders that it is in, outer to inner.
    """

    url: str
    title: str
    folder: CategoryPath = ()


def read_opml(data: bytes, *, path: str) -> list[Subscription]:
    """Return the subscriptions of a list, each URL once, in its order.

    Args:
        data: The document.
        path: For the error.

    Raises:
        FeedError: It is no OPML, or one that is an attack, or it holds no feed.
    """
    if len(data) > _MOST_BYTES:
        raise FeedError(f"larger than {_MOST_BYTES:,} bytes; split it", url=path)
    text = decode_feed(data)
    guard_xml(text.encode(), url=path)
    found: dict[str, Subscription] = {}
    for subscription in _walk(_find_body(text, path), ()):
        found.setdefault(subscription.url, subscription)
    if not found:
        raise FeedError("no outline in it has an xmlUrl; export the list again", url=path)
    if len(found) > MAX_SUBSCRIPTIONS:
        raise FeedError(
            f"{len(found)} feeds, more than {MAX_SUBSCRIPTIONS}; split the list", url=path
        )
    return list(found.values())


def _find_body(text: str, path: str) -> Element:
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(text)
    except ParseError as error:
        raise FeedError(f"the list is no XML ({error}); export it again", url=path) from error
    body = root.find("body")
    if root.tag != "opml" or body is None:
        raise FeedError("the document is no OPML; export the list from your reader", url=path)
    return body


def _walk(parent: Element, folder: CategoryPath) -> Iterator[Subscription]:
    """Yield what is below an outline; the guard has counted the levels."""
    for outline in parent.findall("outline"):
        values = {name.lower(): value for name, value in outline.attrib.items()}
        title = literal_line(values.get("title") or values.get("text") or "")
        url = absolute(values.get("xmlurl"))
        if url is not None:
            yield Subscription(url, title or url, folder)
        yield from _walk(outline, (*folder, title) if title and url is None else folder)
