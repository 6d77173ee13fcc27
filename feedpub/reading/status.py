"""What keeps an article from being published."""

from feedpub.reading.fields import FALSE, TRUE, Fields, is_one_of

_HIDDEN = frozenset({"draft", "drafts", "hidden", "skip", "private"})


def is_draft(fields: Fields, path: str) -> bool:
    """Return whether the author does not publish an article yet, or anywhere."""
    if "_drafts/" in path and "/_drafts/" in f"/{path}":
        return True
    if is_one_of(fields.get("draft"), TRUE) or is_one_of(fields.get("published"), FALSE):
        return True
    if is_one_of(fields.get("eleventyexcludefromcollections"), TRUE):
        return True
    return is_one_of(fields.get("headless"), TRUE) or is_one_of(fields.get("status"), _HIDDEN)


def is_protected(fields: Fields) -> bool:
    """Return whether an article takes a password to read."""
    value = fields.get("password")
    return value is not None and value != "" and not is_one_of(value, FALSE - {"0"})
