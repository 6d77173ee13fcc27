"""Which category a person means who types its names or its folder."""

from difflib import SequenceMatcher

from feedpub.catalog.categories import CategoryTree
from feedpub.errors import CategoryError
from feedpub.model import Category

_ALIKE = 0.5
"""From here on somebody may have meant it; what has less in common with it is no help."""


def look_up(tree: CategoryTree, asked: str) -> Category:
    """Return the category that is meant.

    Args:
        tree: Of the catalog.
        asked: Names, outer to inner, with ``/`` between them; or the folder that it is published
            in, or was before it was renamed.

    Raises:
        CategoryError: There is none; names the nearest one.
    """
    wanted = _normalise(asked)
    if wanted:
        for node in tree:
            # A name may hold a slash itself, so it is the whole that is compared.
            if wanted in (_spell(node), node.folder):
                return node
        if wanted in tree.aliases:
            return tree[tree.aliases[wanted]]
    raise CategoryError(f"no category {asked!r}; {_advise(tree, wanted)}", category=asked)


def _normalise(asked: str) -> str:
    return "/".join(part for name in asked.split("/") if (part := name.strip()))


def _spell(node: Category) -> str:
    return _normalise("/".join(node.path))


def _advise(tree: CategoryTree, wanted: str) -> str:
    nodes = list(tree)[1:]
    if not nodes:
        return "no article has a category yet"
    likeness, near = max((_likeness(node, wanted.casefold()), _spell(node)) for node in nodes)
    hint = f"did you mean {near!r}? " if likeness >= _ALIKE else ""
    return f"{hint}'feedpub opml' lists all of them"


def _likeness(node: Category, wanted: str) -> float:
    """Return from 0 to 1 how alike a category is in any of its spellings, the last name too."""
    spellings = (_spell(node), node.folder, node.name, node.slugs[-1])
    return max(SequenceMatcher(None, each.casefold(), wanted).ratio() for each in spellings)
