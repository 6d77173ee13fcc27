"""Settings by environment: ``FEEDPUB_`` and the key, such as ``FEEDPUB_SITE_URL``."""

from collections.abc import Mapping

from feedpub.config.kinds import suggest
from feedpub.config.schema import SETTINGS
from feedpub.config.setting import Setting
from feedpub.errors import ConfigError

PREFIX = "FEEDPUB_"
_FILE_ONLY = ("sources", "categories")
_SECTIONS = tuple(dict.fromkeys(s.section for s in SETTINGS if s.section))


def variable_of(setting: Setting[object]) -> str | None:
    """Return the variable that sets a key; None for sources and renames, which have none."""
    if setting.section in _FILE_ONLY:
        return None
    return PREFIX + setting.key.upper().replace(".", "_")


_VARIABLES = {name: setting for setting in SETTINGS if (name := variable_of(setting))}


def read_environment(environ: Mapping[str, str]) -> dict[str, tuple[Setting[object], object]]:
    """Return variable to setting and value, as TOML would have given it; empty ones are ignored."""
    return {
        name: (setting, setting.kind.parse(environ[name]))
        for name, setting in _VARIABLES.items()
        if environ.get(name)
    }


def find_unknown(environ: Mapping[str, str]) -> tuple[list[ConfigError], list[str]]:
    """Return errors for variables of a known section without such a key, warnings for near misses.

    Any other ``FEEDPUB_`` variable may belong to someone else and is left alone.
    """
    errors: list[ConfigError] = []
    warnings: list[str] = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in _VARIABLES:
            continue
        if name.startswith(tuple(f"{PREFIX}{section.upper()}_" for section in _SECTIONS)):
            errors.append(ConfigError(_explain(name), path=name))
        elif "did you mean" in (hint := suggest(name, list(_VARIABLES))):
            warnings.append(f"{name}: not a setting, so it does nothing;{hint}")
    return errors, warnings


def _explain(name: str) -> str:
    section = name.removeprefix(PREFIX).partition("_")[0].lower()
    if section in _FILE_ONLY:
        return f"[{section}] can be set in feedpub.toml only; unset the variable"
    known = [one for one in _VARIABLES if one.startswith(f"{PREFIX}{section.upper()}_")]
    return f"no such setting;{suggest(name, known)}"
