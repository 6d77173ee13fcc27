"""A list of subscribers as a file, whoever wrote it: its characters, its separators, its rows."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from feedpub.errors import ListError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = (",", ";", "\t", "|")
_LOOKED_AT = 50
_LONGEST_CELL = 1_000_000
_END = "\x01"
"""A row of our own behind the last, to see whether a quotation mark is still open there."""

Row = tuple[int, list[str]]
"""Number of a row, from 1 and with the heading, and its cells without blanks around them."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file, opened.

    Attributes:
        text: All of it.
        encoding: That it was read in.
        separator: Between cells; a line break where there is one cell a row.
    """

    text: str
    encoding: str
    separator: str

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not empty.

        Raises:
            ListError: A quotation mark is never closed, or a cell is too long.
        """
        csv.field_size_limit(_LONGEST_CELL)
        lines = chain(io.StringIO(self.text), ("\n", _END))
        number = 0
        cells: list[str] = []
        try:
            for number, cells in enumerate(csv.reader(lines, delimiter=self.separator), 1):
                cells = [cell.strip() for cell in cells]
                if any(cells) and cells != [_END] and not _is_hint(cells, number):
                    yield number, cells
        except csv.Error as error:
            # Only a cell that is too long is one; whether it was meant to be, nobody can tell.
            raise _unclosed(
                number + 1, f" or a cell has over {_LONGEST_CELL} characters,"
            ) from error
        if cells != [_END]:  # it went into the cell that has no end, with all before it
            raise _unclosed(number)


def _unclosed(row: int, otherwise: str = "") -> ListError:
    return ListError(
        f"row {row}: a quotation mark is never closed,{otherwise} so what follows cannot be told "
        "apart; correct that row"
    )


def open_table(data: bytes, encoding: str = "") -> Table:
    """Return a file as a table.

    Without an encoding it is that of the byte order mark, or UTF-8, or GB18030, which holds GBK
    and GB2312; what is none of them is taken for Windows-1252.

    Raises:
        ListError: It is no text, or not in that encoding.
    """
    text, found = _decode(data, encoding)
    if "\0" in text:
        raise ListError("this is no list of addresses but a binary file; save it as CSV")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Table(text, found, _find_separator(text))


def _decode(data: bytes, encoding: str) -> tuple[str, str]:
    if encoding:
        try:
            return data.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError) as error:
            raise ListError(f"not readable as {encoding}: {error}; try another") from error
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace"), name.removesuffix("-sig")
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace"), "cp1252"


def _find_separator(text: str) -> str:
    """Return what stands between the cells: what makes rows of most, and equally many, cells."""
    first = text.lstrip().partition("\n")[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:  # Excel's own hint
        return first[4]
    sample = "\n".join(text.splitlines()[:_LOOKED_AT])

    def weigh(separator: str) -> tuple[float, int]:
        try:
            rows = list(csv.reader(io.StringIO(sample), delimiter=separator))
        except csv.Error:  # a quotation mark that is never closed; reading the rows tells where
            return 0.0, 0
        widths = [len(row) for row in rows if row]
        widest = max(widths, default=1)
        if widest == 1:
            return 0.0, 0
        usual = max(set(widths), key=widths.count)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0), usual

    return max(_SEPARATORS, key=weigh)


def _is_hint(cells: list[str], number: int) -> bool:
    """Return whether a row is Excel's hint ``sep=;``, which its own separator cuts in two."""
    return number == 1 and cells[0].lower() in ("sep=", "sep") and len("".join(cells)) <= 5
