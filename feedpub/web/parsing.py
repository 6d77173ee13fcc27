"""Requests as waitress reads them; what it has read before, it need not read again."""

from typing import Any

from waitress.parser import HTTPRequestParser

from feedpub.web.memory import Memory

_KEPT_BYTES = 4 * 1024 * 1024
_LONGEST = 4096
_MULTIPLE = 4  # of the bytes of a request that what was read of it takes up, roughly


class RecallingParser(HTTPRequestParser):
    """Reads a request, and remembers what the same bytes meant.

    A feed reader asks in the same words until there is news. Only what waitress itself has read
    and accepted is remembered, and only of requests that end with their headers.

    Attributes:
        found: What it can be answered with at once, left here by the connection.
    """

    # Of a request that is refused, these may never be read.
    command: Any = "GET"
    request_uri: Any = "/"
    path: Any = "/"
    query: Any = ""
    url_scheme: Any = "http"

    found: object = None

    def parse_header(self, header_plus: bytes) -> None:
        """Read the first line and the headers.

        Raises:
            ParsingError: They are not well-formed.
            TransferEncodingNotImplemented: The body comes in a coding that nobody knows.
        """
        known = _KNOWN.get(header_plus)
        if known is not None:
            vars(self).update(known, headers=dict(known["headers"]))
            return
        before = dict(vars(self))
        super().parse_header(header_plus)
        if self.body_rcv is None and not self.expect_continue and len(header_plus) <= _LONGEST:
            read = vars(self).items()
            learnt = {name: value for name, value in read if before.get(name) is not value}
            learnt["headers"] = dict(self.headers)
            _KNOWN.put(header_plus, learnt, len(header_plus) * _MULTIPLE)


_KNOWN: Memory[dict[str, Any]] = Memory(_KEPT_BYTES)
