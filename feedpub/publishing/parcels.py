"""Files to be read, and what they say, as bytes on their way from machine to machine.

JSON, which both sides check by its form alone, and which is written and read as fast as anything
that could run no code. A million files take some 100 MB of it, and a third of that compressed.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from feedpub.catalog.identity import Sighting
from feedpub.ports import File, ReadTask, StoredProblem

_HALVES = "surrogatepass"
"""A text may hold halves of pairs (lone surrogates); as escapes, two of them would become one
character."""

_LEVEL = 1  # a tenth of the time of the usual one, and hardly larger


def pack_files(tasks: Iterable[ReadTask]) -> bytes:
    """Return the files of tasks, which are in the order of their folders."""
    folders = groupby(tasks, key=lambda task: task.folder)
    return _pack([(folder, [task.file for task in some]) for folder, some in folders])


def unpack_files(data: bytes) -> list[tuple[str, File]]:
    """Return folder and file of each, in order."""
    return [(folder, File(*file)) for folder, files in _unpack(data) for file in files]


def pack_findings(findings: Sequence[Sighting | StoredProblem]) -> bytes:
    """Return what files say, or what is wrong with them."""
    return _pack(
        [
            [*found._replace(content=found.content.hex())]  # type: ignore[arg-type] # as JSON has it
            if isinstance(found, Sighting)
            else {"problem": found}
            for found in findings
        ]
    )


def unpack_findings(data: bytes) -> list[Sighting | StoredProblem]:
    """Return them, in order."""
    return [
        StoredProblem(*found["problem"]) if isinstance(found, dict) else _make_sighting(found)
        for found in _unpack(data)
    ]


def _make_sighting(values: list[Any]) -> Sighting:
    values[_CONTENT] = bytes.fromhex(values[_CONTENT])
    values[_CATEGORIES] = tuple(map(tuple, values[_CATEGORIES]))
    values[_WARNINGS] = tuple(values[_WARNINGS])
    return Sighting(*values)


_CONTENT, _CATEGORIES, _WARNINGS = map(
    Sighting._fields.index, ("content", "categories", "warnings")
)


def _pack(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", _HALVES), _LEVEL)


def _unpack(data: bytes) -> Any:
    return json.loads(zlib.decompress(data).decode("utf-8", _HALVES))
