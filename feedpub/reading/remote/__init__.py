"""The documents of others, RSS, Atom, RDF, CDF and JSON Feed, to entries in one shape.

Bytes in, values out: ``parse_feed`` reads, ``write_entry`` makes a file of an entry that the rest
of feedpub reads like any article, and ``read_opml`` lists what a reader is subscribed to.
"""

from feedpub.reading.remote.document import make_name, write_entry
from feedpub.reading.remote.entries import RemoteEntry, RemoteFeed
from feedpub.reading.remote.opml import Subscription, read_opml
from feedpub.reading.remote.parsing import parse_feed

__all__ = [
    "RemoteEntry",
    "RemoteFeed",
    "Subscription",
    "make_name",
    "parse_feed",
    "read_opml",
    "write_entry",
]
