"""From settings to the ``Config`` that everything else is given."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin

from feedpub.config import database_schema, schema
from feedpub.config.find import make_absolute
from feedpub.config.load_mail import add_newsletter
from feedpub.config.load_sources import build_sources, check_feeds
from feedpub.config.load_target import build_bucket
from feedpub.config.private import check_private
from feedpub.config.resolve import Resolved, resolve_settings
from feedpub.config.source_values import RemoteConfig
from feedpub.config.values import (
    Config,
    EmbedConfig,
    FeedsConfig,
    PagesConfig,
    ThumbnailsConfig,
)
from feedpub.errors import ConfigErrors
from feedpub.model import Site

LOCAL_URL = "http://localhost:8000/"

_ICON = re.compile(r"https?://[^\s\"'<>\\]+$")


def load_config(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Read a site's settings.

    Args:
        path: The settings file, named in errors as it is given here.
        environ: Whose ``FEEDPUB_*`` override the file; that of the process if None.

    Raises:
        ConfigError: The file cannot be read at all.
        ConfigErrors: All wrong settings.
    """
    resolved = resolve_settings(path, environ)
    root = path.resolve().parent
    config = build_config(resolved, path.resolve())
    check_whole(resolved, config, root)
    config = add_newsletter(resolved, config)
    check_private(resolved, config)
    if resolved.errors:
        resolved.sort_errors()
        raise ConfigErrors(resolved.errors)
    return config


def build_config(resolved: Resolved, path: Path) -> Config:
    """Return the settings as values; wrong ones are at their defaults."""
    root = path.parent
    return Config(
        path=path,
        root=root,
        site=_build_site(resolved, root),
        site_id=resolved.get(schema.SITE_ID),
        sources=build_sources(resolved, root),
        feeds=_build_feeds(resolved, root),
        bucket=build_bucket(resolved),
        remote=RemoteConfig(
            every_min=resolved.get(schema.REMOTE_EVERY),
            budget_s=resolved.get(schema.REMOTE_BUDGET),
        ),
        thumbnails=ThumbnailsConfig(
            mode=resolved.get(schema.THUMBNAILS_MODE),
            placeholders=resolved.get(schema.THUMBNAILS_PLACEHOLDERS),
            budget_s=resolved.get(schema.THUMBNAILS_BUDGET),
        ),
        pages=_build_pages(resolved, root),
        embed=EmbedConfig(
            enabled=resolved.get(schema.EMBED_ENABLED),
            entries=resolved.get(schema.EMBED_ENTRIES),
        ),
        renames=resolved.get(schema.CATEGORIES_RENAME),
        database=resolved.get(database_schema.DATABASE),
        database_password=resolved.get(database_schema.DATABASE_PASSWORD),
        database_password_file=_optional_path(
            root, resolved.get(database_schema.DATABASE_PASSWORD_FILE)
        ),
        jobs=resolved.get(schema.BUILD_JOBS),
        warnings=tuple(resolved.warnings),
    )


def _build_feeds(resolved: Resolved, root: Path) -> FeedsConfig:
    return FeedsConfig(
        folder=make_absolute(root, resolved.get(schema.FEEDS_FOLDER)),
        entries=resolved.get(schema.FEEDS_ENTRIES),
        content=resolved.get(schema.FEEDS_CONTENT),
        archive=resolved.get(schema.FEEDS_ARCHIVE),
        ping=resolved.get(schema.FEEDS_PING),
    )


def _build_pages(resolved: Resolved, root: Path) -> PagesConfig:
    return PagesConfig(
        templates=make_absolute(root, resolved.get(schema.PAGES_TEMPLATES)),
        enabled=resolved.get(schema.PAGES_ENABLED),
        articles=resolved.get(schema.PAGES_ARTICLES),
    )


