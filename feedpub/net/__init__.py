"""The one HTTP fetch: whatever feedpub gets from or tells to another machine passes here.

Nothing else in feedpub imports requests. The parts: ``urls`` says what may be asked for,
``addresses`` who may be spoken to, ``limits`` for how long and how much, ``transport`` speaks
HTTP, and ``fetcher`` is what the rest of feedpub uses.
"""

from feedpub.net.fetcher import Fetched, Fetcher, Known
from feedpub.net.urls import host_of

__all__ = ["Fetched", "Fetcher", "Known", "host_of"]
