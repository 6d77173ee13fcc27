"""Tokens that expire, for the links of mails to one person (itsdangerous)."""

import hashlib

from itsdangerous import BadData, SignatureExpired, TimestampSigner

from feedpub.errors import TokenError
from feedpub.tokens import Action, Signer


class _Clocked(TimestampSigner):
    """Signs with a time that it is told."""

    def __init__(self, key: bytes, now: int) -> None:
        super().__init__(key, digest_method=hashlib.sha256, key_derivation="hmac")
        self._now = now

    def get_timestamp(self) -> int:
        return self._now


def make_token(signer: Signer, action: Action, now: int, *, notice: int, subscriber: int) -> str:
    """Return a token for the link of one notice; each action has a key of its own.

    Args:
        signer: Of the site.
        action: What the link does.
        now: Seconds since the epoch.
        notice: Row of the mail that carries it.
        subscriber: Whose it is: rows of notices are used again, theirs never.
    """
    text = f"{notice}-{subscriber}"
    return _Clocked(signer.key(action), now).sign(text).decode("ascii")


def read_token(
    signer: Signer, action: Action, now: int, token: str, *, max_age_s: int
) -> tuple[int, int]:
    """Return the notice and the subscriber that a token was made for.

    Raises:
        TokenError: It is not ours for this action, or too old.
    """
    try:
        value = _Clocked(signer.key(action), now).unsign(token, max_age=max_age_s)
    except SignatureExpired as error:
        days = max_age_s // 86_400
        raise TokenError(
            f"the link is older than {days} days; ask for a new one", expired=True
        ) from error
    except (BadData, UnicodeEncodeError) as error:
        raise _foreign() from error
    notice, _, subscriber = value.decode("ascii", "replace").partition("-")
    return int(notice), int(subscriber)


def _foreign() -> TokenError:
    return TokenError("the link is not complete, or not from here; copy the whole of it")
