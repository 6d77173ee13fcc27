"""One reading of file and environment: every value with its origin, and every fault."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar, cast

from feedpub.config.document import read_document
from feedpub.config.environment import find_unknown, read_environment
from feedpub.config.kinds import InvalidValueError, suggest
from feedpub.config.positions import KeyPath, Positions
from feedpub.config.schema import SETTINGS
from feedpub.config.setting import Setting
from feedpub.errors import ConfigError, locate

T = TypeVar("T")

_SECRET = re.compile(
    r"(^|[_-])(passwords?|passwd|pwd|passphrase|secrets?|tokens?|api_?key|access_?key(_?id)?|private_?key"
    r"|credentials?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from.

    Attributes:
        kind: Of place.
        path: The file or the variable; empty for a default.
        line: From 1; None outside of a file.
        column: From 1.
    """

    kind: Literal["file", "environment", "default"]
    path: str = ""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return locate(self.path, self.line, self.column) if self.path else "default"


_DEFAULT = Origin("default")


@dataclass(slots=True)
class Resolved:
    """All settings of a site, as far as they could be read.

    Attributes:
        path: The file, as it is named in errors.
        sources: How many ``[[sources]]`` there are, at least 1.
        errors: What is wrong, in the order of the file, then the environment.
        warnings: What is odd, a line each.
    """

    path: str
    sources: int = 1
    errors: list[ConfigError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _values: dict[tuple[str, int], tuple[object, object, Origin]] = field(default_factory=dict)
    _failed: set[tuple[str, int]] = field(default_factory=set)

    def get(self, setting: Setting[T], source: int = 0) -> T:
        """Return the value in use; the default where the written one is wrong."""
        found = self._values.get((setting.key, source))
        return cast(T, found[1]) if found else setting.kind.check(setting.default)

    def raw(self, setting: Setting[T], source: int = 0) -> object:
        """Return the value as TOML has it."""
        found = self._values.get((setting.key, source))
        return found[0] if found else setting.default

    def origin(self, setting: Setting[T], source: int = 0) -> Origin:
        """Return where the value in use comes from."""
        found = self._values.get((setting.key, source))
        return found[2] if found else _DEFAULT

    def is_set(self, setting: Setting[T], source: int = 0) -> bool:
        """Return whether anyone wrote the key, rightly or wrongly."""
        place = (setting.key, source)
        return place in self._values or place in self._failed

    def has_failed(self, setting: Setting[T], source: int = 0) -> bool:
        """Return whether the key was written wrongly, which has been reported."""
        return (setting.key, source) in self._failed

    def take(self, setting: Setting[T], value: object, origin: Origin, source: int = 0) -> None:
        """Use a value; the caller handles the ``InvalidValueError`` of a wrong one."""
        self._failed.add((setting.key, source))
        checked = setting.kind.check(value)
        self._failed.discard((setting.key, source))
        self._values[setting.key, source] = (value, checked, origin)

    def sort_errors(self) -> None:
        """Bring the errors into the order of the file; those of the environment come last."""
        self.errors.sort(key=lambda e: (e.path != self.path, e.line or 0, e.column or 0))

    def refuse(self, message: str, setting: Setting[T], source: int = 0) -> None:
        """Add an error about a value that was well-formed on its own."""
        origin = self.origin(setting, source)
        self.errors.append(
            ConfigError(
                message,
                path=origin.path or self.path,
                line=origin.line,
                column=origin.column,
                key=setting.key,
            )
        )


def resolve_settings(path: Path, environ: Mapping[str, str] | None = None) -> Resolved:
    """Read the file and the environment; a wrong key is in ``errors`` of the result.

    Args:
        path: Named in errors as it is given here.
        environ: That of the process if None.

    Raises:
        ConfigError: The file cannot be read at all.
    """
    tree, positions = read_document(path)
    reading = _Reading(Resolved(str(path)), positions)
    reading.read_tree(tree)
    resolved = reading.resolved
    _apply_environment(resolved, os.environ if environ is None else environ)
    resolved.sort_errors()
    return resolved


def _apply_environment(resolved: Resolved, environ: Mapping[str, str]) -> None:
    for variable, (setting, value) in read_environment(environ).items():
        try:
            resolved.take(setting, value, Origin("environment", variable))
        except InvalidValueError as error:
            resolved.errors.append(ConfigError(str(error), path=variable, key=setting.key))
    errors, warnings = find_unknown(environ)
    resolved.errors += errors
    resolved.warnings += warnings


_KNOWN: dict[str, dict[str, Setting[object]]] = {}
for _setting in SETTINGS:
    if _setting.secret:  # to the file it is as strange as any other secret
        continue
    _KNOWN.setdefault(_setting.section, {})[_setting.name] = _setting


class _Reading:
    """Walks the tree of one file and sorts what it finds into values and errors."""

    def __init__(self, resolved: Resolved, positions: Positions) -> None:
        self.resolved, self._positions = resolved, positions

    def read_tree(self, tree: dict[str, object]) -> None:
        for name, value in tree.items():
            if name == "sources":
                self._read_sources(value)
            elif name in _KNOWN[""]:
                self._take(_KNOWN[""][name], value, (name,))
            elif name not in _KNOWN:
                self._refuse_key(name, value, ("",), (name,))
            elif isinstance(value, dict):
                self._read_table(name, value, (name,))
            else:
                self._error(f"{name!r} is a section; write [{name}] on a line of its own", (name,))

    def _read_sources(self, value: object) -> None:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self._error("there may be several sources; write [[sources]]", ("sources",))
            return
        self.resolved.sources = max(1, len(value))
        for index, table in enumerate(value):
            self._read_table("sources", table, ("sources", index), index)

    def _read_table(
        self, section: str, table: dict[str, object], at: KeyPath, source: int = 0
    ) -> None:
        for name, value in table.items():
            if setting := _KNOWN[section].get(name):
                self._take(setting, value, (*at, name), source)
            else:
                self._refuse_key(name, value, (section,), (*at, name))

    def _take(self, setting: Setting[object], value: object, at: KeyPath, source: int = 0) -> None:
        line, column = self._positions.of(at)
        origin = Origin("file", self.resolved.path, line, column)
        try:
            self.resolved.take(setting, value, origin, source)
        except InvalidValueError as error:
            for within, message in error.faults:
                self._error(f"{setting.name}: {message}", (*at, *within), setting.key)

    def _refuse_key(self, name: str, value: object, sections: tuple[str], at: KeyPath) -> None:
        if _SECRET.search(name) and not isinstance(value, dict):
            self._refuse_secret(name, at)
            return
        self._error(_explain_unknown(name, sections[0], isinstance(value, dict)), at, key=True)
        self._look_for_secrets(value, at)

    def _look_for_secrets(self, value: object, at: KeyPath) -> None:
        """Report secrets in a section that is not known, so that they do not stay there."""
        if isinstance(value, dict):
            for name, below in value.items():
                if _SECRET.search(name) and not isinstance(below, dict):
                    self._refuse_secret(name, (*at, name))
                self._look_for_secrets(below, (*at, name))

    def _refuse_secret(self, name: str, at: KeyPath) -> None:
        variable = "FEEDPUB_" + "_".join(str(part) for part in at if isinstance(part, str)).upper()
        instead = f'{variable} or {name}_file = "path"'
        if at[0] == "s3":  # every tool for buckets knows these
            instead = f"AWS_{name.upper()}"
        self._error(
            f"{name!r} is a secret and does not belong in this file; remove it and use the"
            f" environment variable {instead}",
            at,
            key=True,
        )

    def _error(
        self, message: str, at: KeyPath, setting: str | None = None, *, key: bool = False
    ) -> None:
        line, column = self._positions.of_key(at) if key else self._positions.of(at)
        dotted = setting or ".".join(str(part) for part in at if isinstance(part, str))
        self.resolved.errors.append(
            ConfigError(message, path=self.resolved.path, line=line, column=column, key=dotted)
        )


def _explain_unknown(name: str, section: str, is_table: bool) -> str:
    if is_table and not section:
        return f"unknown section [{name}];{suggest(name, [one for one in _KNOWN if one])}"
    where = f" in [{section}]" if section else ""
    homes = [home for home, names in _KNOWN.items() if home != section and name in names]
    hint = suggest(name, list(_KNOWN[section]))
    if homes:
        hint = f" it belongs in [{homes[0]}]" if homes[0] else " it belongs above the first section"
    return f"unknown key {name!r}{where};{hint}"
