"""The tree of categories: which nodes there are, where they are published, and what a rename does.

Pure: a tree is a value, and growing or renaming it gives another; the store keeps the rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from feedpub.catalog.renames import Renames, rename_path
from feedpub.catalog.slugs import Read, mint_slug
from feedpub.model import Category, CategoryPath

EVERYTHING = Category(0, (), ("all",))
"""The root: every article is in it."""


class Row(NamedTuple):
    """A node as the store keeps it.

    Attributes:
        id: At least 1.
        parent: Row above, None at the top.
        name: Of the node alone.
        slug: As minted.
    """

    id: int
    parent: int | None
    name: str
    slug: str


class CategoryTree:
    """Every node, depth-first by slug, everything first.

    A slug is minted once: growing the tree changes no node that it has.
    """

    def __init__(
        self, nodes: Iterable[Category] = (), aliases: Mapping[str, int] | None = None
    ) -> None:
        """Take nodes in any order.

        Args:
            nodes: Without everything; the parent of each is among them.
            aliases: Folder where a renamed category was published before, to its id.
        """
        self._by_id = {node.id: node for node in (EVERYTHING, *nodes)}
        self._by_path = {node.path: node for node in self._by_id.values()}
        self.aliases: Mapping[str, int] = dict(aliases or {})
        self._children: dict[int, list[Category]] = {}
        for node in sorted(self._by_id.values(), key=lambda node: node.slugs):
            if node.path:
                self._children.setdefault(node.parent or 0, []).append(node)

    @classmethod
    def from_rows(
        cls, rows: Iterable[Row], aliases: Mapping[str, int] | None = None
    ) -> "CategoryTree":
        """Return the tree of stored rows, which may come in any order."""
        by_id = {row.id: row for row in rows}

        def line(row: Row) -> list[Row]:
            rows = [row]
            while (parent := rows[-1].parent) is not None:
                rows.append(by_id[parent])
            return rows[::-1]

        return cls((_node(line(row)) for row in by_id.values()), aliases)

    def to_rows(self) -> Iterator[Row]:
        """Yield the row of each node, parents first."""
        for node in self:
            if node.path:
                yield Row(node.id, node.parent, node.name, node.slugs[-1])

    def __iter__(self) -> Iterator[Category]:
        return iter(self.subtree(0))

    def __len__(self) -> int:
        return len(self._by_id)

    def __getitem__(self, category: int) -> Category:
        return self._by_id[category]

    def find(self, path: CategoryPath) -> Category | None:
        """Return the node of a path, None if there is none."""
        return self._by_path.get(path)

    def children(self, category: int) -> tuple[Category, ...]:
        """Return the nodes right below one, by slug."""
        return tuple(self._children.get(category, ()))

    def subtree(self, category: int) -> list[Category]:
        """Return a node and all below it, depth-first."""
        found, waiting = [], [self._by_id[category]]
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting += reversed(self._children.get(node.id, ()))
        return found

    def ancestors(self, category: int) -> tuple[Category, ...]:
        """Return the nodes above one, everything first; empty for everything."""
        path = self._by_id[category].path
        return tuple(self._by_path[path[:depth]] for depth in range(len(path)))

    def former_folders(self, category: int) -> list[str]:
        """Return where a category was published before it was renamed."""
        return [folder for folder, owner in self.aliases.items() if owner == category]

    def grow(self, paths: Iterable[CategoryPath], *, read: Read | None = None) -> "CategoryTree":
        """Return the tree with a node for each path and each of its prefixes.

        The result depends on the paths, not on their order. It is this very tree if nothing is new.

        Args:
            paths: Of categories.
            read: See ``mint_slug``.
        """
        wanted = {path[:depth] for path in paths for depth in range(1, len(path) + 1)}
        missing = sorted(wanted - self._by_path.keys())
        if not missing:
            return self
        plan = _Plan(self, read=read)
        for path in missing:
            plan.add(path)
        return plan.finish()

    def rename(self, renames: Renames) -> "Renamed":
        """Return the tree after the renames, which does nothing where they are done already.

        A renamed node keeps its id, gets the slug of its new name, and its old folder becomes an
        alias, as does that of each node below it. A node whose new path exists is merged into it.
        """
        moves = {
            node: path for node in self if (path := rename_path(node.path, renames)) != node.path
        }
        if not moves:
            return Renamed(self, {})
        plan = _Plan(self, without=moves)
        # Shorter paths first, so that parents are in place.
        for node, path in sorted(moves.items(), key=lambda move: (len(move[1]), move[1])):
            plan.move(node, path)
        return Renamed(plan.finish(), plan.merged)


def _node(line: list[Row]) -> Category:
    """Return the node at the end of a line of rows, outer to inner."""
    last = line[-1]
    names, slugs = tuple(row.name for row in line), tuple(row.slug for row in line)
    return Category(last.id, names, slugs, last.parent)


@dataclass(frozen=True, slots=True)
class Renamed:
    """What renaming made.

    Attributes:
        tree: After it.
        merged: Id of each node that is gone, to the id of the one that took its articles.
    """

    tree: CategoryTree
    merged: Mapping[int, int]


class _Plan:
    """Nodes and aliases while a tree is changed."""

    def __init__(
        self, tree: CategoryTree, without: Iterable[Category] = (), *, read: Read | None = None
    ) -> None:
        self._read = read
        gone = {node.id for node in without}
        self.by_path = {node.path: node for node in tree if node.id not in gone}
        self.aliases = dict(tree.aliases)
        self.merged: dict[int, int] = {}
        self.last_id = max(node.id for node in tree)
        # A folder stays taken by whoever was ever published there.
        self.owners = {node.folder: node.id for node in tree} | self.aliases

    def add(self, path: CategoryPath) -> Category:
        """Place a new node, its missing parents first."""
        parent = self._parent(path)
        self.last_id += 1
        return self._place(path, parent, self.last_id)

    def _place(
        self, path: CategoryPath, parent: Category, id: int, kept: str | None = None
    ) -> Category:
        above = parent.slugs if parent.path else ()

        def is_taken(slug: str) -> bool:
            return self.owners.get("/".join((*above, slug)), id) != id

        slug = (
            kept if kept and not is_taken(kept) else mint_slug(path[-1], is_taken, read=self._read)
        )
        node = Category(id, path, (*above, slug), parent.id or None)
        self.by_path[path] = node
        self.owners[node.folder] = id
        return node

    def _parent(self, path: CategoryPath) -> Category:
        return self.by_path.get(path[:-1]) or self.add(path[:-1])

    def move(self, node: Category, path: CategoryPath) -> None:
        """Give a node a new path, or merge it into the node that has it."""
        there = self.by_path.get(path) if path else EVERYTHING
        if there is None:
            kept = node.slugs[-1] if node.name == path[-1] else None
            there = self._place(path, self._parent(path), node.id, kept)
        else:
            self.merged[node.id] = there.id
        if node.folder != there.folder:
            self.aliases[node.folder] = there.id

    def finish(self) -> CategoryTree:
        """Return the tree, without the aliases of folders where a category is published again."""
        folders = {node.folder for node in self.by_path.values()}
        aliases = {
            folder: self._survivor(category)
            for folder, category in self.aliases.items()
            if folder not in folders
        }
        return CategoryTree((node for node in self.by_path.values() if node.path), aliases)

    def _survivor(self, category: int) -> int:
        while category in self.merged:
            category = self.merged[category]
        return category
