from hypothesis import given
from hypothesis import strategies as st

from feedpub.catalog.categories import EVERYTHING, CategoryTree, Row
from feedpub.catalog.renames import rename_path
from feedpub.model import Category, CategoryPath

names = st.sampled_from(["a", "A", "b", "新闻", "心闻", "🎉", "all", "é", "archive"])
paths = st.lists(names, min_size=1, max_size=3).map(tuple)
path_sets = st.sets(paths, max_size=8)


def grown(*paths: CategoryPath) -> CategoryTree:
    return CategoryTree().grow(paths)


def folders(tree: CategoryTree) -> list[str]:
    return [node.folder for node in tree]


def at(tree: CategoryTree, *path: str) -> Category:
    node = tree.find(path)
    assert node is not None
    return node


# Growing


def test_an_empty_tree_is_everything() -> None:
    assert list(CategoryTree()) == [EVERYTHING]


def test_a_path_makes_a_node_for_each_of_its_prefixes() -> None:
    assert folders(grown(("新媒体", "门户", "新闻"))) == [
        "all",
        "xin-mei-ti",
        "xin-mei-ti/men-hu",
        "xin-mei-ti/men-hu/xin-wen",
    ]


def test_the_tree_is_read_depth_first_by_slug() -> None:
    tree = grown(("b",), ("a", "z"), ("a-b",), ("a", "c"))

    assert folders(tree) == ["all", "a", "a/c", "a/z", "a-b", "b"]


def test_siblings_that_differ_by_case_only_get_different_folders() -> None:
    lower, upper = grown(("News",), ("news",)).children(0)

    assert lower.folder == "news"
    assert upper.folder.startswith("news-")


def test_the_same_name_may_stand_under_two_parents() -> None:
    assert folders(grown(("a", "x"), ("b", "x"))) == ["all", "a", "a/x", "b", "b/x"]


def test_growing_by_nothing_new_is_the_same_tree() -> None:
    tree = grown(("a", "b"))

    assert tree.grow([("a",), ("a", "b"), ()]) is tree


@given(path_sets, path_sets)
def test_growing_changes_no_node_that_is_there(first: set, second: set) -> None:
    tree = CategoryTree().grow(first)

    larger = tree.grow(second)

    assert [larger[node.id] for node in tree] == list(tree)
    assert {node.path for node in larger} >= first | second


@given(st.lists(paths, max_size=8))
def test_the_order_of_articles_does_not_matter(order: list[CategoryPath]) -> None:
    assert list(CategoryTree().grow(order)) == list(CategoryTree().grow(reversed(order)))


@given(path_sets)
def test_folders_are_unique_and_every_node_stands_in_that_of_its_parent(wanted: set) -> None:
    tree = CategoryTree().grow(wanted)

    assert len(set(folders(tree))) == len(tree)
    for node in tree:
        if node.path:
            parent = tree[node.parent or 0]
            assert parent.path == node.path[:-1]
            assert node.slugs[:-1] == (parent.slugs if parent.path else ())


# Asking


def test_a_subtree_begins_with_its_node() -> None:
    tree = grown(("a", "b", "c"), ("a", "d"), ("e",))

    assert [node.path for node in tree.subtree(at(tree, "a").id)] == [
        ("a",),
        ("a", "b"),
        ("a", "b", "c"),
        ("a", "d"),
    ]


def test_the_ancestors_of_a_node_begin_with_everything() -> None:
    tree = grown(("a", "b", "c"))

    assert [node.path for node in tree.ancestors(at(tree, "a", "b", "c").id)] == [
        (),
        ("a",),
        ("a", "b"),
    ]


def test_everything_has_no_ancestors() -> None:
    assert CategoryTree().ancestors(0) == ()


# Keeping


@given(path_sets)
def test_rows_read_back_in_any_order_are_the_same_tree(wanted: set) -> None:
    tree = CategoryTree().grow(wanted)

    rows = list(tree.to_rows())

    assert list(CategoryTree.from_rows(reversed(rows))) == list(tree)


