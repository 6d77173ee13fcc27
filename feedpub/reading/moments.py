"""The fields that hold an article's dates, in the order that counts."""

from collections.abc import Iterator, KeysView

from feedpub.reading.fields import FALSE, TRUE, Fields

# The keys of a mapping: they keep their order and compare quickly with an article's fields.
Names = KeysView[str]
DATES: Names = dict.fromkeys(
    ["date", "pubdate", "publishdate", "published", "publishedat", "datepublished", "created"]
).keys()
HUGO_DATES: Names = dict.fromkeys(["publishdate", *DATES]).keys()
UPDATES: Names = dict.fromkeys(
    ["updated", "lastmod", "modified", "lastmodifiedat", "updateddate", "lastupdated"]
).keys()
EXPIRIES: Names = dict.fromkeys(["expirydate", "expires", "unpublishdate"]).keys()


def find_dates(fields: Fields, names: Names) -> Iterator[tuple[str, str]]:
    """Yield names and texts of those fields that are there and no mere yes or no."""
    if names.isdisjoint(fields):
        return
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.lower() not in TRUE and value.lower() not in FALSE:
            yield name, value
