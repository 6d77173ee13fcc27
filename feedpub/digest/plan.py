"""What one digest mail is made of: ready blocks, and slots for what differs by recipient."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Slot(StrEnum):
    """What is filled in for each recipient, in the top and the footer of both parts only.

    In HTML a value is escaped (quotes too) by whoever fills it in: a link stands in ``href="..."``,
    the address in text. In the plain-text part it stands as it is.

    Attributes:
        UNSUBSCRIBE: A link that ends the subscription: ``https``, or ``mailto`` of a site without
            a web face.
        PREFERENCES: A link to the preferences, ``https``; used only where there is a web face.
        ADDRESS: The recipient's address, as text.
    """

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    ADDRESS = "address"


LONGEST: Mapping[Slot, int] = MappingProxyType(
    # An address has 254 characters at most (RFC 5321, 4.5.3.1.3), and "&" is escaped to five.
    {Slot.UNSUBSCRIBE: 400, Slot.PREFERENCES: 400, Slot.ADDRESS: 254 * 5}
)
"""Bytes that a slot takes at most once it is filled and escaped; the size guard counts on it."""

Block = tuple[bytes | Slot, ...]
"""A stretch of one part of a mail: UTF-8, every line break CRLF.

A block without a slot is one ``bytes``. It is constant: its length is a multiple of 3, so that
its base64 can be joined with that of others, and the same object in every plan of a digest that
shows it, but for the few bytes of the preheader. A block with slots is padded once it is filled:
in HTML by blanks at its end; in text by blanks before its last CRLF, which ends an empty line.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """One digest mail for everybody with the same choice, language and start.

    Attributes:
        subject: Plain text, one line, the prefix of the site included.
        language: BCP 47, of the words around the articles.
        articles: Ids of those shown, in the order of the mail; never empty.
        html: Blocks of the HTML part; at most 92,160 bytes when joined.
        text: Blocks of the plain-text part.
    """

    subject: str
    language: str
    articles: tuple[int, ...]
    html: tuple[Block, ...]
    text: tuple[Block, ...]


def measure(block: Block) -> int:
    """Return the bytes of a block, its slots at their longest, its padding included."""
    size = sum(LONGEST[piece] if isinstance(piece, Slot) else len(piece) for piece in block)
    return size + -size % 3
