"""Mails for tests, and what others see in a mail: by Python's own parsers, old and new."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parseaddr

from feedpub.digest.plan import Plan, Slot
from feedpub.messages import Sender
from feedpub.model import Frequency, Issue, IssueState

LINE_END = b"\r\n"

SENDER = Sender(
    name="纸飞机",
    address="news@blog.example",
    title="纸飞机周报",
    bounce_address="bounce@blog.example",
    unsubscribe_address="list@blog.example",
    reply_to="editor@blog.example",
    web_url="https://news.blog.example/mail/",
    archive_url="https://blog.example/feeds/newsletter/",
    help_url="https://blog.example/feeds/",
)

WEBLESS = replace(SENDER, web_url="", reply_to="", archive_url="", help_url="")

ISSUE = Issue(
    id=7,
    key="weekly/2026-11-27",
    frequency=Frequency.WEEKLY,
    starts=datetime(2026, 11, 20, 1, tzinfo=UTC),
    ends=datetime(2026, 11, 27, 1, tzinfo=UTC),
    scheduled=datetime(2026, 11, 27, 1, tzinfo=UTC),
    state=IssueState.SENDING,
    created=datetime(2026, 11, 27, 1, 0, 3, 250_000, tzinfo=UTC),
)

PLAN = Plan(
    subject="春天来了 等 3 篇",
    language="zh-CN",
    articles=(3, 1),
    html=(
        (b"<html><body><table>\r\n",),
        (b'<tr><td><a href="', Slot.UNSUBSCRIBE, b'">x</a></td></tr>'),
        ("<tr><td>第一篇</td></tr>\r\n ".encode(),),
        ("<tr><td>第二篇</td></tr>\r\n ".encode(),),
        (
            b'<tr><td><a href="', Slot.UNSUBSCRIBE, b'">u</a><a href="', Slot.PREFERENCES,
            b'">p</a>', Slot.ADDRESS, b"</td></tr></table></body></html>\r\n",
        ),
    ),
    text=(
        ("退订：".encode(), Slot.UNSUBSCRIBE, b"\r\n\r\n"),
        ("第一篇\r\n\r\n  ".encode(),),
        (Slot.ADDRESS, b"\r\n", Slot.PREFERENCES, b"\r\n\r\n"),
    ),
)  # fmt: skip

INJECTION = "=?utf-8?q?foo=0D=0ABcc=3A_evil=40x?="
HOSTILE_TEXTS = {
    "encoded line break": INJECTION,
    "encoded line break after Chinese": f"中文 {INJECTION}",
    "encoded mailbox": "=?utf-8?q?a=22_=3Cevil=40x=3E=2C_=22?=",
    "encoded word in base64": "=?utf-8?b?Zm9vDQpCY2M6IGV2aWxAeA==?=",
    "CRLF": "a\r\nBcc: evil@x",
    "LF": "a\nBcc: evil@x",
    "CR": "a\rBcc: evil@x",
    "folded": "a\r\n \r\nBcc: evil@x",
    "end of the header": "a\r\n\r\n<html>",
    "NUL": "a\x00b",
    "line separators": "a\u2028Bcc: evil@x\u2029b\x85c\x0bd\x0ce\x1ef",
    "lone surrogates": "a\ud83d b\udc00",
    "quotes": 'a" <evil@x>, "b',
    "backslash": 'a\\" <evil@x>, \\',
    "comment": "a (b) <c@d>, e; f: g",
    "long word": "x" * 3000,
    "long words": "word " * 600,
    "long Chinese": "中文字" * 400,
    "blank": "   ",
    "nothing": "",
}


def parse(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def parse_old(data: bytes) -> Message:
    return message_from_bytes(data, policy=policy.compat32)


def raw_names(data: bytes) -> list[str]:
    """Return the names of the header fields as the bytes have them: what starts at a margin."""
    head = data.partition(LINE_END * 2)[0]
    return [
        line.partition(b":")[0].decode() for line in head.split(LINE_END) if line[:1] not in b" \t"
    ]


def raw_field(data: bytes, name: str) -> bytes:
    """Return a field as the bytes have it, unfolded."""
    head = data.partition(LINE_END * 2)[0]
    found = re.search(rb"^%b: ([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)" % name.encode(), head, re.MULTILINE)
    assert found is not None
    return found[1].replace(LINE_END, b"")


def decode_old(value: object) -> str:
    """Return an encoded text as a reader of the old kind shows it."""
    unfolded = re.sub("\r?\n(?=[ \t])", "", str(value))
    return str(make_header(decode_header(unfolded)))


def read_mailbox_old(value: object) -> tuple[str, str]:
    """Return name and address as a reader of the old kind shows them."""
    name, address = parseaddr(re.sub("\r?\n(?=[ \t])", "", str(value)))
    return decode_old(name), address
