"""Addresses that say, signed, what a mail to them is about (VERP and its like).

A token in an address has one case only: some servers write addresses in lower case, others all
in capitals, and a bounce has to find its delivery all the same.
"""

import hmac
import re

from feedpub.links import read_tag, tag_address
from feedpub.tokens import Action, Signer

_MAC_BYTES = 13
_TOKEN = re.compile(r"(0|[1-9][0-9]{0,17})-([0-9a-f]{26})", re.ASCII)


def make_return_path(address: str, signer: Signer, delivery: int) -> str:
    """Return the address that bounces of one delivery come back to."""
    return _sign_address(address, signer, Action.BOUNCE, delivery)


def make_unsubscribe_address(address: str, signer: Signer, subscriber: int) -> str:
    """Return the address at which any mail ends the subscription of one subscriber."""
    return _sign_address(address, signer, Action.UNSUBSCRIBE, subscriber)


def make_confirm_address(address: str, signer: Signer, subscriber: int) -> str:
    """Return the address at which any mail confirms the subscription of one subscriber.

    It does not expire by itself: whoever reads the mail asks whether a confirmation is awaited.
    """
    return _sign_address(address, signer, Action.CONFIRM, subscriber)


def read_return_path(address: str, signer: Signer) -> int | None:
    """Return the delivery that a mail to this address is about, None if it is not one of ours."""
    return _read_address(address, signer, Action.BOUNCE)


def read_unsubscribe_address(address: str, signer: Signer) -> int | None:
    """Return the subscriber whom a mail to this address unsubscribes, None if nobody."""
    return _read_address(address, signer, Action.UNSUBSCRIBE)


def read_confirm_address(address: str, signer: Signer) -> int | None:
    """Return the subscriber whom a mail to this address confirms, None if nobody."""
    return _read_address(address, signer, Action.CONFIRM)


def _sign_address(address: str, signer: Signer, action: Action, number: int) -> str:
    return tag_address(address, f"{number}-{_sign(signer, action, str(number))}")


def _read_address(address: str, signer: Signer, action: Action) -> int | None:
    # The address of the site may have a detail of its own: news+weekly+<token>@example.com.
    token = _TOKEN.fullmatch(read_tag(address).rpartition("+")[2].lower())
    if token is None or not hmac.compare_digest(token[2], _sign(signer, action, token[1])):
        return None
    return int(token[1])


def _sign(signer: Signer, action: Action, number: str) -> str:
    # "/" keeps apart from this what the same key signs for links.
    return signer.hash(action, f"mail/{number}")[:_MAC_BYTES].hex()
