"""The scanner finds every key and value that tomllib finds, where it stands."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.config.positions import KeyPath, Position, Positions
from feedpub.config.show import to_toml


def paths(value: object, at: KeyPath = ()) -> Iterator[KeyPath]:
    if at:
        yield at
    if isinstance(value, dict):
        for key, below in value.items():
            yield from paths(below, (*at, key))
    if isinstance(value, list):
        for index, below in enumerate(value):
            yield from paths(below, (*at, index))


DOCUMENTS = {
    "plain": 'a = 1\nb = "x"\n',
    "comments": '# a = 1\n\n  b = 2 # c = 3\n[t] # d\n# e\nf = "#"\n',
    "dotted": 'a.b."c d".e = 1\n',
    "quoted keys": '"a.b" = 1\n\'c\' = 2\n"\\u4e2d" = 3\n',
    "tables": "[a]\nx = 1\n[a.b]\ny = 2\n[ c . d ]\nz = 3\n",
    "arrays of tables": "[[s]]\nx = 1\n[[s]]\nx = 2\n[s.t]\ny = 3\n[[s.u]]\nz = 4\n[[s.u]]\n",
    "arrays": "a = [1, [2, 3], # four, [\n \"5]\", '6',\n]\nb = []\n",
    "inline tables": 'a = {b = 1, c.d = "}", e = {}, f = [{g = 1}]}\nh = 2\n',
    "long strings": 'a = """\nx = 1\n[t]\n"""\nb = \'\'\'\ny = "\n\'\'\'\nc = 3\n',
    "quotes at the end": 'a = """x"""""\nb = \'\'\'y\'\'\'\'\'\nc = ""\nd = """"""\ne = 5\n',
    "escapes": 'a = "\\"\\\\"\nb = """\\""" = """\nc = 1\n',
    "dates": "a = 1979-05-27 07:32:00 # x\nb = 07:32:00\nc = 1e6\nd = true\n",
}


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_every_path_of_a_document_has_a_place(text: str) -> None:
    positions = Positions(text)

    known = {*positions.keys, *positions.values}

    assert set(paths(tomllib.loads(text))) <= known


def test_a_value_stands_after_its_key() -> None:
    positions = Positions('[site]\n  title = "T"\n')

    assert positions.keys["site", "title"] == Position(2, 3)
    assert positions.values["site", "title"] == Position(2, 11)


def test_a_column_counts_characters_not_bytes() -> None:
    positions = Positions('a = 1\n"中文" = {"键" = ["值", 2]}\n')

    assert positions.values["中文", "键", 1] == Position(2, 21)


def test_what_has_no_place_is_found_at_what_is_around_it() -> None:
    positions = Positions("\n[site]\n")

    assert positions.of(("site", "missing")) == Position(2, 1)
    assert positions.of(("nothing",)) == Position(1, 1)


KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5)
VALUES = st.recursive(
    st.integers(-9, 9) | st.text(max_size=8, alphabet=st.characters(exclude_categories=["Cs"])),
    lambda below: st.lists(below, max_size=3),
    max_leaves=5,
)


@given(
    top=st.dictionaries(KEYS, VALUES, max_size=3),
    tables=st.dictionaries(KEYS, st.lists(st.dictionaries(KEYS, VALUES, max_size=3), max_size=3)),
)
def test_a_written_document_is_found_again(
    top: dict[str, object], tables: dict[str, list[dict[str, object]]]
) -> None:
    lines = [f"{to_toml(key)} = {to_toml(value)}" for key, value in top.items()]
    for name, ones in tables.items():
        if name not in top:
            for one in ones:
                lines.append(f"[[{to_toml(name)}]]")
                lines += [f"{to_toml(key)} = {to_toml(value)}" for key, value in one.items()]
    text = "\n".join(lines) + "\n"
    positions = Positions(text)

    tree = tomllib.loads(text)

    assert set(paths(tree)) <= {*positions.keys, *positions.values}
    for path, (line, column) in positions.keys.items():
        if isinstance(path[-1], str) and len(path) % 2:
            rest = text.split("\n")[line - 1][column - 1 :]
            assert rest.startswith((to_toml(path[-1]), f"[[{to_toml(path[-1])}"))
