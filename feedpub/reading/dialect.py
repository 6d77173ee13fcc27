"""How the articles of one source are read."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

PATH_GENERATORS = frozenset({"auto", "hexo", "rsshub"})
"""Generators in which a flat list of categories is one path, outer to inner."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a source says of itself; crosses to the reading processes.

    Attributes:
        zone: Of the site, for dates without a zone of their own.
        generator: ``hexo``, ``jekyll``, ``hugo``, ``eleventy``, ``zola``, ``astro``, ``pelican``,
            ``nikola``, ``rsshub``, or ``auto``, which goes by what each file looks like.
        categories: Whether a flat list is one path or several categories; None: by generator.
        placeholders: Parts of a picture's URL, any case, that mark it as a placeholder.
        permalink: The source's URL pattern; empty without one.
    """

    zone: tzinfo
    generator: str = "auto"
    categories: Literal["path", "several"] | None = None
    placeholders: tuple[str, ...] = ("picsum.photos",)
    permalink: str = ""

    @property
    def one_path(self) -> bool:
        """Whether a flat list of categories is one path."""
        if self.categories is None:
            return self.generator in PATH_GENERATORS
        return self.categories == "path"


def is_placeholder(url: str, placeholders: tuple[str, ...]) -> bool:
    """Return whether a picture only stands in for a missing one, such as a random photograph."""
    low = url.lower()
    for part in placeholders:  # noqa: SIM110 - "any" takes twice as long, for every picture
        if part.lower() in low:
            return True
    return False
