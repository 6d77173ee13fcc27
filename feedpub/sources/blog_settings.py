"""Reading the configuration files of site generators, as far as ``init`` needs them.

Nothing in them is run: of a Python or JavaScript file only plain ``name = "text"`` is taken.
What cannot be read gives nothing, since ``init`` asks for it then.
"""

import ast
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

MAX_BYTES = 256 * 1024

_PAIR = re.compile(r"""["']?\b(\w+)["']?\s*[:=]\s*(["'`])((?:(?!\2)[^\\\n]|\\.)*)\2""")


def read_settings(path: Path) -> dict[str, object]:
    """Return the settings in a file; empty if it is missing, broken or larger than 256 KB."""
    reader = _READERS.get(path.suffix, _read_script)
    try:
        if path.stat().st_size > MAX_BYTES:
            return {}
        found = reader(path.read_text("utf-8-sig", "replace"))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return {}
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else {}


def _read_yaml(text: str) -> object:
    import yaml

    try:
        # Every scalar stays text: "no" is no language of ours, and no tag makes an object.
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 # makes only str, list and dict
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _read_python(text: str) -> object:
    found: dict[str, object] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue  # computed: only running it would tell
    return found


def _read_script(text: str) -> object:
    found: dict[str, object] = {}
    for name, _, value in _PAIR.findall(text):
        found.setdefault(name, re.sub(r"\\(.)", r"\1", value))
    return found


_READERS: Mapping[str, Callable[[str], object]] = {
    ".yml": _read_yaml,
    ".yaml": _read_yaml,
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".py": _read_python,
}


def text_of(settings: Mapping[str, object], *names: str) -> str:
    """Return the first of some settings that is text with something in it, on one line.

    Args:
        settings: As read.
        names: Compared without regard to case; a dot leads into a table.
    """
    for name in names:
        value = _look_up(settings, name)
        if isinstance(value, list | tuple) and value:
            value = value[0]
        if isinstance(value, str):
            line = " ".join(value.split())
            if line := "".join(one for one in line if one.isprintable()):
                return line
    return ""


def table_of(settings: Mapping[str, object], name: str) -> dict[str, object]:
    """Return a table of the settings, empty if there is none."""
    value = _look_up(settings, name)
    return value if isinstance(value, dict) else {}


def _look_up(settings: Mapping[str, object], name: str) -> object:
    value: object = settings
    for part in name.lower().split("."):
        if not isinstance(value, Mapping):
            return None
        value = next((v for k, v in value.items() if str(k).lower() == part), None)
    return value
