"""Short unforgeable names for what a mail's links do; one key an action, none opens another.

A token is ``<number in base 36>-<22 characters>``: an HMAC-SHA-256, cut to 128 bits, over the
action and the number. It is short since a List-Unsubscribe header must stay on one line.
"""

import hmac
from base64 import urlsafe_b64encode
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

_MAC_BYTES = 16
_MAC_CHARS = 22
# RFC 2104: the key, filled up to a block of the hash, is hashed before the text and before that.
_BLOCK_BYTES = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class Action(StrEnum):
    """What a token allows, and nothing else."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    ADDRESS = "address"
    EXPORT = "export"
    ERASE = "erase"
    BOUNCE = "bounce"
    FORM = "form"
    SUPPRESSION = "suppression"
    MESSAGE = "message"
    SITE = "site"

    __hash__ = str.__hash__  # that of an enumeration takes longer than to find what it looks for


class Signer:
    """Makes and checks the tokens of one site.

    Safe for any number of threads.
    """

    def __init__(self, secret: bytes) -> None:
        """Derive a key for each action.

        Args:
            secret: Of the site, at least 16 bytes; ``feedpub.key`` holds it.
        """
        if len(secret) < 16:
            raise ValueError("the secret is too short; restore feedpub.key")
        self._keys = {
            action: hmac.digest(secret, f"feedpub/1/{action}".encode(), "sha256")
            for action in Action
        }
        # Copies of hashes that have taken in the key take half of what the hmac module takes, and
        # a mail has five of them.
        blocks = {action: key.ljust(_BLOCK_BYTES, b"\0") for action, key in self._keys.items()}
        self._macs = {
            action: (sha256(block.translate(_INNER)), sha256(block.translate(_OUTER)))
            for action, block in blocks.items()
        }

    def key(self, action: Action) -> bytes:
        """Return the 32 bytes that sign one action, for a library that signs by itself."""
        return self._keys[action]

    def sign(self, action: Action, number: int) -> str:
        """Return the token of a row for an action; the same each time."""
        text = _encode(number)
        return f"{text}-{self.digest(action, text)}"

    def read(self, action: Action, token: str) -> int | None:
        """Return the number of a token; None if it is not one of ours for this action."""
        text, _, mac = token.partition("-")
        if not (0 < len(text) <= 13 and text.isascii() and text.isalnum() and mac.isascii()):
            return None
        if not hmac.compare_digest(mac, self.digest(action, text)):
            return None
        return int(text, 36)

    def digest(self, action: Action, text: str) -> str:
        """Return 22 characters, ``A-Za-z0-9_-``, that stand for a text and do not give it away."""
        return urlsafe_b64encode(self.hash(action, text))[:_MAC_CHARS].decode()

    def hash(self, action: Action, text: str) -> bytes:
        """Return 16 bytes that stand for a text, as a column keeps them."""
        before, after = self._macs[action]
        inner, outer = before.copy(), after.copy()
        inner.update(text.encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return outer.digest()[:_MAC_BYTES]


@lru_cache(64)  # a mail has two tokens of one number
def _encode(number: int) -> str:
    if number < 0:
        raise ValueError("a row's number is not negative")
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _ALPHABET[digit] + digits
    return digits or "0"
