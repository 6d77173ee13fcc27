"""Front matter in TOML and JSON, as text like the YAML."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, time

from feedpub.errors import ArticleError
from feedpub.reading.fields import Fields, Value

MAX_DEPTH = 20
# tomllib takes quadratic time for one name of thousands of parts.
_LONG_NAME = re.compile(rf"(?<![\w\"'-])(?:[\w\"'-]++\s*+\.\s*+){{{MAX_DEPTH}}}(?=[\w\"'])")
_TOML_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


def read_toml(block: str, *, path: str, line: int) -> Fields:
    """Return the fields of a block of TOML; dates come back in ISO 8601.

    Args:
        block: Without fences.
        path: For errors.
        line: Of the file, from 1, on which the block starts.

    Raises:
        ArticleError: Not TOML, or more than 20 levels.
    """
    import tomllib

    if match := _LONG_NAME.search(block):
        raise _too_deep(path, line + block.count("\n", 0, match.start()))
    try:
        return _plain_fields(tomllib.loads(block, parse_float=str), path=path, line=line)
    except tomllib.TOMLDecodeError as error:
        match = _TOML_PLACE.search(str(error))
        message = _TOML_PLACE.sub("", str(error)).strip()
        at, column = (int(match[1]), int(match[2])) if match and match[1] else (1, None)
        raise ArticleError(
            f"{message[:1].lower()}{message[1:]}; correct the TOML",
            path=path,
            line=line + at - 1 if match and match[1] else line,
            column=column,
        ) from error
    except RecursionError as error:
        raise _too_deep(path, line) from error
    except ValueError as error:  # of int(), which takes 4,300 digits
        message = "a number of thousands of digits; put it between quotes"
        raise ArticleError(message, path=path, line=line) from error


def read_json(block: str, *, path: str, line: int) -> Fields:
    """Return the fields of a JSON object; numbers come back as written.

    Args:
        block: With its braces.
        path: For errors.
        line: Of the file, from 1, on which the block starts.

    Raises:
        ArticleError: No JSON object, a field twice, or more than 20 levels.
    """

    def collect(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ArticleError(
                f"'{twice[:40]}' is there twice; remove one", path=path, line=line, field=twice
            )
        return fields

    try:
        value = json.loads(
            block, object_pairs_hook=collect, parse_int=str, parse_float=str, parse_constant=str
        )
    except json.JSONDecodeError as error:
        raise ArticleError(
            f"{error.msg[:1].lower()}{error.msg[1:]}; correct the JSON",
            path=path,
            line=line + error.lineno - 1,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise _too_deep(path, line) from error
    return _plain_fields(value, path=path, line=line)


def _plain_fields(value: object, *, path: str, line: int) -> Fields:
    plain = _plain(value, path, line, 0)
    if isinstance(plain, dict):
        return plain
    raise ArticleError("front matter is no object; write {...}", path=path, line=line, column=1)


def _plain(value: object, path: str, line: int, depth: int) -> Value:
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if not isinstance(value, dict | list):
        return str(value)
    if depth > MAX_DEPTH:
        raise _too_deep(path, line)
    if isinstance(value, dict):
        return {name: _plain(item, path, line, depth + 1) for name, item in value.items()}
    return [_plain(item, path, line, depth + 1) for item in value]


def _too_deep(path: str, line: int) -> ArticleError:
    message = f"nested more than {MAX_DEPTH} levels deep; make it flat"
    return ArticleError(message, path=path, line=line)
