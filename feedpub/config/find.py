"""Where the settings file is, and where the paths in it lead."""

import os
from pathlib import Path

from feedpub.errors import ConfigError

CONFIG_NAME = "feedpub.toml"


def find_config(start: Path) -> Path:
    """Return the absolute path of the nearest ``feedpub.toml``, from a folder upwards.

    Raises:
        ConfigError: There is none.
    """
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / CONFIG_NAME).is_file():
            return candidate / CONFIG_NAME
    raise ConfigError(
        f"no {CONFIG_NAME} here or in a folder above; make one with: feedpub init"
        "  (or name the site's folder: feedpub -C DIR ...)",
        path=str(folder),
    )


def make_absolute(root: Path, written: str) -> Path:
    """Return a path of the settings as seen from the site's folder; ``~`` is the user's home."""
    # Not resolve(): a folder that is a symlink today may be another one tomorrow.
    return Path(os.path.normpath(root / Path(written).expanduser()))
