"""What the settings say of one feed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """One feed of somebody else.

    Attributes:
        name: Of the source, unique.
        url: Of the feed, http or https.
        folder: Absolute; its entries are kept there, and it is nobody else's.
        private: Whether it may be on a private address and any port, as one's own RSSHub is.
    """

    name: str
    url: str
    folder: str
    private: bool = False
