"""What somebody chose: categories, each with all that is below it."""

from collections.abc import Iterable

from feedpub.catalog.categories import EVERYTHING, CategoryTree
from feedpub.catalog.lookup import look_up
from feedpub.errors import CategoryError
from feedpub.model import Choice


def resolve_choice(tree: CategoryTree, asked: Iterable[str]) -> Choice:
    """Return the choice that names, paths or folders mean.

    Raises:
        CategoryError: There is no such category; names the nearest.
    """
    return tidy_choice(tree, (look_up(tree, one).id for one in asked))


def tidy_choice(tree: CategoryTree, chosen: Iterable[int]) -> Choice:
    """Return a choice without categories below another chosen one; nothing, or the root, is all.

    Raises:
        CategoryError: One of them is not there.
    """
    there = {node.id for node in tree}
    wanted = set(chosen)
    if lost := sorted(wanted - there):
        # An empty choice would mean all, which nobody asked for.
        raise CategoryError(
            f"no category {lost[0]}; 'feedpub opml' lists all of them", category=str(lost[0])
        )
    if EVERYTHING.id in wanted:
        return ()

    def stands_alone(one: int) -> bool:
        return not any(node.id in wanted for node in tree.ancestors(one))

    return tuple(sorted(filter(stands_alone, wanted)))


def covers(tree: CategoryTree, choice: Choice, category: int) -> bool:
    """Return whether somebody gets any news of a category: of it, of one above or below it."""
    if not choice or category == EVERYTHING.id:
        return True
    near = {node.id for node in (*tree.ancestors(category), *tree.subtree(category))}
    return not near.isdisjoint(choice)
