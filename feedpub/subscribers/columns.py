"""Which column of a list holds what: the exports of peers, and headings in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedpub.errors import ListError

FIELDS = (
    "address",
    "state",
    "subscribed",
    "unwanted",
    "categories",
    "frequency",
    "language",
    "paused",
    "created",
    "confirmed",
    "unsubscribed",
    "bounced",
    "network",
)
"""What is read of a row; any of them can be named with ``--map``."""

# Headings as `_spell` has them, best first.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "address": (
        "emailaddress", "email", "mail", "address", "subscriberemail", "useremail", "邮箱",
        "电子邮箱", "电子邮件", "邮件地址", "邮箱地址", "电邮", "信箱", "mailaddress", "adresse",
        "correo", "eaddress",
    ),
    "state": ("state", "status", "subscriptionstatus", "状态"),
    "subscribed": ("subscribedtoemails", "subscribed", "issubscribed", "optin"),
    "unwanted": ("emaildisabled", "optedout", "optout", "unsubscribe"),
    "categories": ("categories", "category", "choice", "分类", "栏目"),
    "frequency": ("frequency", "频率"),
    "language": ("language", "lang", "locale", "语言"),
    "paused": ("paused",),
    "created": (
        "created", "createdat", "creationdate", "optintime", "subscribedat", "startdate",
        "subscriptiondate", "订阅时间",
    ),
    "confirmed": ("confirmed", "confirmtime", "confirmedat", "confirmationdate", "确认时间"),
    "unsubscribed": (
        "unsubscribed", "unsubtime", "unsubscribedat", "unsubscriptiondate", "deletedat",
    ),
    "bounced": ("cleantime", "undeliverabilitydate", "bouncedat"),
    "network": ("confirmip", "optinip", "ipaddress", "network", "ip"),
}  # fmt: skip

# What only one program's export has; the first that fits.
_PEERS: Mapping[str, frozenset[str]] = {
    "feedpub": frozenset({"address", "state", "frequency", "categories", "paused"}),
    "mailchimp": frozenset({"emailaddress", "leid", "euid"}),
    "substack": frozenset({"email", "activesubscription"}),
    "listmonk": frozenset({"uuid", "email", "attributes", "status"}),
    "ghost": frozenset({"email", "subscribedtoemails", "complimentaryplan"}),
    "buttondown": frozenset({"tags", "metadata", "notes"}),
}
# Headings that speak of the subscription in the export of one program only.
_OWN_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "buttondown": {"state": ("type", "subscribertype")},
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the fields of a list stand.

    Attributes:
        peer: What wrote it; ``plain`` if nobody that we know.
        places: Field to column, from 0; ``address`` is among them.
        headings: As they stand, empty if there are none.
    """

    peer: str
    places: Mapping[str, int]
    headings: tuple[str, ...]

    def describe(self) -> dict[str, str]:
        """Return the heading of each field, or the number of its column, from 1."""
        return {
            field: self.headings[place] if self.headings else str(place + 1)
            for field, place in self.places.items()
        }


def find_columns(rows: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> Columns:
    """Return where the fields stand.

    Args:
        rows: The first of the file, at least one.
        mapping: Field to heading, or to the number of a column from 1; beats what is found.

    Raises:
        ListError: There is no column of addresses, or none of that name.
    """
    headings = () if _is_data(rows[0]) else tuple(rows[0])
    spelled = [_spell(heading) for heading in headings]
    peer = next((name for name, signs in _PEERS.items() if signs <= set(spelled)), "plain")
    places = _match(spelled, {**_HEADINGS, **_OWN_WORDS.get(peer, {})})
    for field, column in mapping.items():
        places[field] = _find_named(field, column, headings, max(map(len, rows)))
    if "address" not in places:
        places["address"] = _find_addresses(rows, headings)
    return Columns(peer, {field: places[field] for field in FIELDS if field in places}, headings)


def _spell(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.casefold())


def _is_data(row: Sequence[str]) -> bool:
    return any("@" in cell and "." in cell.rpartition("@")[2] for cell in row)


def _match(spelled: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    found = {}
    for field, names in known.items():
        if heading := next((name for name in names if name in spelled), None):
            found[field] = spelled.index(heading)
    return found


def _find_named(field: str, column: str, headings: Sequence[str], width: int) -> int:
    if field not in FIELDS:
        raise ListError(f"no field {field!r}; there are {', '.join(FIELDS)}")
    spelled = [_spell(heading) for heading in headings]
    if _spell(column) in spelled:
        return spelled.index(_spell(column))
    if column.isdecimal() and 1 <= int(column) <= width:
        return int(column) - 1
    there = ", ".join(headings) or f"1 to {width}"
    raise ListError(f"no column {column!r} for {field}; there are {there}")


def _find_addresses(rows: Sequence[Sequence[str]], headings: Sequence[str]) -> int:
    """Return the column in which most cells look like an address."""
    counts: dict[int, int] = {}
    for row in rows:
        for place, cell in enumerate(row):
            if "@" in cell:
                counts[place] = counts.get(place, 0) + 1
    if not counts:
        there = f" ({', '.join(headings)})" if headings else ""
        raise ListError(f"no column of addresses{there}; name it, such as --map address=Contact")
    return max(counts, key=lambda place: (counts[place], -place))
