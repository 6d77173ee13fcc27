"""The settings file as a tree with positions, or one error that says where it cannot be read."""

import re
import tomllib
from pathlib import Path

from feedpub.config.positions import Position, Positions
from feedpub.errors import ConfigError

_PLACE = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")


def read_document(path: Path) -> tuple[dict[str, object], Positions]:
    """Return the tree of a TOML file and where everything in it stands.

    Raises:
        ConfigError: The file cannot be read, is not UTF-8 or is not TOML.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"cannot be read: {reason}", path=str(path)) from error
    text = _decode(data, str(path))
    try:
        return tomllib.loads(text), Positions(text)
    except tomllib.TOMLDecodeError as error:
        raise _explain(error, text, str(path)) from error
    except RecursionError as error:
        raise ConfigError("nested too deeply", path=str(path)) from error


def _decode(data: bytes, path: str) -> str:
    try:
        # Notepad writes a byte-order mark, which TOML does not know.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        line, column = _end_of(before)
        raise ConfigError(
            f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8",
            path=path,
            line=line,
            column=column,
        ) from error


def _end_of(text: str) -> Position:
    return Position(text.count("\n") + 1, len(text) - text.rfind("\n"))


def _explain(error: tomllib.TOMLDecodeError, text: str, path: str) -> ConfigError:
    message, place = str(error), _PLACE.search(str(error))
    line, column = _end_of(text)
    if place:
        message = message[: place.start()]
        if place[1]:
            line, column = int(place[1]), int(place[2])
    message = message[:1].lower() + message[1:]
    return ConfigError(
        f"not TOML: {message}{_hint(text, line)}", path=path, line=line, column=column
    )


def _hint(text: str, line: int) -> str:
    written = text.split("\n")[line - 1]
    if re.search(r"[“”‘’＝]", written):
        return "; use straight quotes and signs: \" ' ="
    if re.match(r"\s*[A-Za-z0-9_-]+\s*:", written):
        return '; write key = "value", with = instead of :'
    if re.match(r"\s*[A-Za-z0-9_-]+\s*=\s*[^\s\"'\[{\d+-]", written):
        return '; put text in quotes: key = "value"'
    if re.match(r"\s*[A-Za-z0-9_-]+\s*=\s*\"[^\"]*\\", written):
        return "; write / instead of \\ in a path, or put it in 'single quotes'"
    return ""
