"""The blocks of a mail as base64, and the multipart/alternative around them (RFC 2045, RFC 2046).

Base64 of blocks whose lengths are multiples of 3 can be joined: a line in the middle may be
short. So what is the same for many recipients is encoded once. No line begins with a dot, which
SMTP would have to double, and none can be the boundary, which has a character beyond base64.
"""

from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from feedpub.digest.plan import Block, Slot

BOUNDARY = "=_feedpub"
# Bytes that fill a line of 76 characters, the longest there may be.
_LINE = 57
_PART = (
    "--{boundary}\r\n"
    "Content-Type: text/{kind}; charset=utf-8\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
)
OPEN_TEXT = _PART.format(boundary=BOUNDARY, kind="plain").encode()
OPEN_HTML = b"\r\n" + _PART.format(boundary=BOUNDARY, kind="html").encode()
CLOSE = f"\r\n--{BOUNDARY}--\r\n".encode()


class Personal(NamedTuple):
    """A block with slots, ready to be filled.

    Attributes:
        template: With a ``%b`` for each slot.
        slots: Where in the values each of them is found.
    """

    template: bytes
    slots: tuple[int, ...]

    def fill(self, values: Sequence[bytes]) -> bytes:
        """Return the block, not padded yet."""
        return self.template % tuple([values[slot] for slot in self.slots])


Segment = bytes | Personal
"""Base64 of all constant blocks in a row, or one block with slots."""

_PLACES = {slot: place for place, slot in enumerate(Slot)}


class Encoder:
    """Encodes constant blocks, and keeps what it has made.

    It forgets all of it once that takes more than its bound. Safe for any number of threads.
    """

    def __init__(self, max_bytes: int = 32_000_000) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        # Python keeps the hash of bytes, so that looking up a block costs no more than its name.
        self._ready: dict[bytes, bytes] = {}

    def encode_segments(self, blocks: Iterable[Block]) -> tuple[Segment, ...]:
        """Return blocks of one part, those that are constant joined.

        Raises:
            ValueError: A constant block cannot be joined: its length is no multiple of 3.
        """
        segments: list[Segment] = []
        constant: list[bytes] = []
        for block in blocks:
            if len(block) == 1 and isinstance(block[0], bytes):
                constant.append(self._ready.get(block[0]) or self._add(block[0]))
                continue
            start, rest = _split_start(block)
            segments += [b"".join([*constant, encode(start)]), _prepare(rest)]
            constant = []
        return (*segments, b"".join(constant))

    def _add(self, block: bytes) -> bytes:
        if len(block) % 3:
            raise ValueError(f"a block of {len(block)} bytes cannot be joined: {block!r:.80}")
        encoded = encode(block)
        # What two threads add at once is counted badly, which makes the bound no less of one.
        self._bytes += len(block) + len(encoded)
        if self._bytes > self._max_bytes:
            self._ready, self._bytes = {}, 0
        self._ready[block] = encoded
        return encoded


def encode(data: bytes) -> bytes:
    """Return base64 in lines of at most 76 characters, each with its CRLF."""
    starts = range(0, len(data), _LINE)
    return b"\r\n".join([*[b2a_base64(data[at : at + _LINE], newline=False) for at in starts], b""])


def _split_start(block: Block) -> tuple[bytes, Block]:
    """Return what stands before the first slot, as far as it can be joined, and the rest."""
    if not block or isinstance(block[0], Slot):
        return b"", block
    end = len(block[0]) - len(block[0]) % 3
    return block[0][:end], (block[0][end:], *block[1:])


def _prepare(block: Block) -> Personal:
    return Personal(
        b"".join([b"%b" if isinstance(one, Slot) else one.replace(b"%", b"%%") for one in block]),
        tuple(_PLACES[one] for one in block if isinstance(one, Slot)),
    )


def fill_html(segments: Iterable[Segment], values: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the body of the HTML part.

    Args:
        segments: Of the part.
        values: Of the slots, in the order of ``Slot``, escaped.
    """
    for segment in segments:
        if isinstance(segment, bytes):
            yield segment
        else:
            data = segment.fill(values)
            # Blanks between two rows of a table are never drawn.
            yield encode(data + b" " * (-len(data) % 3))


def fill_text(segments: Iterable[Segment], values: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the body of the plain-text part."""
    for segment in segments:
        if isinstance(segment, bytes):
            yield segment
        else:
            data = segment.fill(values)
            if missing := -len(data) % 3:
                # On the empty line that ends the block they follow no word.
                data = data[:-2] + b" " * missing + data[-2:]
            yield encode(data)
