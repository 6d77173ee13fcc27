"""YAML front matter as text, from the parser's events: no types, no aliases, no depth.

A loader would make booleans of ``no`` and dates of ``2021.03.04``, and die of 65,000 brackets.
"""

from collections.abc import Iterator
from typing import NoReturn

from feedpub.errors import ArticleError
from feedpub.reading.fields import NULLS, Fields, Value

MAX_DEPTH = 20
_QUOTE = "put the value between quotes"


def read_yaml(block: str, *, path: str, line: int) -> Fields:
    """Return the fields of a block of YAML, every scalar as the text that was written.

    Args:
        block: Without fences; only characters that YAML allows.
        path: For errors.
        line: Of the file, from 1, on which the block starts.

    Raises:
        ArticleError: Not YAML, no mapping, a field twice, an alias, or more than 20 levels.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    reader = _Reader(yaml.parse(block, Loader=loader), path, line)
    try:
        return reader.read_document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "invalid YAML"
        reader.fail(f"{problem}; {_QUOTE}, or correct the YAML", mark, error)
    except yaml.YAMLError as error:
        reader.fail(f"invalid YAML ({error}); {_QUOTE}, or correct the YAML", None, error)


class _Reader:
    """The state of one reading: events to come, and where they stand in the file."""

    def __init__(self, events: "Iterator[object]", path: str, line: int) -> None:
        self._events, self._path, self._line = events, path, line

    def read_document(self) -> Fields:
        import yaml

        fields: Fields = {}
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                fields = self._read_mapping(1)
            elif isinstance(event, yaml.ScalarEvent) and event.value == "":
                continue
            elif isinstance(event, yaml.NodeEvent):
                self.fail("front matter is no list of fields; write lines 'name: value'", event)
        return fields

    def _read_mapping(self, depth: int) -> Fields:
        import yaml

        fields: Fields = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse_alias(event)
                self.fail(f"a list or mapping cannot name a field; {_QUOTE}", event)
            name = event.value
            if name in fields:
                self.fail(f"'{_short(name)}' is there twice; remove one", event, field=name)
            fields[name] = self._read_value(next(self._events), depth)
        return fields

    def _read_value(self, event: object, depth: int) -> Value:
        import yaml

        if isinstance(event, yaml.ScalarEvent):
            plain = event.style is None or event.style == ""
            return None if plain and event.value in NULLS else event.value
        self._refuse_alias(event)
        if depth >= MAX_DEPTH:
            self.fail(f"nested more than {MAX_DEPTH} levels deep; make it flat", event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._read_mapping(depth + 1)
        items: list[Value] = []
        for item in self._events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            items.append(self._read_value(item, depth + 1))
        return items

    def _refuse_alias(self, event: object) -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            name = event.anchor
            self.fail(f"'*{name}' is an alias; write the value out, or {_QUOTE}", event)

    def fail(
        self,
        message: str,
        place: object,
        cause: Exception | None = None,
        *,
        field: str | None = None,
    ) -> NoReturn:
        """Raise the error of this article at an event or a mark."""
        mark = getattr(place, "start_mark", place)
        line = None if mark is None else self._line + getattr(mark, "line", 0)
        column = None if mark is None else getattr(mark, "column", 0) + 1
        raise ArticleError(
            message, path=self._path, line=line, column=column, field=field
        ) from cause


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
