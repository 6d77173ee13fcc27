"""Refuse the XML that is an attack on whoever reads it."""

from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from feedpub.errors import FeedError

MAX_DEPTH = 200
MAX_ELEMENTS = 100_000
"""A feed of a thousand entries has some ten thousand; feedparser takes 100 us for each."""
MAX_ATTRIBUTES = 100
"""Of one element. feedparser compares each with all others, and each element with all name spaces:
a feed of 5 MB would take it an hour."""
MAX_NAMESPACES = 200

_MOST_SIGNS = 400_000  # of "<", those within CDATA too, for what is too ill-formed to be counted


def guard_xml(data: bytes, *, url: str) -> None:
    """Check that a document declares no entities and is neither deep nor endless.

    An ill-formed one is checked up to where it breaks; what reads on from there knows no entities
    but its own.

    Raises:
        FeedError: It is refused.
    """
    if data.count(b"<") > _MOST_SIGNS:
        raise _too_many(url)
    try:
        from defusedxml import DefusedXmlException, sax
    except ImportError as error:
        raise missing_extra(url) from error
    try:
        sax.parseString(data, _Counter(url))
    except DefusedXmlException as error:
        raise FeedError(
            "the document declares entities, which is refused; ask its publisher to leave them out",
            url=url,
        ) from error
    except SAXException:
        return


def missing_extra(url: str) -> FeedError:
    """Return the error of an installation without the libraries that read feeds."""
    return FeedError("feeds of others take feedparser; run pip install 'feedpub[remote]'", url=url)


def _too_many(url: str) -> FeedError:
    return FeedError(f"more than {MAX_ELEMENTS:,} elements; ask for a shorter feed", url=url)


class _Counter(ContentHandler):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url, self._depth, self._elements = url, 0, 0
        self._prefixes: set[str] = set()

    def startElement(self, _: str, attributes: AttributesImpl) -> None:  # noqa: N802 - the library's name
        names = attributes.getNames()
        self._prefixes.update(name for name in names if name.startswith("xmlns:"))
        if len(names) > MAX_ATTRIBUTES:
            raise FeedError(f"an element of more than {MAX_ATTRIBUTES} attributes", url=self._url)
        if len(self._prefixes) > MAX_NAMESPACES:
            raise FeedError(f"more than {MAX_NAMESPACES} name spaces", url=self._url)
        self._depth += 1
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise _too_many(self._url)
        if self._depth > MAX_DEPTH:
            raise FeedError(f"nested more than {MAX_DEPTH} levels deep", url=self._url)

    def endElement(self, *_: object) -> None:  # noqa: N802 # likewise
        self._depth -= 1
