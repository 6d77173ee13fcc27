"""What the categories of somebody else's articles are here."""

import pytest

from feedpub.catalog.choosing import choose_categories
from feedpub.model import CategoryPath

NAMES = {"tech": ("新闻", "科技"), "a/b": ("c",), "it": ("新闻", "科技")}


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        ((("Tech",),), (("新闻", "科技"),)),
        ((("TECH",), ("IT",)), (("新闻", "科技"),)),
        ((("A", "B"), ("x",)), (("c",),)),
        ((("x",),), (("其他",),)),
        ((), (("其他",),)),
    ],
)
def test_a_table_names_those_that_count(
    paths: tuple[CategoryPath, ...], found: tuple[CategoryPath, ...]
) -> None:
    assert choose_categories(paths, NAMES, ("其他",)) == found


def test_without_a_table_they_are_taken_as_they_are() -> None:
    assert choose_categories((("b",), ("a",), ("b",)), None, ("c",)) == (("b",), ("a",))
    assert choose_categories((), None, ("c",)) == (("c",),)
    assert choose_categories((), None, ()) == ()


def test_an_empty_table_leaves_all_of_them_out() -> None:
    assert choose_categories((("a",),), {}, ("c",)) == (("c",),)
