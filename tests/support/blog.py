"""A folder of articles that changes from one build to the next, published into memory."""

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from feedpub.config import Config
from feedpub.embeds.maker import Embeds
from feedpub.embeds.places import oembed_path
from feedpub.model import BuildReport, Site
from feedpub.pages import Pages
from feedpub.publisher import Publisher
from feedpub.testing import FixedClock, MemoryHub, MemoryStore, MemoryTarget, make_publisher
from feedpub.testing import make_config as make_default_config

DATE = "2026-01-01T08:00:00+08:00"
SAME = {"title": "Same", "body": "The same text."}
_FIRST_WRITE = datetime(2025, 12, 1, tzinfo=UTC)


class Blog:
    """One or more sources, a clock and an output that last over many builds.

    Every file gets a time of its own, later than those written before it.
    """

    def __init__(self, root: Path, *sources: str, **changes: Any) -> None:
        self.root = root
        for name in sources or ("posts",):
            (root / name).mkdir(parents=True, exist_ok=True)
        self.config: Config = make_default_config(
            *(root / name for name in sources or ("posts",)), **changes
        )
        self.clock, self.target, self.store = FixedClock(), MemoryTarget(), MemoryStore()
        self.hub: MemoryHub | None = None
        self._writes = 0

    # The editor

    def place(self, path: str) -> Path:
        """Return where ``a.md`` of the first source is, or ``other:a.md`` of another."""
        source, colon, rest = path.rpartition(":")
        return self.root / (source if colon else self.config.sources[0].name) / rest

    def write(self, path: str, body: str | None = None, **fields: object) -> Path:
        """Write an article; title and body follow from the name, a field of None is left out."""
        stem = Path(path.rpartition(":")[2]).stem
        fields = {"title": stem.capitalize(), "date": DATE, **fields}
        lines = [f"{name}: {_yaml(value)}" for name, value in fields.items() if value is not None]
        body = f"Text of {stem}." if body is None else body
        return self.write_bytes(path, "\n".join(["---", *lines, "---", body, ""]).encode())

    def write_bytes(self, path: str, data: bytes) -> Path:
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return self.touch(path)

    def touch(self, path: str, when: datetime | None = None) -> Path:
        place = self.place(path)
        self._writes += 1
        seconds = (when or _FIRST_WRITE).timestamp() + (0 if when else self._writes)
        os.utime(place, (seconds, seconds))
        return place

    def move(self, path: str, there: str) -> None:
        self.place(there).parent.mkdir(parents=True, exist_ok=True)
        self.place(path).rename(self.place(there))

    def copy(self, path: str, there: str) -> None:
        self.place(there).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.place(path), self.place(there))

    def delete(self, path: str) -> None:
        self.place(path).unlink()

    # Settings

    def set(self, **changes: Any) -> None:
        """Change settings; ``site_title`` and the like reach into a section."""
        for name, value in changes.items():
            section, _, field = name.partition("_")
            if hasattr(self.config, section) and field and not hasattr(self.config, name):
                part = replace(getattr(self.config, section), **{field: value})
                self.config = replace(self.config, **{section: part})
            else:
                self.config = replace(self.config, **{name: value})

    def set_source(self, index: int = 0, **changes: Any) -> None:
        sources = list(self.config.sources)
        sources[index] = replace(sources[index], **changes)
        self.config = replace(self.config, sources=tuple(sources))

    def with_pages(self) -> "Blog":
        self.set(pages_enabled=True, site_pages=True)
        return self

    def with_embeds(self) -> "Blog":
        self.set(embed_enabled=True)
        return self

    # Building

    def publisher(self) -> Publisher:
        publisher = make_publisher(
            self.config, target=self.target, store=self.store, clock=self.clock, hub=self.hub
        )
        site, embed = self.config.site, self.config.embed
        if self.config.pages.enabled:
            publisher._setup = replace(
                publisher._setup, make_pages=lambda: _make_pages(site, embed.enabled)
            )
        if embed.enabled:
            publisher._setup = replace(
                publisher._setup, make_embeds=lambda: _make_embeds(site, embed.entries)
            )
        return publisher

    def build(self, *, hours: float = 1, **options: Any) -> BuildReport:
        """Build some hours after the build before."""
        self.clock.advance(hours=hours)
        with self.publisher() as publisher:
            return publisher.build(**options)

    def rewritten(self, **options: Any) -> list[str]:
        """Build and return the paths that changed or went."""
        before = len(self.target.written), len(self.target.deleted)
        self.build(**options)
        return self.target.written[before[0] :] + self.target.deleted[before[1] :]

    # The reader

    def items(self, folder: str = "all") -> list[dict[str, Any]]:
        """Return what a JSON feed shows, newest first."""
        items: list[dict[str, Any]] = json.loads(self.target.files[f"{folder}/feed.json"])["items"]
        return items

    def titles(self, folder: str = "all") -> list[str]:
        return [item["title"] for item in self.items(folder)]

    def item(self, title: str, folder: str = "all") -> dict[str, Any]:
        (found,) = (item for item in self.items(folder) if item["title"] == title)
        return found

    def id(self, title: str) -> str:
        return str(self.item(title)["id"])

    def page_of(self, title: str) -> str:
        """Return the path of an article's own page."""
        url = str(self.item(title)["url"])
        return url.removeprefix(self.config.site.feeds_url)


@cache
def _make_pages(site: Site, embed: bool) -> Pages:
    """Return the same pages for all builds: compiling templates takes longer than a small build."""
    return Pages(site, oembed_path=oembed_path if embed else None)


@cache
def _make_embeds(site: Site, entries: int) -> Embeds:
    return Embeds(site, entries=entries)


def _yaml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
