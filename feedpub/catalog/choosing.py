"""What the categories of somebody else's articles are on our site."""

from collections.abc import Mapping, Sequence

from feedpub.model import CategoryPath


def choose_categories(
    paths: Sequence[CategoryPath],
    names: Mapping[str, CategoryPath] | None,
    fallback: CategoryPath,
) -> tuple[CategoryPath, ...]:
    """Return an article's categories, unique, in its order.

    Args:
        paths: As read.
        names: What they are here, by their names in lower case, a path's parted by ``/``; those
            that it does not name are left out. None takes them as they are.
        fallback: Of an article that is left with none; empty for none.
    """
    found = paths
    if names is not None:
        found = [path for name in map(_fold, paths) if (path := names.get(name))]
    return tuple(dict.fromkeys(found)) or ((fallback,) if fallback else ())


def _fold(path: CategoryPath) -> str:
    return "/".join(path).lower()
