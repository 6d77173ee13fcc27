"""The texts of a mail, as a mail program finds them."""

from email import message_from_bytes, policy

_SHOWN = ("text/html", "text/plain")


def read_bodies(data: bytes) -> dict[str, str]:
    """Return the texts of a mail by their types: ``text/html`` and ``text/plain``.

    Args:
        data: As it is sent.
    """
    mail = message_from_bytes(data, policy=policy.default)
    parts = {part.get_content_type(): part for part in mail.walk()}
    return {kind: str(parts[kind].get_content()) for kind in _SHOWN if kind in parts}