def _build_site(resolved: Resolved, root: Path) -> Site:
    url = resolved.get(schema.SITE_URL)
    if not url:
        url = LOCAL_URL
        resolved.warnings.append(
            f"{resolved.path}: no site.url, so links go to {LOCAL_URL};"
            ' add url = "https://..." to [site] before others read the feeds'
        )
    folder = PurePosixPath(resolved.get(schema.FEEDS_FOLDER)).name
    return Site(
        title=resolved.get(schema.SITE_TITLE) or root.name or "feedpub",
        url=url,
        feeds_url=resolved.get(schema.FEEDS_URL) or urljoin(url, f"{folder}/"),
        language=resolved.get(schema.SITE_LANGUAGE),
        zone=resolved.get(schema.SITE_TIMEZONE),
        description=resolved.get(schema.SITE_DESCRIPTION),
        author=resolved.get(schema.SITE_AUTHOR),
        copyright=resolved.get(schema.SITE_COPYRIGHT),
        icon=_find_icon(resolved, url),
        hub=resolved.get(schema.FEEDS_HUB),
        ttl_minutes=resolved.get(schema.FEEDS_TTL),
        content=resolved.get(schema.FEEDS_CONTENT),
        id=resolved.get(schema.SITE_ID),
        pages=resolved.get(schema.PAGES_ENABLED),
    )


def _find_icon(resolved: Resolved, url: str) -> str:
    """Return the address of the icon, which may be written as a path; empty without one."""
    written = resolved.get(schema.SITE_ICON)
    if not written:
        return ""
    try:
        icon = urljoin(url, written)
    except ValueError:  # such as "http://[x"
        icon = ""
    if not _ICON.match(icon):
        resolved.refuse(
            f"icon: {written!r} is no web address; write a path such as '/icon.png'",
            schema.SITE_ICON,
        )
        return ""
    return icon


def check_whole(resolved: Resolved, config: Config, root: Path) -> None:
    """Add the errors that only show when settings are seen together."""
    _check_id(resolved)
    _check_sources(resolved, config)
    _check_database(resolved)
    folder = config.feeds.folder
    inside = [root, *(source.path for source in config.sources)]
    if any(place.is_relative_to(folder) for place in inside):
        resolved.refuse(
            f"folder: {str(folder)!r} holds the site's own files; name a folder of its own,"
            ' such as "feeds"',
            schema.FEEDS_FOLDER,
        )
    if config.feeds.ping and not config.site.hub:
        resolved.refuse('ping: nobody to tell; add hub = "https://..."', schema.FEEDS_PING)


def _check_id(resolved: Resolved) -> None:
    if not resolved.is_set(schema.SITE_ID):
        from uuid import uuid4

        resolved.refuse(
            f'no site.id; add this line to [site] and keep it for ever: id = "{uuid4()}"',
            schema.SITE_ID,
        )


def _check_sources(resolved: Resolved, config: Config) -> None:
    names: set[str] = set()
    paths: dict[Path, str] = {}
    check_feeds(resolved)
    for source in config.sources:
        index = source.table
        is_feed = source.type == "feed"
        if source.path in paths and not (is_feed and source.name in names):
            resolved.refuse(
                f"path: the source {paths[source.path]!r} reads this folder already; remove one",
                schema.SOURCE_PATH,
                index,
            )
        elif source.name in names:
            resolved.refuse(
                f"name: two sources are called {source.name!r}; give this one another name",
                schema.SOURCE_NAME
                if resolved.get(schema.SOURCE_NAME, index)
                else (schema.SOURCE_URL if is_feed else schema.SOURCE_PATH),
                index,
            )
        if source.type not in ("folder", "feed") and not resolved.get(schema.SOURCE_NAME, index):
            resolved.refuse(
                "type: the next export's file may have another name, and the name of a source is"
                ' part of its articles\' ids; give it one of its own, such as name = "old-blog"',
                schema.SOURCE_TYPE,
                index,
            )
        names.add(source.name)
        paths.setdefault(source.path, source.name)


def _check_database(resolved: Resolved) -> None:
    written = resolved.get(database_schema.DATABASE)
    from_file = resolved.origin(database_schema.DATABASE).kind == "file"
    if from_file and database_schema.has_password(written):
        resolved.refuse(
            "database: its password does not belong in this file; remove it and use the environment"
            ' variable FEEDPUB_DATABASE_PASSWORD or database_password_file = "path"',
            database_schema.DATABASE,
        )


def _optional_path(root: Path, written: str | None) -> Path | None:
    return None if written is None else make_absolute(root, written)
