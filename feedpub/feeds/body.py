"""An entry's HTML, escaped once for every format.

A body is a hundred times as long as the rest of an entry, so it does not travel through the
libraries that write the formats: they are given a slot, and the slot is filled with ready bytes.
"""

import re
from typing import NamedTuple

SLOT = "\ufdd0"
"""Stands for the body: a noncharacter, which Unicode sets aside for such use.

Other texts lose theirs in `feedpub.feeds.text.make_plain`, so it stands nowhere else.
"""
_SLOT_UTF8 = SLOT.encode()
_CONTROLS = bytes({*range(0x20)} - set(b"\t\n\r"))
# As in `feedpub.feeds.text`: C1 controls, and the noncharacters of the basic plane.
_C1 = re.compile(rb"\x7f|\xc2[\x80-\x9f]")
_QUOTED = re.compile(rb'="[^"]*"')
_NONCHARACTERS = re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])")


class Body(NamedTuple):
    """A body in UTF-8.

    Attributes:
        xml: Text of an element.
        json: Text between the quotes of a string.
    """

    xml: bytes
    json: bytes


NO_BODY = Body(b"", b"")


def make_body(html: str) -> Body:
    """Return the two forms of a body, without what nobody shows.

    Raises:
        ValueError: It holds a character that XML cannot, or a lone surrogate.
    """
    # U+FFFD marks what was lost in decoding; validators take it for an error of the feed.
    data = html.replace("\ufffd", "?").encode()
    # On bytes: to search text for ranges of characters costs more than all the rest.
    if len(data.translate(None, _CONTROLS)) != len(data):
        raise ValueError("the body holds a control character; remove it")
    if b"\xc2" in data or b"\x7f" in data:
        data = _C1.sub(b"", data)
    if _NONCHARACTERS.search(data):
        data = _NONCHARACTERS.sub(b"", data)
    if data.count(b"src=") != data.count(b'src="'):
        data = _QUOTED.sub(_hide_source, data)
    return Body(_escape_xml(data), _escape_json(data))


def _hide_source(match: re.Match[bytes]) -> bytes:
    # In an alt text, for one. The W3C validator takes it for the attribute of that name.
    return match[0].replace(b"src=", b"src&#61;")


def _escape_xml(data: bytes) -> bytes:
    data = data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    # A parser would read a bare carriage return as a line feed.
    return data.replace(b"\r", b"&#13;")


def _escape_json(data: bytes) -> bytes:
    data = data.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return data.replace(b"\r", b"\\r").replace(b"\t", b"\\t")


def fill_slot(rendered: bytes, body: bytes) -> bytes:
    """Return an entry with its body in place of the slot."""
    return rendered.replace(_SLOT_UTF8, body)
