"""DKIM signatures, relaxed/simple (RFC 6376, RFC 8463)."""

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedpub.messages.dkim_keys import DkimKey

if TYPE_CHECKING:
    from hashlib import _Hash

_LINE = 72
_ALSO_ABSENT = ("Reply-To", "Cc")
"""Fields that nobody may add to a signed mail, though it has none of them."""


class Signatures:
    """Signs mails that have the same fields in the same order."""

    def __init__(self, keys: Sequence[DkimKey], names: Sequence[str]) -> None:
        """Write what is the same in all signatures.

        Args:
            keys: Each makes a field of its own.
            names: Of the signed fields, each once, in the order in which ``hashed`` holds them.
        """
        absent = [name for name in _ALSO_ABSENT if name not in names]
        # Listed once more than it is there, a field cannot be added (RFC 6376, 8.15).
        listed = _list_names([*names, *names, *absent])
        self._starts = [(key, *_start_field(key, listed)) for key in keys]

    def sign(self, hashed: "_Hash", body_digest: bytes) -> bytes:
        """Return the fields to put before those of a mail.

        Args:
            hashed: SHA-256 over the signed fields, canonical; it is not changed.
            body_digest: SHA-256 of the body, which ends with exactly one CRLF.
        """
        body_hash = b64encode(body_digest)
        fields = []
        for key, start, canonical in self._starts:
            whole = hashed.copy()
            whole.update(b"%b%b; b=" % (canonical, body_hash))
            fields += [start, body_hash, b";\r\n b=", _fold(key.sign(whole.digest()))]
        return b"".join(fields)


def _start_field(key: DkimKey, listed: bytes) -> tuple[bytes, bytes]:
    """Return a field up to its hash of the body, as it is written and as it is signed."""
    tags = f"v=1; a={key.algorithm}; c=relaxed/simple;\r\n d={key.domain}; s={key.selector};"
    value = b"%b\r\n h=%b;\r\n bh=" % (tags.encode(), listed)
    return b"DKIM-Signature: " + value, b"dkim-signature:" + b" ".join(value.split())


def _list_names(names: Sequence[str]) -> bytes:
    """Return names with colons between them, folded behind colons and nowhere else."""
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) >= _LINE:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n ".join(lines)[:-1].encode()


def _fold(signature: bytes) -> bytes:
    """Return a signature as base64 in lines, the last one with its end."""
    text = b64encode(signature)
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return b"\r\n ".join(lines) + b"\r\n"
