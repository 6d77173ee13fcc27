"""Categories and tags, each generator in its own way."""

from feedpub.model import CategoryPath
from feedpub.reading.dialect import Dialect
from feedpub.reading.fields import Fields, Value
from feedpub.reading.text import plain_line

_LONGEST_NAME = 200
DEEPEST = 20
MOST = 100
"""Every category has feeds of its own, so that one article must not ask for thousands."""

_COMMAS = frozenset({"auto", "eleventy", "zola", "astro", "hugo"})


def read_categories(fields: Fields, path: str, dialect: Dialect) -> tuple[CategoryPath, ...]:
    """Return the paths of an article's categories, unique, in the order written; see ``limit``.

    Args:
        fields: By folded name.
        path: Within the source; Jekyll and Pelican take categories from folders.
        dialect: Of the source.
    """
    generator = dialect.generator
    value = fields.get("categories")
    single = fields.get("category")
    taxonomies = fields.get("taxonomies")
    if value is None and isinstance(taxonomies, dict):
        value = taxonomies.get("categories") or taxonomies.get("category")
    paths = _read_one(single, generator) + _read_many(value, generator, dialect.one_path)
    if generator == "jekyll":
        paths = _jekyll_folders(path) + paths
    elif generator == "pelican" and not paths:
        paths = _pelican_folder(path)
    return tuple(dict.fromkeys(paths)) if len(paths) > 1 else tuple(paths)


def limit(paths: tuple[CategoryPath, ...]) -> tuple[tuple[CategoryPath, ...], str | None]:
    """Return as much of an article's categories as is published, and what is wrong with more."""
    if len(paths) > MOST:
        return paths[:MOST], f"{len(paths)} categories; only the first {MOST} count, write fewer"
    if any(len(path) > DEEPEST for path in paths):
        deepest = max(map(len, paths))
        return (
            tuple(dict.fromkeys(path[:DEEPEST] for path in paths)),
            f"a category {deepest} levels deep; only the first {DEEPEST} count, make it flatter",
        )
    return paths, None


def read_tags(fields: Fields, generator: str) -> tuple[str, ...]:
    """Return an article's tags, unique, in the order written."""
    names: list[str] = []
    for field in ("tag", "tags"):
        value = fields.get(field)
        if value is None and field == "tags":
            taxonomies = fields.get("taxonomies")
            value = taxonomies.get("tags") if isinstance(taxonomies, dict) else None
        if isinstance(value, str):
            value = _split(value, generator, tags=field == "tags")
        names += [name for item in _items(value) if (name := _name(item))]
    return tuple(dict.fromkeys(names))


def _read_one(value: Value, generator: str) -> list[CategoryPath]:
    if value is None:
        return []
    if isinstance(value, str) and generator == "nikola" and "/" in value:
        return [path] if (path := _path(value.split("/"))) else []
    return _several(value)


def _read_many(value: Value, generator: str, one_path: bool) -> list[CategoryPath]:
    if isinstance(value, str):
        return _several(_split(value, generator, tags=False))
    if not isinstance(value, list):
        return _several(value)
    if any(isinstance(item, list) for item in value):
        # Hexo: a list of lists is several paths; a name among them is a path of its own.
        return [path for item in value if (path := _path(_items(item)))]
    if one_path:
        return [path] if (path := _path(value)) else []
    return _several(value)


def _several(value: Value) -> list[CategoryPath]:
    return [(name,) for item in _items(value) if (name := _name(item))]


def _path(items: list[Value] | list[str]) -> CategoryPath:
    return tuple([name for item in items if (name := _name(item))])


def _items(value: Value) -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _name(value: Value) -> str:
    if isinstance(value, dict):
        # "- AI: news" is a mapping to YAML and a name to whoever pasted it.
        value = ": ".join(f"{key}: {item}" for key, item in value.items() if isinstance(item, str))
    return plain_line(value, longest=_LONGEST_NAME) if isinstance(value, str) else ""


def _split(value: str, generator: str, *, tags: bool) -> list[Value]:
    if generator == "jekyll":
        return [*value.split()]
    if tags and generator in ("pelican", "nikola"):
        return [*value.split(";" if ";" in value else ",")]
    if generator in _COMMAS and "," in value:
        return [*value.split(",")]
    return [value]


def _jekyll_folders(path: str) -> list[CategoryPath]:
    folders = path.split("/")[:-1]
    if "_posts" not in folders:
        return []
    return [(name,) for name in folders[: folders.index("_posts")] if name]


def _pelican_folder(path: str) -> list[CategoryPath]:
    folder = path.rpartition("/")[0].rpartition("/")[2]
    return [(folder,)] if folder else []
