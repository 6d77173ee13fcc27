"""What an address is, and when two of them are the same mailbox."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from feedpub.errors import AddressError

_LONGEST = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)"
# A subset of what email-validator takes, in which it changes nothing but the case of the domain;
# a property test holds the two together. Labels with "--" (IDNA) are left to it.
_PLAIN = re.compile(rf"(?=.{{1,64}}@)({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+[A-Za-z]{{2,63}})")
# Providers that deliver a.b@ and ab@ to one mailbox.
_DOTLESS = ("gmail.com", "googlemail.com")


class Address(NamedTuple):
    """An address that mail can be sent to.

    Attributes:
        text: As mail is sent to it: the local part as given, the domain in ASCII (A-labels).
        mailbox: The same for all spellings of one mailbox.
        needs_utf8: Whether the server has to offer SMTPUTF8 (RFC 6531), for a local part that is
            not ASCII.
    """

    text: str
    mailbox: str
    needs_utf8: bool = False


def parse_address(text: str) -> Address:
    """Return the address that a text is; nothing is looked up.

    Quoted local parts are taken, IP addresses in place of a domain are not, nor are domains that
    no mail can be sent to (RFC 6761), except those below ``.test``, for trying things out.

    Raises:
        AddressError: It is none.
    """
    found = try_address(text)
    if isinstance(found, Address):
        return found
    shown = text if len(text) <= 80 else f"{text[:79]}…"
    raise AddressError(f"{shown!r} is no address: {found}; correct it", address=text)


def try_address(text: str) -> "Address | str":
    """Return the address that a text is, or why it is none, in words that do not repeat it."""
    text = text.strip()
    plain = _PLAIN.fullmatch(text)
    if plain and len(text) <= _LONGEST and "--" not in plain[2]:
        domain = plain[2].lower()
        local = plain[1].lower()
        special, lowered = _library_tables()
        if domain.rpartition(".")[2] not in special:
            kept = local if local in lowered else plain[1]
            return Address(f"{kept}@{domain}", f"{local}@{domain}")
    return _parse_thoroughly(text)


@cache
def _library_tables() -> tuple[frozenset[str], frozenset[str]]:
    """Return the top domains that are refused, and the local parts that RFC 2142 has lower case."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, rfc_constants

    special = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
    return special, frozenset(rfc_constants.CASE_INSENSITIVE_MAILBOX_NAMES)


def _parse_thoroughly(text: str) -> Address | str:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            text,
            allow_quoted_local=True,
            strict=True,
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        return _lower(str(error))
    if "." not in found.ascii_domain:
        return "the part after the @-sign should have a period"
    address = f"{found.local_part}@{found.ascii_domain}"
    local = unicodedata.normalize("NFC", found.local_part.casefold())
    return Address(address, f"{local}@{found.ascii_domain.lower()}", found.smtputf8)


def _lower(reason: str) -> str:
    return f"{reason[:1].lower()}{reason[1:]}".rstrip(".")


def find_person(mailbox: str) -> str:
    """Return what the variants of an address that lead to one person have in common.

    That is good enough to limit what is sent to them, not to tell subscribers apart: a tag after
    ``+`` is left out, and the dots where the provider ignores them.
    """
    local, _, domain = mailbox.rpartition("@")
    if not local.startswith('"'):
        local = local.partition("+")[0] or local
        if domain in _DOTLESS:
            local = local.replace(".", "")
    return f"{local}@{domain}"


def find_domain(address: str) -> str:
    """Return the domain of an address, lower case."""
    return address.rpartition("@")[2].lower()


def mask_address(address: str) -> str:
    """Return an address for a person to recognise, in talk that others may read.

    Example:
        >>> mask_address("zhang.san@example.com")
        'z***@example.com'
    """
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
