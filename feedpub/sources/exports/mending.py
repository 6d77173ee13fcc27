"""Mend the one fault of XML that exports often have and that parsers answer by losing text."""

import re
from typing import IO

# A section of CDATA begins or ends, or a "&" begins no reference, as in an address.
_TOKEN = re.compile(rb"<!\[CDATA\[|\]\]>|&(?!#?[A-Za-z0-9]{1,32};)")
_CHUNK = 256 * 1024
_MARGIN = 48  # longer than any reference and any token


class Mended:
    """A stream of XML in which each bare ``&`` outside of CDATA is written as a reference."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Wrap a stream; what is not in an encoding that extends ASCII stays as it is."""
        self._stream = stream
        self._rest = b""
        self._is_ascii: bool | None = None
        self._within = self._ended = False

    def read(self, _size: int = _CHUNK) -> bytes:
        """Return some bytes, none at the end."""
        if self._is_ascii is None:
            self._rest = self._stream.read(_CHUNK)
            self._is_ascii = b"\0" not in self._rest[:64]
        if not self._is_ascii:
            head, self._rest = self._rest, b""
            return head or self._stream.read(_CHUNK)
        while not self._ended:
            chunk = self._stream.read(_CHUNK)
            self._ended = not chunk
            if mended := self._mend(self._rest + chunk):
                return mended
        return b""

    def _mend(self, data: bytes) -> bytes:
        """Return the beginning of some bytes, which nothing that follows can change."""
        last = len(data) if self._ended else max(0, len(data) - _MARGIN)
        parts: list[bytes] = []
        done = 0
        for match in _TOKEN.finditer(data):
            if match.start() >= last:
                break
            token = match[0]
            if token != b"&":
                self._within = token[:1] == b"<" if not self._within else token[:1] != b"]"
            elif not self._within:
                parts += (data[done : match.start()], b"&amp;")
                done = match.end()
                continue
            parts.append(data[done : match.end()])
            done = match.end()
        end = max(done, last)
        parts.append(data[done:end])
        self._rest = data[end:]
        return b"".join(parts)
