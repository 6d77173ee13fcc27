"""Who wrote an article."""

from feedpub.reading.fields import Fields, Value
from feedpub.reading.text import plain_line


def read_authors(fields: Fields) -> tuple[str, ...]:
    """Return an article's authors, unique, in the order written."""
    names: list[str] = []
    for field in ("author", "authors"):
        value = fields.get(field)
        if value is None:
            continue
        if isinstance(value, str) and (field == "authors" or ";" in value):
            value = [*value.split(";" if ";" in value else ",")]
        for item in value if isinstance(value, list) else [value]:
            name = _author_name(item)
            if name and name not in names:
                names.append(name)
    return tuple(names)


def _author_name(value: Value) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("nick") or value.get("display_name")
    return plain_line(value, longest=200) if isinstance(value, str) else ""
