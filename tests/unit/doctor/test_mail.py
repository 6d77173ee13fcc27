"""What a sample says of all mails."""

import pytest

from feedpub.doctor import Level
from feedpub.doctor.mail import examine_mail

HEAD = """\
From: News <news@a.example>
To: reader@b.example
Subject: Weekly
Date: Fri, 27 Nov 2026 01:00:00 +0000
Message-ID: <x@a.example>
List-Id: News <newsletter.a.example>
List-Unsubscribe: <https://a.example/u/1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
DKIM-Signature: v=1; a=rsa-sha256;
 b=xyz
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

text
--b
Content-Type: text/html; charset=utf-8

%s
--b--
"""


def look(text: str = HEAD % "<p>x</p>", **options: bool) -> dict[str, Level]:
    options = {"has_web": True, "is_signed": True, **options}
    data = text.replace("\n", "\r\n").encode()
    return {finding.about: finding.level for finding in examine_mail(data, **options)}


def test_a_good_mail_is_good() -> None:
    assert look() == {"headers": Level.OK, "size": Level.OK}


@pytest.mark.parametrize(
    "name", ["From", "Subject", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Date"]
)
def test_a_missing_header_is_missed(name: str) -> None:
    text = "\n".join(line for line in (HEAD % "x").split("\n") if line.partition(":")[0] != name)

    assert look(text)["headers"] == Level.FAIL


def test_a_header_twice_is_once_too_often() -> None:
    assert look("Subject: other\n" + HEAD % "x")["headers"] == Level.FAIL


def test_what_there_need_not_be_is_not_missed() -> None:
    text = (HEAD % "x").replace("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", "")
    text = text.replace("DKIM-Signature: v=1; a=rsa-sha256;\n b=xyz\n", "")

    assert look(text, has_web=False, is_signed=False)["headers"] == Level.OK
    assert look(text)["headers"] == Level.FAIL


def test_a_mail_that_would_be_cut_off_is_doubtful() -> None:
    assert look(HEAD % ("<p>x</p>\n" * 11_000))["size"] == Level.WARN


def test_a_line_that_is_too_long_is_a_defect() -> None:
    assert look(HEAD % ("x" * 999))["lines"] == Level.FAIL


def test_a_mail_without_text_is_a_defect() -> None:
    assert look((HEAD % "x").replace("text/plain", "text/x"))["text part"] == Level.FAIL
