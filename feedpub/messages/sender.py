"""Who the mails are from: checked once, so that every header written of it is one."""

import re
from dataclasses import dataclass

from feedpub.errors import AddressError
from feedpub.feeds.text import to_uri

# Blanks and what ends, quotes or lists addresses; email_validator has looked at the rest already.
_ADDRESS = re.compile(
    r"""(?:[^\x00-\x20\x7f-\xa0\s<>()\[\],;:\\"@\ud800-\udfff]+|"(?:[^\x00-\x1f\x7f-\xff"\\]|\\[\x20-\x7e])+")"""
    r"@(?P<domain>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
)
_LONGEST_ADDRESS = 254
# Leaves room for "+", ten digits, "-" and a signature in the 64 of RFC 5321, 4.5.3.1.1.
_LONGEST_LOCAL = 26


@dataclass(frozen=True, slots=True)
class Sender:
    """What the mails of a site say of where they come from.

    Attributes:
        name: Before the address in From; plain text, may be empty.
        address: In From; ASCII, but for its domain.
        title: Of the newsletter; plain text.
        bounce_address: Bounces come back to it, with a token behind a ``+``.
        unsubscribe_address: A mail to it, with a token, unsubscribes or confirms.
        reply_to: Where replies go; empty for ``address``.
        web_url: Of the web face, ends with ``/``; empty for none.
        archive_url: Of the sent issues; empty for none.
        help_url: Of a page that says how to subscribe; empty for none.
    """

    name: str
    address: str
    title: str
    bounce_address: str
    unsubscribe_address: str
    reply_to: str = ""
    web_url: str = ""
    archive_url: str = ""
    help_url: str = ""

    def __post_init__(self) -> None:
        """Bring addresses into the form of the wire.

        Raises:
            AddressError: An address is none, or one that others could not reply to.
            ValueError: A URL is none.
        """
        for field in ("address", "bounce_address", "unsubscribe_address", "reply_to"):
            if address := getattr(self, field):
                object.__setattr__(self, field, _check_own(address))
        for field in ("bounce_address", "unsubscribe_address"):
            _check_room(getattr(self, field))
        for field in ("web_url", "archive_url", "help_url"):
            # Angle brackets and commas delimit URLs in the headers of lists (RFC 2369, 2).
            url = to_uri(getattr(self, field)) if getattr(self, field) else ""
            object.__setattr__(self, field, url.replace(",", "%2C"))

    @property
    def domain(self) -> str:
        """The domain of the address in From."""
        return self.address.rpartition("@")[2]

    @property
    def list_id(self) -> str:
        """What programs that sort mail know the newsletter by (RFC 2919)."""
        return f"newsletter.{self.domain}"


def check_address(address: str) -> str:
    """Return an address with its domain in ASCII.

    It holds what the headers rely on, no more: whether it is an address was found out when it
    came in.

    Raises:
        AddressError: It could change the header or the envelope that it is written to.
    """
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        address = f"{local}@{_to_ascii(domain) or domain}"
    if len(address.encode("utf-8", "replace")) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(
        address
    ):
        raise AddressError(f"{address!r:.80} is no address to mail; correct it", address=address)
    return address


def _to_ascii(domain: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return ""


def _check_own(address: str) -> str:
    checked = check_address(address)
    if not checked.isascii():
        raise AddressError(
            f"{address!r:.80} has characters beyond ASCII before the @, so many could not answer; "
            "use another",
            address=address,
        )
    return checked


def _check_room(address: str) -> None:
    local = address.rpartition("@")[0]
    if len(local) > _LONGEST_LOCAL or local.startswith('"'):
        raise AddressError(
            f"{address!r:.80} leaves no room for a token; use an address with at most "
            f"{_LONGEST_LOCAL} characters before the @, and no quotes",
            address=address,
        )
