"""A category is found by whatever a person may type for it."""

import pytest

from feedpub.catalog.categories import EVERYTHING, CategoryTree
from feedpub.catalog.lookup import look_up
from feedpub.errors import CategoryError

TREE = CategoryTree().grow([("技术", "网络"), ("News", "TCP/IP"), ("News", "China")])


@pytest.mark.parametrize(
    ("asked", "folder"),
    [
        ("技术", "ji-shu"),
        ("技术/网络", "ji-shu/wang-luo"),
        (" 技术 / 网络 /", "ji-shu/wang-luo"),
        ("ji-shu/wang-luo", "ji-shu/wang-luo"),
        ("/ji-shu/wang-luo/", "ji-shu/wang-luo"),
        ("News/TCP/IP", "news/tcp-ip"),
        ("news/tcp-ip", "news/tcp-ip"),
        ("all", "all"),
    ],
)
def test_a_category_is_found_by_its_names_or_its_folder(asked: str, folder: str) -> None:
    assert look_up(TREE, asked).folder == folder


def test_a_renamed_category_is_found_by_its_old_folder() -> None:
    renamed = TREE.rename({("News",): ("Reports",)}).tree

    assert look_up(renamed, "news/china").path == ("Reports", "China")


def test_everything_is_found_by_its_folder() -> None:
    assert look_up(TREE, "all") is EVERYTHING


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("News/Chine", "News/China"),
        ("news/chna", "News/China"),
        ("技术/网路", "技术/网络"),
        ("网络", "技术/网络"),
        ("china", "News/China"),
    ],
)
def test_an_unknown_category_is_answered_with_the_nearest(asked: str, near: str) -> None:
    with pytest.raises(CategoryError) as caught:
        look_up(TREE, asked)

    assert caught.value.category == asked
    assert str(caught.value) == (
        f"no category {asked!r}; did you mean {near!r}? 'feedpub opml' lists all of them"
    )


def test_a_category_like_none_is_answered_with_where_they_are_listed() -> None:
    with pytest.raises(CategoryError) as caught:
        look_up(TREE, "zzz")

    assert str(caught.value) == "no category 'zzz'; 'feedpub opml' lists all of them"


@pytest.mark.parametrize("asked", ["", " / "])
def test_an_empty_name_is_no_category(asked: str) -> None:
    with pytest.raises(CategoryError, match="no category"):
        look_up(TREE, asked)


def test_a_site_without_categories_says_so() -> None:
    with pytest.raises(CategoryError, match="'x'; no article has a category yet"):
        look_up(CategoryTree(), "x")
