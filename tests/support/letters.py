"""Letters as mail servers and people write them."""

from email.message import Message

from feedpub.messages.return_paths import (
    make_confirm_address,
    make_return_path,
    make_unsubscribe_address,
)
from feedpub.tokens import Action, Signer

SIGNER = Signer(b"k" * 32)
RETURN_PATH = make_return_path("bounce@news.example", SIGNER, 77)
LEAVE = make_unsubscribe_address("news@news.example", SIGNER, 5)
CONFIRM = make_confirm_address("news@news.example", SIGNER, 5)
LINK = f"https://news.example/u/{SIGNER.sign(Action.UNSUBSCRIBE, 5)}"


def dsn(
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <reader@a.example>: Recipient address rejected",
    *,
    to: str = RETURN_PATH,
    action: str = "failed",
) -> bytes:
    """Return a report as Postfix writes it."""
    return f"""\
Return-Path: <>
X-Original-To: {to}
Delivered-To: {to}
Received: by mx.news.example (Postfix) id 4B2; Fri, 27 Nov 2026 01:00:05 +0000 (UTC)
Date: Fri, 27 Nov 2026 01:00:05 +0000 (UTC)
From: MAILER-DAEMON@mx.news.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4B1.1764205205/mx"
Message-Id: <20261127010005.4B2@mx.news.example>

This is a MIME-encapsulated message.

--4B1.1764205205/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4B1.1764205205/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.news.example
X-Postfix-Queue-ID: 4B1
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Fri, 27 Nov 2026 01:00:04 +0000 (UTC)

Final-Recipient: rfc822; reader@a.example
Original-Recipient: rfc822;reader@a.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.a.example
Diagnostic-Code: {diagnostic}

--4B1.1764205205/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <{to}>
From: News <news@news.example>
Subject: Weekly

--4B1.1764205205/mx--
""".encode()


def qmail(to: str = RETURN_PATH, text: str = "") -> bytes:
    """Return a report of no standard, as qmail writes it."""
    return f"""\
Return-Path: <>
Delivered-To: {to}
Date: 27 Nov 2026 01:00:05 -0000
From: MAILER-DAEMON@a.example
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at a.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<reader@a.example>:
Sorry, no mailbox here by that name. {text}

--- Below this line is a copy of the message.

Return-Path: <{to}>
""".encode()


def arf(
    kind: str = "abuse", *, link: str = f"<{LINK}>", path: str = "", whole: bool = True
) -> bytes:
    """Return a feedback report (RFC 5965)."""
    sort = "message/rfc822" if whole else "text/rfc822-headers"
    return f"""\
Return-Path: <feedback@isp.example>
Delivered-To: abuse@news.example
Date: Fri, 27 Nov 2026 08:00:00 +0000
From: <feedback@isp.example>
To: <abuse@news.example>
Subject: FW: Weekly
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{f"Original-Mail-From: <{path}>" if path else "Arrival-Date: Fri, 27 Nov 2026 02:00:00 +0000"}

--part
Content-Type: {sort}
Content-Disposition: inline

From: News <news@news.example>
List-Unsubscribe: {link}
Subject: Weekly

Body

--part--
""".encode()


def letter(to: str, **headers: str) -> bytes:
    """Return what a person writes."""
    message = Message()
    message["From"] = "Reader <reader@a.example>"
    message["To"] = to
    message["Subject"] = "Re: Weekly"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_payload("please\n")
    return message.as_bytes()
