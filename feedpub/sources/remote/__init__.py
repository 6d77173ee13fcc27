"""Feeds of others as sources: fetched politely, kept as files that are read like any article.

A remote feed is a window: what drops out of it stays with us. So each entry becomes a file of a
folder, the spool, and the catalog reads that folder as it reads any other. What the next request
needs lies beside the entries and is written after them: whoever is killed in between asks again,
and finds the same entries under the same names.
"""

from feedpub.sources.remote.gather import Gatherer
from feedpub.sources.remote.settings import RemoteSource

__all__ = ["Gatherer", "RemoteSource"]
