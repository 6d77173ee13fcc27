"""Header fields of a mail, written so that no text can leave its field (RFC 5322, RFC 2047).

The email package is not used here: it encodes what must not be encoded and folds what must not
be folded, and some versions decode what they were given, so that a title becomes a header field
(CVE-2024-6923).
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple

_LINE = 76
_LONGEST_LINE = 997
_LONGEST_TEXT = 1000
_OVERHEAD = len("=?utf-8?b??=")
# Cuts a field, or the text of a terminal that shows it.
_BREAKS = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_PRINTABLE = re.compile("[\x20-\x7e]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z-]*")


class Field(NamedTuple):
    """One header field.

    Attributes:
        name: As it is written.
        value: Folded already: its lines end with CRLF and go on after a blank; the last one has
            no end.
    """

    name: str
    value: bytes


def write_fields(fields: Iterable[Field]) -> bytes:
    """Return fields as they stand in a mail, each with its CRLF."""
    return b"".join(b"%b: %b\r\n" % (name.encode(), value) for name, value in fields)


def canonicalize_fields(fields: Iterable[Field]) -> bytes:
    """Return fields in the relaxed form that DKIM signs (RFC 6376, 3.4.2)."""
    return b"".join(
        b"%b:%b\r\n" % (name.lower().encode(), b" ".join(value.split())) for name, value in fields
    )


def write_text(name: str, text: str) -> Field:
    """Return an unstructured field, such as Subject.

    Args:
        name: Of the field, at most 20 characters.
        text: Anything. Line breaks and control characters become blanks, and what is beyond a
            thousand characters is left out.
    """
    line = make_line(text)
    words = line.split(" ")
    if _is_plain(line) and max(map(len, words)) < _LINE - len(name) - 2:
        return _make_field(name, _fold(len(name) + 2, words))
    return _make_field(name, "\r\n ".join(_encode_words(line, len(name) + 2)))


def write_mailbox(name: str, address: str, display: str = "") -> Field:
    """Return a field with one address.

    Args:
        name: Of the field, at most 20 characters.
        address: Checked already; only its local part may go beyond ASCII.
        display: The name before it; anything.
    """
    if not display or not (line := make_line(display)):
        return _make_field(name, address)
    phrase = _write_phrase(line, len(name) + 2)
    width = len(name) + 2 + len(phrase) if "\r\n" not in phrase else _LINE
    between = " " if width + len(address) + 3 <= _LINE else "\r\n "
    return _make_field(name, f"{phrase}{between}<{address}>")


def write_list_id(title: str, list_id: str) -> Field:
    """Return the field that names a list, a phrase and ``<an.identifier>`` (RFC 2919)."""
    return write_mailbox("List-Id", list_id if make_line(title) else f"<{list_id}>", title)


def write_parts(name: str, *parts: str) -> Field:
    """Return a field of parts that are neither encoded nor cut, a line for each that needs one.

    Args:
        name: Of the field.
        parts: Printable ASCII each, such as ``<https://...>,``.

    Raises:
        ValueError: A part is not that, or too long for a line.
    """
    return _make_field(name, _fold(len(name) + 2, parts))


def make_line(text: str) -> str:
    """Return text without anything that could end a line, cut to a thousand characters."""
    text = _BREAKS.sub(" ", text[: _LONGEST_TEXT * 2]).strip(" ")[:_LONGEST_TEXT]
    return _SURROGATES.sub("\ufffd", text).rstrip(" ")


def _is_plain(line: str) -> bool:
    # What looks like an encoded word would be decoded by whoever reads it.
    return _PRINTABLE.fullmatch(line) is not None and "=?" not in line


def _write_phrase(line: str, used: int) -> str:
    phrase = line
    if not _ATOMS.fullmatch(line):
        phrase = '"' + re.sub(r'(["\\])', r"\\\1", line) + '"'
    if _is_plain(line) and used + len(phrase) <= _LINE:
        return phrase
    return "\r\n ".join(_encode_words(line, used))


def _encode_words(line: str, used: int) -> list[str]:
    """Return encoded words of whole characters; the first is to fit a line that is used partly."""
    words: list[str] = []
    chunk, room = b"", _room(used)
    for char in line:
        data = char.encode()
        if len(chunk) + len(data) > room:
            words.append(_encode_word(chunk))
            chunk, room = b"", _room(1)
        chunk += data
    return [*words, _encode_word(chunk)]


def _room(used: int) -> int:
    return (_LINE - used - _OVERHEAD) // 4 * 3


def _encode_word(chunk: bytes) -> str:
    return f"=?utf-8?b?{b64encode(chunk).decode()}?="


def _fold(used: int, words: Iterable[str]) -> str:
    """Return words as lines of at most 76 characters, where none of them is longer."""
    text, width = "", used
    for word in words:
        if text and width + 1 + len(word) > _LINE:
            text, width = f"{text}\r\n {word}", 1 + len(word)
        else:
            text, width = (f"{text} {word}" if text else word), width + bool(text) + len(word)
    return text


def _make_field(name: str, value: str) -> Field:
    """Return a field, having looked whether it is one.

    Raises:
        ValueError: It would end within its value, or has a line that is too long.
    """
    fits = len(name) + 2 + len(value) <= _LONGEST_LINE
    if fits and value.isascii() and value.replace("\r\n ", "").isprintable():
        # Nearly all fields that are written for each recipient anew; their names are our own.
        return Field(name, value.encode())
    lines = value.split("\r\n ")
    longest = max(len(name) + 2, 1) + max(len(line.encode()) for line in lines)
    if not _NAME.fullmatch(name) or longest > _LONGEST_LINE or not all(map(str.isprintable, lines)):
        raise ValueError(f"{name}: {value!r:.80} is no header field; shorten or clean it")
    return Field(name, value.encode())
