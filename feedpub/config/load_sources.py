"""The sources of a site: folders, exports, feeds, and lists of feeds."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from feedpub.config import schema
from feedpub.config.find import make_absolute
from feedpub.config.resolve import Resolved
from feedpub.config.source_values import SourceConfig
from feedpub.errors import FeedError

REMOTE = "remote"
"""Folder below the site's own for what feeds of others bring."""


def build_sources(resolved: Resolved, root: Path) -> tuple[SourceConfig, ...]:
    """Return the sources as values; a list of subscriptions gives one for each feed."""
    found: list[SourceConfig] = []
    for table in range(resolved.sources):
        source = _build_source(resolved, root, table)
        if resolved.get(schema.SOURCE_OPML, table):
            found += _expand(resolved, root, source) or [source]
        else:
            found.append(source)
    return tuple(found)


def _build_source(resolved: Resolved, root: Path, table: int) -> SourceConfig:
    kind, url = resolved.get(schema.SOURCE_TYPE, table), resolved.get(schema.SOURCE_URL, table)
    name, path = _name_source(resolved, root, table)
    categories = resolved.get(schema.SOURCE_CATEGORIES, table)
    names = categories if isinstance(categories, Mapping) else None
    mode = categories if not isinstance(categories, Mapping) else None
    return SourceConfig(
        name=name,
        path=path,
        generator=resolved.get(schema.SOURCE_GENERATOR, table),
        permalink=resolved.get(schema.SOURCE_PERMALINK, table),
        categories=mode or ("several" if kind == "feed" else None),
        dates=resolved.get(schema.SOURCE_DATES, table),
        pictures=tuple(
            make_absolute(root, one) for one in resolved.get(schema.SOURCE_PICTURES, table)
        ),
        exclude=resolved.get(schema.SOURCE_EXCLUDE, table),
        type=kind,
        url=url if kind == "feed" or not url or url.endswith("/") else f"{url}/",
        pages=resolved.get(schema.SOURCE_PAGES, table),
        names=names,
        category=resolved.get(schema.SOURCE_CATEGORY, table),
        private=resolved.get(schema.SOURCE_PRIVATE, table),
        table=table,
    )


def _name_source(resolved: Resolved, root: Path, table: int) -> tuple[str, Path]:
    """Return name and folder of a source; those of a feed follow from where it is."""
    name = resolved.get(schema.SOURCE_NAME, table)
    path = make_absolute(root, resolved.get(schema.SOURCE_PATH, table))
    if resolved.get(schema.SOURCE_TYPE, table) != "feed":
        return name or path.name, path
    written = resolved.get(schema.SOURCE_OPML, table)
    host = (urlsplit(resolved.get(schema.SOURCE_URL, table)).hostname or "").removeprefix("www.")
    name = name or (Path(written).stem if written else host) or "feed"
    if not resolved.is_set(schema.SOURCE_PATH, table):
        path = root / REMOTE / _folder_name(name)
    return name, path


def _expand(resolved: Resolved, root: Path, source: SourceConfig) -> list[SourceConfig]:
    """Return a source for each feed of a list; none, and an error, if it cannot be read."""
    from feedpub.reading.remote import read_opml

    written = resolved.get(schema.SOURCE_OPML, source.table) or ""
    try:
        subscriptions = read_opml(make_absolute(root, written).read_bytes(), path=written)
    except (OSError, FeedError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        resolved.refuse(
            f"opml: {written!r} cannot be used: {reason}", schema.SOURCE_OPML, source.table
        )
        return []
    own_path = resolved.is_set(schema.SOURCE_PATH, source.table)
    base = source.path if own_path else root / REMOTE
    expanded = []
    for feed in subscriptions:
        # By its address, not by its title, which its publisher may change any day.
        name = f"{source.name}/{feed.url.partition('://')[2].rstrip('/')}"
        expanded.append(
            replace(
                source,
                name=name,
                path=base / _folder_name(name),
                url=feed.url,
                category=source.category or feed.folder,
            )
        )
    return expanded


def _folder_name(name: str) -> str:
    """Return a name that every file system takes, and that no other source's becomes."""
    if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,79}", name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    readable = re.sub(r"[^a-z0-9._-]+", "-", name.lower())[:60].strip("-.")
    return f"{readable or 'feed'}-{digest}"


def check_feeds(resolved: Resolved) -> None:
    """Add the errors of feeds whose settings do not go together."""
    for table in range(resolved.sources):
        if resolved.get(schema.SOURCE_TYPE, table) == "feed":
            _check_feed(resolved, table)
        elif resolved.get(schema.SOURCE_OPML, table):
            resolved.refuse(
                'opml: a list of feeds; write type = "feed" beside it', schema.SOURCE_OPML, table
            )


def _check_feed(resolved: Resolved, table: int) -> None:
    url, opml = schema.SOURCE_URL, schema.SOURCE_OPML
    if resolved.has_failed(url, table) or resolved.has_failed(opml, table):
        return
    if resolved.get(url, table) and resolved.get(opml, table):
        resolved.refuse("opml: a source has a url or a list of them, not both", opml, table)
    elif not resolved.get(url, table) and not resolved.get(opml, table):
        resolved.refuse(
            'type: no address to fetch; add url = "https://..." or opml = "file.opml"',
            schema.SOURCE_TYPE,
            table,
        )
