"""What front matter of any kind is read into: text, lists and mappings, no other types."""

Value = str | None | list["Value"] | dict[str, "Value"]
Fields = dict[str, Value]
"""Fields of the front matter by their names as written; null is None, everything else text."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain scalars that YAML 1.2's core schema takes for null."""
