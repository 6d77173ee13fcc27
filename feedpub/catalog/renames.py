"""What the configured renames make of a category's path."""

from collections.abc import Mapping

from feedpub.model import CategoryPath

Renames = Mapping[CategoryPath, CategoryPath]
"""Old path to new path, as the configuration lists them."""


def rename_path(path: CategoryPath, renames: Renames) -> CategoryPath:
    """Return a path after the renames: the longest prefix that has one, again and again.

    Each rename applies once at most, so that a circle among them ends.
    """
    left = dict(renames)
    while left:
        prefix = next((p for n in range(len(path), 0, -1) if (p := path[:n]) in left), None)
        if prefix is None:
            break
        path = left.pop(prefix) + path[len(prefix) :]
    return path
