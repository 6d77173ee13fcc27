"""What somebody chose."""

import pytest

from feedpub.catalog.categories import CategoryTree
from feedpub.errors import CategoryError
from feedpub.subscribers.choices import covers, resolve_choice, tidy_choice

TREE = CategoryTree().grow([("News", "Town"), ("News", "Land"), ("生活", "美食")])


def id_of(*path: str) -> int:
    node = TREE.find(path)
    assert node is not None
    return node.id


@pytest.mark.parametrize("asked", ["生活/美食", "sheng-huo/mei-shi", " 生活 / 美食 "])
def test_a_category_goes_by_its_names_or_its_folder(asked: str) -> None:
    assert resolve_choice(TREE, [asked]) == (id_of("生活", "美食"),)


def test_what_is_below_a_chosen_category_is_chosen_with_it() -> None:
    assert resolve_choice(TREE, ["News/Town", "News", "生活/美食"]) == tuple(
        sorted([id_of("News"), id_of("生活", "美食")])
    )


def test_nothing_and_the_root_mean_all() -> None:
    assert resolve_choice(TREE, []) == ()
    assert tidy_choice(TREE, [0, id_of("News")]) == ()


def test_a_misspelt_category_is_answered_with_the_nearest() -> None:
    with pytest.raises(CategoryError, match="News/Town"):
        resolve_choice(TREE, ["News/Twon"])


def test_a_category_that_is_gone_does_not_turn_into_all() -> None:
    with pytest.raises(CategoryError):
        tidy_choice(TREE, [999])


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ((), True),
        ((id_of("News"),), True),
        ((id_of("News", "Town"),), True),
        ((id_of("News", "Land"),), False),
        ((id_of("生活"),), False),
    ],
    ids=["all", "above", "itself", "beside", "elsewhere"],
)
def test_who_gets_news_of_a_category(choice: tuple[int, ...], expected: bool) -> None:
    assert covers(TREE, choice, id_of("News", "Town")) is expected


def test_who_chose_a_part_gets_news_of_the_whole() -> None:
    assert covers(TREE, (id_of("News", "Land"),), id_of("News"))
