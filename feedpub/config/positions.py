"""Where each key and value of a TOML document stands, which :mod:`tomllib` does not tell.

The document has been read by tomllib already, so it is known to be valid and this scanner only
has to walk over it.
"""

import re
import tomllib
from bisect import bisect_right
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
"""Keys and, within arrays, indexes from 0."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'  # up to two more quotes may belong to the text
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_ATOM = re.compile(r"[^,\]}\n#]*")


class Position(NamedTuple):
    """A place in the document, both from 1; the column counts characters."""

    line: int
    column: int


class Positions:
    """The places of all keys and values of one document.

    Attributes:
        keys: Path to the place of its last key (of its header for a table).
        values: Path to the place where the value begins; no entry for a ``[table]``.
    """

    def __init__(self, text: str) -> None:
        self.keys: dict[KeyPath, Position] = {}
        self.values: dict[KeyPath, Position] = {}
        self._text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._counts: dict[KeyPath, int] = {}
        self._scan()

    def of(self, path: KeyPath) -> Position:
        """Return the place of a value, else of its key, else of the nearest thing around it."""
        while path:
            if found := self.values.get(path) or self.keys.get(path):
                return found
            path = path[:-1]
        return Position(1, 1)

    def of_key(self, path: KeyPath) -> Position:
        """Return the place of a key, else of the nearest thing around it."""
        return self.keys.get(path) or self.of(path)

    def _at(self, offset: int) -> Position:
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1] + 1)

    def _scan(self) -> None:
        path: KeyPath = ()
        offset = self._skip(_BLANK, 0)
        while offset < len(self._text):
            if self._text[offset] == "[":
                path, offset = self._header(offset)
            else:
                offset = self._pair(offset, path)
            offset = self._skip(_BLANK, offset)

    def _skip(self, pattern: re.Pattern[str], offset: int) -> int:
        match = pattern.match(self._text, offset)
        return match.end() if match else offset

    def _header(self, offset: int) -> tuple[KeyPath, int]:
        several = self._text.startswith("[[", offset)
        names, end = self._dotted_key(offset + (2 if several else 1))
        path = (*self._resolve([name for name, _ in names[:-1]], offset), names[-1][0])
        if several:
            self._counts[path] = self._counts.get(path, -1) + 1
        if path in self._counts:
            self.keys.setdefault(path, self._at(offset))
            path = (*path, self._counts[path])
        self.keys.setdefault(path, self._at(offset))
        return path, end + (2 if several else 1)

    def _resolve(self, names: list[str], offset: int) -> KeyPath:
        """Return the path of a header's outer names, within the newest of each array."""
        path: KeyPath = ()
        for name in names:
            path = (*path, name)
            self.keys.setdefault(path, self._at(offset))
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _dotted_key(self, offset: int) -> tuple[list[tuple[str, int]], int]:
        names: list[tuple[str, int]] = []
        while True:
            offset = self._skip(_SPACE, offset)
            end = self._skip(_BARE_KEY, offset)
            if end == offset:
                end = self._skip(_STRING, offset)
            names.append((_key_text(self._text[offset:end]), offset))
            offset = self._skip(_SPACE, end)
            if self._text[offset : offset + 1] != ".":
                return names, offset
            offset += 1

    def _pair(self, offset: int, table: KeyPath) -> int:
        names, offset = self._dotted_key(offset)
        path = table
        for name, place in names:
            path = (*path, name)
            self.keys.setdefault(path, self._at(place))
        return self._value(self._skip(_SPACE, offset + 1), path)

    def _value(self, offset: int, path: KeyPath) -> int:
        self.values[path] = self._at(offset)
        first = self._text[offset]
        if first == "[":
            return self._array(offset + 1, path)
        if first == "{":
            return self._inline_table(offset + 1, path)
        return self._skip(_STRING if first in "\"'" else _ATOM, offset)

    def _array(self, offset: int, path: KeyPath) -> int:
        index = 0
        while self._text[offset := self._skip(_BLANK, offset)] != "]":
            offset = self._skip(_BLANK, self._value(offset, (*path, index)))
            index += 1
            offset += self._text[offset] == ","
        return offset + 1

    def _inline_table(self, offset: int, path: KeyPath) -> int:
        while self._text[offset := self._skip(_BLANK, offset)] != "}":
            offset = self._skip(_BLANK, self._pair(offset, path))
            offset += self._text[offset] == ","
        return offset + 1


def _key_text(written: str) -> str:
    if written[:1] not in ('"', "'"):
        return written
    (name,) = tomllib.loads(f"{written} = 0")
    return name
