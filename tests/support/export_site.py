"""A site that was moved: its only source is an export of another system."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feedpub.config import load_config
from feedpub.model import BuildReport
from feedpub.wiring import create_site, open_site

SITE = """
[site]
id = "0b5f3c1e-6c1d-4c39-9d6a-3a1d2f4b5c6d"
title = "Moved"
url = "https://new.example/"

[[sources]]
name = "old"
type = "{kind}"
path = "{path}"
{more}
"""
NOW = datetime(2026, 1, 2, tzinfo=UTC)


class ExportSite:
    """A site whose only source is an export.

    Attributes:
        root: Its folder.
        export: Where the export is expected.
    """

    def __init__(self, root: Path, kind: str, path: str, more: str = "") -> None:
        self.root, self.export = root, root / path
        (root / "feedpub.toml").write_text(SITE.format(kind=kind, path=path, more=more))
        create_site(load_config(root / "feedpub.toml", {}))

    def build(self, **options: Any) -> BuildReport:
        config = load_config(self.root / "feedpub.toml", {})
        with open_site(config, clock=lambda: NOW) as publisher:
            return publisher.build(offline=True, **options)

    def items(self) -> list[dict[str, Any]]:
        feed = json.loads((self.root / "feeds/all/feed.json").read_bytes())
        items: list[dict[str, Any]] = feed["items"]
        return items

    def titles(self) -> list[str]:
        return sorted(item["title"] for item in self.items())
