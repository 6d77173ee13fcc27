"""The web server: what is published, and the pages for subscribers."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from feedpub.config import Config

__all__ = ["create_app"]


def create_app(config: "Config | None" = None) -> "Flask":
    """Return the WSGI application of a site: ``gunicorn 'feedpub.web:create_app()'``.

    Args:
        config: Of the site; that of the current folder, or the nearest above it, if None.

    Raises:
        ConfigError: The settings, or the site's key, cannot be used.
    """
    from feedpub.config import find_config, load_config
    from feedpub.web.site import create_site_app

    return create_site_app(config or load_config(find_config(Path.cwd())))
