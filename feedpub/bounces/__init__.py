"""Mail that comes back, or that subscribers write: raw bytes in, what they say out; pure."""

from feedpub.bounces.findings import Finding, Kind
from feedpub.bounces.letters import read_letter

__all__ = ["Finding", "Kind", "read_letter"]
