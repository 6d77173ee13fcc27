"""What front matter of any kind is read into: text, lists and mappings, no other types."""

Value = str | None | list["Value"] | dict[str, "Value"]
Fields = dict[str, Value]
"""Fields of the front matter by their names as written; null is None, everything else text."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain scalars that YAML 1.2's core schema takes for null."""

FALSE = frozenset({"false", "no", "off", "0", "n"})
TRUE = frozenset({"true", "yes", "on", "1", "y"})

# Names that are folded as most files write them.
_FOLDED = frozenset(
    [
        "title",
        "date",
        "updated",
        "categories",
        "category",
        "tags",
        "author",
        "headimg",
        "thumbnail",
        "cover",
        "comments",
        "layout",
        "description",
        "excerpt",
        "published",
        "draft",
        "toc",
        "permalink",
        "slug",
    ]
)


def fold_names(fields: Fields) -> Fields:
    """Return fields by names without case, ``-`` and ``_``; the first of two equal ones wins."""
    if _FOLDED.issuperset(fields):
        return fields
    folded: Fields = {}
    for name, value in fields.items():
        if not name.islower() or "_" in name or "-" in name:
            name = name.lower().replace("_", "").replace("-", "")
        folded.setdefault(name, value)
    return folded


def is_one_of(value: Value, words: frozenset[str]) -> bool:
    """Return whether a field is one of some words, in any case."""
    return isinstance(value, str) and value.strip().lower() in words
