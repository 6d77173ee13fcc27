from feedpub.catalog.renames import rename_path


def test_a_rename_covers_everything_below() -> None:
    assert rename_path(("a", "x"), {("a",): ("b", "c")}) == ("b", "c", "x")


def test_a_path_without_a_rename_stays() -> None:
    assert rename_path(("ab",), {("a",): ("b",)}) == ("ab",)


def test_the_longest_prefix_wins() -> None:
    renames = {("a",): ("b",), ("a", "x"): ("c",)}

    assert rename_path(("a", "x", "y"), renames) == ("c", "y")


def test_renames_made_one_after_the_other_are_followed() -> None:
    assert rename_path(("a",), {("a",): ("b",), ("b",): ("c",)}) == ("c",)


def test_a_circle_ends() -> None:
    assert rename_path(("a",), {("a",): ("b",), ("b",): ("a",)}) == ("a",)
