"""How often mail may be asked for in somebody's name."""

from typing import NamedTuple

from feedpub.subscribers.addresses import find_person
from feedpub.subscribers.networks import find_network
from feedpub.tokens import Action, Signer

PERSONAL = b"p"
HOURLY = b"h"
"""First byte of a key: whether it is about a person, or counts for an hour only."""

HOUR_S = 3600


class Asker(NamedTuple):
    """Hashes that attempts are counted under; they give neither address nor network away.

    Attributes:
        person: Of the mailbox, with its variants.
        network: Where the request came from; None if that is not known.
        everybody: All requests.
    """

    person: bytes
    network: bytes | None
    everybody: bytes

    @property
    def keys(self) -> list[bytes]:
        """Those that an attempt is noted under."""
        return [key for key in self if key is not None]


def identify_asker(signer: Signer, mailbox: str, network: str | None) -> Asker:
    """Return the keys of one request."""
    place = find_network(network)

    def key(prefix: bytes, text: str) -> bytes:
        return prefix + signer.hash(Action.FORM, text)

    return Asker(
        person=key(PERSONAL, f"mailbox {find_person(mailbox)}"),
        network=None if place is None else key(HOURLY, f"network {place}"),
        everybody=key(HOURLY, "everybody"),
    )
