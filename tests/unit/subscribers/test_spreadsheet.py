"""CSV that a spreadsheet shows and does not run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.subscribers.spreadsheet import restore_cell, write_rows

HARMFUL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
CELLS = st.text(st.sampled_from([*"=+-@|%'\\a1;,\"\t\n＝", " "])) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)


def written(*rows: tuple[str, ...]) -> list[list[str]]:
    text = "".join(write_rows(rows))
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://a","x")@x.com',
        "@SUM(1)*cmd|' /C calc'!A0",
        "+1@x.com",
        "-2+3",
        "\t=1",
        "＝1",
        "\r=1",
        "%A1",
        "|calc",
    ],
)
def test_no_cell_can_be_a_formula(cell: str) -> None:
    assert written((cell,))[0][0].startswith("'")


@given(CELLS)
def test_no_cell_begins_with_what_begins_a_formula(cell: str) -> None:
    shown = written(("x", cell))[0][1]

    assert (
        not shown.startswith(HARMFUL)
        or shown.replace(".", "").lstrip("-").isdigit()
        or (set(shown) <= set("-0123456789,."))
    )


@given(CELLS)
def test_every_cell_is_read_back_as_it_was(cell: str) -> None:
    assert restore_cell(written(("x", cell))[0][1]) == cell


def test_rows_come_many_at_a_time() -> None:
    chunks = list(write_rows(("a@example.com",) for _ in range(2500)))

    assert len(chunks) == 3
    assert "".join(chunks).count("\r\n") == 2500