def test_rows_come_parents_first() -> None:
    assert list(grown(("b", "a")).to_rows()) == [Row(1, None, "b", "b"), Row(2, 1, "a", "a")]


# Renaming


def test_a_renamed_category_keeps_its_id_and_leaves_an_alias() -> None:
    tree = grown(("old",))

    renamed = tree.rename({("old",): ("new",)})

    assert at(renamed.tree, "new").id == at(tree, "old").id
    assert folders(renamed.tree) == ["all", "new"]
    assert renamed.tree.aliases == {"old": at(tree, "old").id}
    assert renamed.merged == {}


def test_a_rename_takes_the_nodes_below_along_with_their_slugs() -> None:
    tree = grown(("old", "x"))

    renamed = tree.rename({("old",): ("new",)}).tree

    assert folders(renamed) == ["all", "new", "new/x"]
    assert renamed.aliases == {
        "old": at(tree, "old").id,
        "old/x": at(tree, "old", "x").id,
    }


def test_a_rename_into_another_parent_makes_that_parent() -> None:
    renamed = grown(("x",)).rename({("x",): ("a", "b")}).tree

    assert folders(renamed) == ["all", "a", "a/b"]
    assert at(renamed, "a", "b").id == 1


def test_a_rename_onto_an_existing_category_merges_the_two() -> None:
    tree = grown(("old", "x"), ("old", "y"), ("new", "x"))

    renamed = tree.rename({("old",): ("new",)})

    assert folders(renamed.tree) == ["all", "new", "new/x", "new/y"]
    assert renamed.merged == {
        at(tree, "old").id: at(tree, "new").id,
        at(tree, "old", "x").id: at(tree, "new", "x").id,
    }
    assert renamed.tree.aliases["old"] == at(tree, "new").id


def test_a_category_that_is_renamed_away_altogether_leads_to_everything() -> None:
    renamed = grown(("a", "b")).rename({("a", "b"): ()})

    assert folders(renamed.tree) == ["all", "a"]
    assert renamed.tree.aliases == {"a/b": 0}


def test_an_alias_follows_its_category_through_a_second_rename_and_a_merge() -> None:
    once = grown(("a",), ("c",)).rename({("a",): ("b",)}).tree

    twice = once.rename({("b",): ("c",)}).tree

    assert twice.aliases == {"a": at(twice, "c").id, "b": at(twice, "c").id}


def test_a_renames_done_before_changes_nothing() -> None:
    renames = {("old",): ("new",)}
    tree = grown(("old",)).rename(renames).tree

    assert tree.rename(renames).tree is tree


def test_a_category_may_go_back_to_its_old_folder() -> None:
    there = grown(("a",)).rename({("a",): ("b",)}).tree

    back = there.rename({("b",): ("a",)}).tree

    assert folders(back) == ["all", "a"]
    assert back.aliases == {"b": 1}


def test_a_new_category_never_takes_the_folder_of_an_alias() -> None:
    tree = grown(("old",)).rename({("old",): ("new",)}).tree

    again = tree.grow([("old",)])

    assert at(again, "old").folder.startswith("old-")
    assert again.aliases == tree.aliases


@given(path_sets, st.dictionaries(paths, paths, max_size=3))
def test_after_a_rename_every_old_folder_still_leads_somewhere(wanted: set, renames: dict) -> None:
    tree = CategoryTree().grow(wanted)

    renamed = tree.rename(renames)

    live = {node.folder: node.id for node in renamed.tree}
    for node in tree:
        kept = renamed.merged.get(node.id, node.id)
        assert renamed.tree[kept].path == rename_path(node.path, renames)
        assert live.get(node.folder, renamed.tree.aliases.get(node.folder)) == kept
    assert not live.keys() & renamed.tree.aliases.keys()
    assert len(live) == len(renamed.tree)


@given(path_sets, st.dictionaries(paths, paths, max_size=3))
def test_renamed_paths_find_their_node_without_growing(wanted: set, renames: dict) -> None:
    renamed = CategoryTree().grow(wanted).rename(renames).tree

    assert renamed.grow(rename_path(path, renames) for path in wanted) is renamed
