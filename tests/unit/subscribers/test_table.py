"""A list of subscribers as a file, whoever wrote it."""

import codecs

import pytest

from feedpub.errors import ListError
from feedpub.subscribers.table import open_table
from tests.support.lists import CHINESE, GHOST, PLAIN

ROWS = [(1, ["email", "name"]), (2, ["a@example.com", "Köln"])]


def read(data: bytes, encoding: str = "") -> list[tuple[int, list[str]]]:
    return list(open_table(data, encoding).rows())


@pytest.mark.parametrize(
    "data",
    [
        "email,name\na@example.com,Köln\n".encode(),
        codecs.BOM_UTF8 + "email,name\r\na@example.com,Köln\r\n".encode(),
        "email;name\na@example.com;Köln".encode(),
        "email\tname\na@example.com\tKöln".encode(),
        "email|name\na@example.com|Köln".encode(),
        "\ufeffemail,name\na@example.com,Köln".encode("utf-16-le"),
        "\ufeffemail,name\na@example.com,Köln".encode("utf-16-be"),
        '"email","name"\n" a@example.com ","Köln"\n'.encode(),
        "email,name\ra@example.com,Köln\r".encode(),
    ],
    ids=["plain", "bom", "semicolon", "tab", "bar", "utf-16-le", "utf-16-be", "quoted", "mac"],
)
def test_a_list_is_read_however_it_was_written(data: bytes) -> None:
    assert read(data) == ROWS


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_a_chinese_list_is_read_in_either_encoding(encoding: str) -> None:
    table = open_table(CHINESE.encode(encoding))

    assert next(table.rows()) == (1, ["姓名", "邮箱", "状态"])
    assert table.encoding in ("gb18030", "utf-8")


def test_a_western_list_in_an_old_encoding_loses_no_address() -> None:
    assert read("email;name\na@example.com;é\n".encode("cp1252"))[1][1][0] == "a@example.com"


def test_the_encoding_that_is_given_is_believed() -> None:
    assert read("電子郵件\n".encode("big5"), "big5") == [(1, ["電子郵件"])]


def test_an_encoding_that_cannot_be_is_an_error() -> None:
    with pytest.raises(ListError, match="not readable as ascii"):
        read("邮箱".encode(), "ascii")
    with pytest.raises(ListError, match="not readable as klingon"):
        read(b"a", "klingon")


@pytest.mark.parametrize("data", [b"PK\x03\x04\0\0", b"\xd0\xcf\x11\xe0\0"], ids=["xlsx", "xls"])
def test_a_spreadsheet_that_is_no_csv_is_refused(data: bytes) -> None:
    with pytest.raises(ListError, match="save it as CSV"):
        open_table(data)


@pytest.mark.parametrize("hint", ["sep=;\n", "sep=;\r\n", "SEP=;\n"])
def test_the_hint_of_excel_is_followed(hint: str) -> None:
    rows = read((hint + "email;a,b,c,d\nx@example.com;1\n").encode())

    assert [cells for _, cells in rows] == [["email", "a,b,c,d"], ["x@example.com", "1"]]


def test_a_separator_within_quotes_is_none() -> None:
    rows = read(b'email,name\na@example.com,"Lee; Ann; Dr."\nb@example.com,"Bo; B"\n')

    assert rows[1][1] == ["a@example.com", "Lee; Ann; Dr."]


def test_empty_rows_are_left_out_and_counted() -> None:
    assert [number for number, _ in read(PLAIN.encode())] == [1, 2, 4]


def test_a_line_break_within_quotes_belongs_to_its_row() -> None:
    rows = read(b'email,note\na@example.com,"two\nlines"\nb@example.com,\n')

    assert [number for number, _ in rows] == [1, 2, 3]


def test_lines_of_windows_are_lines() -> None:
    assert len(read(GHOST.encode())) == 3


@pytest.mark.parametrize("length", [1, 1_100_000])
def test_a_cell_without_an_end_is_an_error_and_swallows_nothing(length: int) -> None:
    with pytest.raises(ListError, match="row 2: a quotation mark is never closed"):
        read(b'email,name\na@example.com,"' + b"x" * length + b"\nb@example.com,B\n")


def test_a_cell_that_is_only_too_long_is_called_that() -> None:
    with pytest.raises(ListError, match=r"row 2: .* has over 1000000 characters, .*correct"):
        read(b"email,name\na@example.com," + b"x" * 1_100_000 + b"\nb@example.com,B\n")
