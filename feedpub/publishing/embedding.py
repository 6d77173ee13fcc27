"""The embeds of categories, made of the same entries as their live feeds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedpub.embeds.places import list_paths
from feedpub.model import Category, Entry
from feedpub.publishing.workbench import Workbench

if TYPE_CHECKING:
    from feedpub.pages.views import Card


class Embedding:
    """The embeds of one batch of categories; a card is made once for all of them."""

    def __init__(self, bench: Workbench) -> None:
        """Begin; what is made is put on the bench."""
        self._bench = bench
        self._embeds = bench.recipe.embeds
        self._cards: dict[int, Card] = {}

    def make(self, category: Category, entries: Sequence[tuple[int, Entry]]) -> None:
        """Make the files of a category, or take them down if there are to be none.

        Args:
            category: With its id.
            entries: Of its live feed, by row, newest first.
        """
        aliases = self._bench.recipe.tree.former_folders(category.id)
        if self._embeds is None:
            self._drop((category.folder, *aliases))
            return
        shown = entries[: self._embeds.entries]
        for row, entry in shown:
            if row not in self._cards:
                self._cards[row] = self._embeds.make_card(entry)
        cards = [self._cards[row] for row, _ in shown]
        files = self._embeds.make(category, cards)
        for folder in aliases:
            files |= self._embeds.copy(category, files, folder)
        for path, data in files.items():
            self._bench.stage(path, data)

    def _drop(self, folders: Sequence[str]) -> None:
        paths = (path for folder in folders for path in list_paths(folder))
        self._bench.made.obsolete += [path for path in paths if self._bench.target.exists(path)]
