"""All settings in use, as TOML that would give the same again."""

import json
import re

from feedpub.config.load_mail import has_mailer
from feedpub.config.resolve import Resolved
from feedpub.config.schema import SETTINGS, SOURCE_PATH, SOURCE_TYPE
from feedpub.config.setting import Setting
from feedpub.links import mask_password

MASK = "***"
"""What is shown of a secret."""


def show_settings(resolved: Resolved, *, origin: bool = False) -> str:
    """Return a TOML document of every setting.

    Args:
        resolved: Without errors.
        origin: Whether each line ends with a comment that says where the value comes from.
    """
    blocks: dict[str, list[str]] = {}
    absent = _find_absent(resolved)
    for setting in SETTINGS:
        if setting.section in absent:
            continue
        if setting.section == "sources":
            for index in range(resolved.sources):
                lines = blocks.setdefault(f"[[sources]]#{index}", [])
                lines += _line(resolved, setting, origin, index)
        elif isinstance(table := resolved.raw(setting), dict):
            blocks[f"[{setting.key}]"] = [f"{to_toml(k)} = {to_toml(v)}" for k, v in table.items()]
        else:
            header = f"[{setting.section}]" if setting.section else ""
            blocks.setdefault(header, []).extend(_line(resolved, setting, origin))
    parts = ["\n".join([header.split("#")[0], *lines]).strip() for header, lines in blocks.items()]
    return "\n\n".join(parts) + "\n"


def _find_absent(resolved: Resolved) -> set[str]:
    """Return the sections that would switch something on by being written, and are not."""
    written = {one.section for one in SETTINGS if not one.secret and resolved.is_set(one)}
    absent = {"newsletter", "mail", "dkim", "bounces"} - written
    return absent if has_mailer(resolved) else absent | {"mail"}


def settings_as_data(resolved: Resolved) -> dict[str, dict[str, object]]:
    """Return key to value and origin; the keys of the second source begin with ``sources[1].``."""
    found: dict[str, dict[str, object]] = {}
    for setting in SETTINGS:
        places = resolved.sources if setting.section == "sources" else 1
        for index in range(places):
            key = setting.key
            if setting.section == "sources":
                key = f"sources[{index}].{setting.name}"
            origin = str(resolved.origin(setting, index))
            value = _mask(resolved.raw(setting, index))
            hidden = setting.secret and resolved.is_set(setting)
            found[key] = {"value": MASK if hidden else value, "origin": origin}
    return found


def _line(resolved: Resolved, setting: Setting[object], origin: bool, source: int = 0) -> list[str]:
    value = _mask(resolved.raw(setting, source))
    if setting.secret and resolved.is_set(setting):
        # A comment, for the key itself is refused in a file.
        return [f"# {setting.name} = {to_toml(MASK)}, from {resolved.origin(setting)}"]
    if not resolved.is_set(setting, source) and (
        setting.required or value in ("", []) or _is_made_up(resolved, setting, source)
    ):
        return []
    comment = f"  # {resolved.origin(setting, source)}" if origin else ""
    return [f"{setting.name} = {to_toml(value)}{comment}"]


def _is_made_up(resolved: Resolved, setting: Setting[object], source: int) -> bool:
    """Return whether a default is not that of the settings: a feed has a folder of its own."""
    return setting.key == SOURCE_PATH.key and resolved.get(SOURCE_TYPE, source) == "feed"


def _mask(value: object) -> object:
    """Return a value without the password of an address that the environment gave."""
    return mask_password(value) if isinstance(value, str) else value


def to_toml(value: object) -> str:
    """Return a text, number, truth value, list or inline table as TOML."""
    if isinstance(value, dict):
        pairs = (f"{to_toml(name)} = {to_toml(one)}" for name, one in value.items())
        return "{ " + ", ".join(pairs) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(to_toml(one) for one in value) + "]"
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return re.sub("\x7f", r"\\u007f", json.dumps(value, ensure_ascii=False))
