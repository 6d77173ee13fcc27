"""What the reports of mail servers say: RFC 3464, RFC 5965, and those of no standard."""

import re
from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from feedpub.bounces.findings import Kind, judge_code
from feedpub.messages import read_return_path, read_unsubscribe_address
from feedpub.tokens import Action, Signer

_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
# In running text only behind a reply code, for there are addresses and versions with dots, too.
_REPLY = re.compile(r"\b[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_UNKNOWN = "5.0.0"
_FAILED = ("fail", "error")  # OpenSMTPD writes the latter
_COMPLAINTS = ("abuse", "fraud", "virus", "other")
_MAX_TEXT = 100_000
_MAX_PARTS = 50
_MAX_ADDRESS = 1000


class Failure(NamedTuple):
    """A mail that could not be delivered.

    Attributes:
        code: Enhanced status code; ``5.0.0`` where the report names none.
        recipients: Addresses that the report is about, as it writes them; empty if it names none.
    """

    code: str
    recipients: tuple[str, ...]


def find_failure(message: Message) -> Failure | None:
    """Return what a report says of a mail that could not be delivered.

    Returns:
        None if the letter reports no failure.
    """
    if any(part.get_content_type() == "message/delivery-status" for part in _parts(message)):
        blocks = list(_list_blocks(message))
        if not blocks:
            return None
        named = (address for block in blocks for address in _list_named(block))
        return Failure(_read_block(blocks[0]), tuple(dict.fromkeys(named)))
    return _guess_failure(message)


def _list_named(block: Message) -> Iterator[str]:
    """Yield the addresses that a block is about (RFC 3464, 2.3.1 and 2.3.2)."""
    for name in ("Original-Recipient", "Final-Recipient"):
        kind, _, address = str(block.get(name, ""))[:_MAX_ADDRESS].partition(";")
        if kind.strip().lower() == "rfc822" and "@" in address:
            yield address.strip().strip("<>")


def _list_blocks(message: Message) -> Iterator[Message]:
    """Yield what a report says of each recipient that failed; delays are not of interest."""
    for part in _parts(message):
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in part.get_payload():
            if not isinstance(block, Message):
                continue
            if str(block.get("Action", "")).strip().lower().startswith(_FAILED):
                yield block


def _read_block(block: Message) -> str:
    """Return the more telling code of ``Status`` and ``Diagnostic-Code``.

    A server that has something against us may say 5.1.1 to the sender and 5.7.1 in its reply; then
    nobody is to suffer for it.
    """
    found = [
        match[1]
        for name in ("Status", "Diagnostic-Code")
        if (match := _STATUS.search(str(block.get(name, ""))[:_MAX_TEXT]))
    ]
    refused = [code for code in found if judge_code(code) is Kind.REFUSED]
    telling = [code for code in found if not code.endswith(".0.0")]
    return next(iter((*refused, *telling, *found)), _UNKNOWN)


def _guess_failure(message: Message) -> Failure | None:
    """Return what a report says that follows no standard."""
    from flufl.bounce import all_failures

    try:
        _, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 # its many detectors are given what anybody may have sent
        return None
    if not permanent:
        return None
    found = _REPLY.search(_read_text(message))
    named = sorted(one.decode("utf-8", "replace") for one in permanent)
    return Failure(found[1] if found else _UNKNOWN, tuple(named))


def _read_text(message: Message) -> str:
    for part in _parts(message):
        if part.get_content_maintype() == "text":
            data = part.get_payload(decode=True)
            return data[:_MAX_TEXT].decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return ""


def read_complaint(message: Message, signer: Signer) -> tuple[Kind, int | None, int | None] | None:
    """Return what a feedback report (RFC 5965) says: kind, subscriber, delivery.

    It comes to an address that was registered at the provider, so whom it is about stands in the
    mail that is attached: in its return path or its link to unsubscribe.

    Returns:
        One of the two numbers is None; None altogether if the letter is no such report, is about
        something else, or holds no token of ours.
    """
    fields = next(
        (part for part in _parts(message) if part.get_content_type() == "message/feedback-report"),
        None,
    )
    if fields is None or not fields.is_multipart():
        return None
    report = fields.get_payload(0)
    if not isinstance(report, Message):
        return None
    kind = _read_feedback(str(report.get("Feedback-Type", "")))
    if kind is None:
        return None
    for subscriber, delivery in _find_tokens(message, report, signer):
        return kind, subscriber, delivery
    return None


def _read_feedback(written: str) -> Kind | None:
    word = written.strip().lower()
    if word == "opt-out":
        return Kind.UNSUBSCRIBE
    return Kind.COMPLAINT if word in _COMPLAINTS else None


def _find_tokens(
    message: Message, report: Message, signer: Signer
) -> Iterator[tuple[int | None, int | None]]:
    heads = list(_list_originals(message))
    for head in heads:
        for link in re.findall(r"<([^<>\s]{1,500})>", str(head.get("List-Unsubscribe", ""))):
            if (subscriber := _read_link(link, signer)) is not None:
                yield subscriber, None
    paths = [report.get("Original-Mail-From"), *(head.get("Return-Path") for head in heads)]
    for path in paths:
        if (delivery := read_return_path(str(path or ""), signer)) is not None:
            yield None, delivery


def _list_originals(message: Message) -> Iterator[Message]:
    """Yield the headers of the mail that a report is about, whole or alone."""
    from email import message_from_string

    for part in _parts(message):
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            original = part.get_payload(0)
            if isinstance(original, Message):
                yield original
        elif part.get_content_type() == "text/rfc822-headers":
            yield message_from_string(_read_text(part))


def _read_link(link: str, signer: Signer) -> int | None:
    parts = urlsplit(link)
    if parts.scheme == "mailto":
        return read_unsubscribe_address(unquote(parts.path), signer)
    return signer.read(Action.UNSUBSCRIBE, parts.path.rpartition("/")[2])


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= _MAX_PARTS:
            return
        yield part
