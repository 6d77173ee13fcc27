"""The picture that an article names as its own."""

import re

from feedpub.reading.dialect import is_placeholder
from feedpub.reading.fields import Fields, Value

# In this order; names as folded, so "header-img" is "headerimg".
_FIELDS = (
    "cover",
    "thumbnail",
    "headimg",
    "banner",
    "indeximg",
    "img",
    "coverimg",
    "headerimg",
    "heroimage",
    "image",
    "images",
    "featuredimage",
    "featureimage",
    "previewimage",
    "ogimage",
    "bannerimg",
    "topimg",
    "thumb",
    "photos",
)
_NESTED = ("image", "path", "url", "src", "teaser", "overlay_image", "feature")
_FOLDERS = ("extra", "params", "header")
_NOTHING = frozenset(
    {"null", "undefined", "none", "nan", "false", "true", "no", "yes", "transparent"}
)
_LONGEST = 4000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read_cover(fields: Fields, placeholders: tuple[str, ...]) -> str | None:
    """Return the article's picture as written, None if it has none or only a placeholder.

    Args:
        fields: By folded name.
        placeholders: Parts of URLs that mark a placeholder.
    """
    for name in _FIELDS:
        value = fields.get(name)
        if value is None:
            continue
        if value == "false" and name == "cover":
            # The author says that there is to be none.
            return None
        if picture := _first(value, placeholders):
            return picture
    for folder in _FOLDERS:
        inner = fields.get(folder)
        if isinstance(inner, dict):
            picture = _first_of(inner, placeholders)
            if picture:
                return picture
    return None


def _first_of(fields: Fields, placeholders: tuple[str, ...]) -> str | None:
    folded = {name.lower().replace("_", "").replace("-", ""): item for name, item in fields.items()}
    for name in (*_FIELDS, "teaser", "overlayimage"):
        if picture := _first(folded.get(name), placeholders):
            return picture
    return None


def _first(value: Value, placeholders: tuple[str, ...]) -> str | None:
    """Return the first picture of a value: text, a list, or a mapping such as ``{path: ...}``."""
    if isinstance(value, str):
        return _check(value, placeholders)
    if isinstance(value, list):
        return next((p for item in value[:20] if (p := _first(item, placeholders))), None)
    if isinstance(value, dict):
        return next((p for n in _NESTED if (p := _first(value.get(n), placeholders))), None)
    return None


def _check(text: str, placeholders: tuple[str, ...]) -> str | None:
    url = text.strip()
    if "&" in url:
        url = url.replace("&#123;", "{").replace("&#125;", "}").replace("&amp;", "&")
    low = url.lower()
    if not url or low in _NOTHING or len(url) > _LONGEST or url[0] == "#":
        return None
    if "." not in url and "/" not in url:
        return None
    if low.rstrip("/").endswith(("/undefined", "/null")) or "gradient(" in low:
        return None
    scheme = low.partition(":")[0] if ":" in low else ""
    if scheme.isalnum() and scheme not in ("http", "https"):
        return None
    if is_placeholder(low, placeholders) or _CONTROL.search(url):
        return None
    return url
