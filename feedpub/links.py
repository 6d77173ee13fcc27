"""The addresses that a mail's links and replies go to; composer, web face and bounces share them.

A web address is ``<web.url><letter>/<token>``. A mail address carries its token behind a ``+``,
which RFC 5233 calls the detail and most servers deliver as if it were not there.
"""

import re
from enum import StrEnum
from urllib.parse import quote


class Place(StrEnum):
    """The page that a token opens; the first part of its path."""

    CONFIRM = "c"
    UNSUBSCRIBE = "u"
    PREFERENCES = "p"
    ADDRESS = "a"
    EXPORT = "x"
    ERASE = "e"


SUBSCRIBE = "subscribe"
"""The page that needs no token; the last part of its path."""


def subscribe_url(web_url: str, folder: str = "") -> str:
    """Return where a stranger asks for the newsletter.

    Args:
        web_url: Ends with ``/``, here and below.
        folder: Of a category that is to be ticked already, as it is published in; empty for none.
    """
    query = f"?category={quote(folder, safe='/')}" if folder else ""
    return f"{web_url}{SUBSCRIBE}{query}"


def confirm_url(web_url: str, token: str) -> str:
    """Return where a subscription is confirmed."""
    return f"{web_url}{Place.CONFIRM}/{token}"


def unsubscribe_url(web_url: str, token: str) -> str:
    """Return where one unsubscribes: a page by GET, one click by POST (RFC 8058)."""
    return f"{web_url}{Place.UNSUBSCRIBE}/{token}"


def preferences_url(web_url: str, token: str) -> str:
    """Return where somebody chooses what they get."""
    return f"{web_url}{Place.PREFERENCES}/{token}"


def address_url(web_url: str, token: str) -> str:
    """Return where a new address is confirmed."""
    return f"{web_url}{Place.ADDRESS}/{token}"


def export_url(web_url: str, token: str) -> str:
    """Return where somebody downloads what is known of them."""
    return f"{web_url}{Place.EXPORT}/{token}"


def erase_url(web_url: str, token: str) -> str:
    """Return where somebody has all that is known of them erased."""
    return f"{web_url}{Place.ERASE}/{token}"


def tag_address(address: str, token: str) -> str:
    """Return a mail address that carries a token: ``bounce+<token>@example.com``."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


def read_tag(address: str) -> str:
    """Return the token that a mail address carries, ``""`` for none."""
    local = address.strip().strip("<>").rpartition("@")[0]
    return local.partition("+")[2]


def mask_password(url: str) -> str:
    """Return an address in which nobody reads a password."""
    shown = re.sub(r"(\w+://[^:/@?\s]*):[^@/\s]*@", r"\1:***@", url)
    return re.sub(r"([?&](?:ssl)?password=)[^&\s]*", r"\1***", shown)
