"""From one raw mail to what it says: bounce, complaint, request, or nothing for us."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from hashlib import blake2b

from feedpub.bounces.findings import Finding, Kind, judge_code
from feedpub.bounces.reports import find_failure, read_complaint
from feedpub.messages import read_confirm_address, read_return_path, read_unsubscribe_address
from feedpub.tokens import Signer

MAX_BYTES = 1024 * 1024
"""More of a letter is not looked at; a report stands at its beginning."""

# Where the address that the letter really came to may stand, by the habits of mail servers.
_RECIPIENTS = (
    "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To",
    "X-Forwarded-To", "Resent-To", "To", "Cc",
)  # fmt: skip
_MAX_ADDRESSES = 50
_MAX_HEADER = 2000
_VACATION = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
_AUTOMATIC_PRECEDENCE = ("bulk", "junk", "list", "auto_reply")


def read_letter(data: bytes, signer: Signer) -> Finding:
    """Return what a letter says.

    Args:
        data: As it was received, header and body.
        signer: Of the site. Whom a letter is about is taken from signed addresses and links only;
            without one it says nothing.
    """
    digest = blake2b(data, digest_size=16).digest()
    try:
        return _read(message_from_bytes(data[:MAX_BYTES]), digest, signer)
    except RecursionError:  # of the parser: anybody may send a thousand parts within one another
        return Finding(Kind.NOTHING, digest, why="parts within parts without end")


def _read(message: Message, digest: bytes, signer: Signer) -> Finding:
    complaint = read_complaint(message, signer)
    if complaint is not None:
        kind, subscriber, delivery = complaint
        return Finding(kind, digest, subscriber=subscriber, delivery=delivery)
    delivery = _find_number(message, signer, read_return_path)
    if delivery is not None:
        return _read_bounce(message, digest, delivery)
    return _read_request(message, digest, signer)


def _read_bounce(message: Message, digest: bytes, delivery: int) -> Finding:
    if not _is_of_a_server(message):
        why = "it came to a return path, but from a sender, which no report of a server has"
        return Finding(Kind.NOTHING, digest, delivery=delivery, why=why)
    failure = find_failure(message)
    if failure is None:
        why = "it came to a return path, but reports no failure (an automatic reply, or a delay)"
        return Finding(Kind.NOTHING, digest, delivery=delivery, why=why)
    code, recipients = failure
    return Finding(judge_code(code), digest, delivery=delivery, code=code, recipients=recipients)


def _is_of_a_server(message: Message) -> bool:
    """Return whether a letter may be a server's: its envelope names no sender (RFC 3464, 2).

    Some name the server itself. Where nobody wrote down what the envelope had, it may be.
    """
    paths = [str(path).strip().strip("<>").lower() for path in message.get_all("Return-Path", [])]
    return not paths or paths[0].partition("@")[0] in ("", "mailer-daemon", "postmaster")


def _read_request(message: Message, digest: bytes, signer: Signer) -> Finding:
    """Return what somebody asks for by writing to one of the addresses in a mail."""
    if _is_report(message):
        return Finding(Kind.NOTHING, digest, why="a report without a token of ours")
    leaving = _find_number(message, signer, read_unsubscribe_address)
    if leaving is not None:
        # Also of a program: mail programs write such letters by themselves, on a click.
        return Finding(Kind.UNSUBSCRIBE, digest, subscriber=leaving)
    coming = _find_number(message, signer, read_confirm_address)
    if coming is None:
        return Finding(Kind.NOTHING, digest, why="no token of ours")
    if _is_automatic(message):
        # "I am on holiday" is no consent.
        return Finding(Kind.NOTHING, digest, why="an automatic reply")
    return Finding(Kind.CONFIRM, digest, subscriber=coming)


def _find_number(
    message: Message, signer: Signer, read: Callable[[str, Signer], int | None]
) -> int | None:
    """Return the number of the first address of ours that the letter came to."""
    numbers = (read(address, signer) for address in _list_recipients(message))
    return next((number for number in numbers if number is not None), None)


def _list_recipients(message: Message) -> Iterator[str]:
    headers = [
        str(value)[:_MAX_HEADER] for name in _RECIPIENTS for value in message.get_all(name, [])
    ]
    for _, address in getaddresses(headers[:_MAX_ADDRESSES])[:_MAX_ADDRESSES]:
        yield address


def _is_report(message: Message) -> bool:
    return (
        message.get_content_type() == "multipart/report"
        or str(message.get("Return-Path", "")).strip() == "<>"
    )


def _is_automatic(message: Message) -> bool:
    """Return whether a program answered (RFC 3834, 5, and what was usual before it)."""
    submitted = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        submitted != "no"
        or precedence in _AUTOMATIC_PRECEDENCE
        or any(name in message for name in _VACATION)
    )
