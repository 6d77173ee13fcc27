"""Signatures are verified by programs that are not ours: dkimpy and opendkim."""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dkim
import pytest

from feedpub.messages import Composer, DkimKey
from feedpub.tokens import Signer
from tests.support import needs
from tests.support.dkim_keys import look_up, signing_keys
from tests.support.mails import HOSTILE_TEXTS, ISSUE, PLAN, SENDER

RSA, ED25519 = signing_keys()
# Of every field that a mail has or must not get.
CHANGES = [
    (b"Subject: ", b"Subject: x"),
    (b"From: ", b"From: evil@x.example, "),
    (b"To: ", b"To: x"),
    (b"Date: ", b"Date: Mon, "),
    (b"Message-ID: <", b"Message-ID: <x"),
    (b"List-Unsubscribe: <", b"List-Unsubscribe: <https://evil.example/>, <"),
    (b"List-Unsubscribe-Post: ", b"List-Unsubscribe-Post: x"),
    (b"boundary=", b"boundary=x"),
    (b"\r\nFrom: ", b"\r\nFrom: evil@x.example\r\nFrom: "),
    (b"\r\nFrom: ", b"\r\nSubject: another\r\nFrom: "),
    (b"\r\nFrom: ", b"\r\nCc: evil@x.example\r\nFrom: "),
    (b"\r\nFrom: ", b"\r\nContent-Type: text/html\r\nFrom: "),
    (b"\r\n--=_feedpub--\r\n", b"\r\n--=_feedpub--\r\nmore\r\n"),
    (b"base64\r\n\r\n", b"base64\r\n\r\nAAAA\r\n"),
]


def compose(
    keys: Sequence[DkimKey] = (RSA, ED25519), *, text: str = "纸飞机", number: int = 5
) -> bytes:
    sender = replace(SENDER, name=text, title=text)
    composer = Composer(sender, Signer(b"a secret of tests"), keys, issue=ISSUE)
    compiled = composer.compile(replace(PLAN, subject=text))
    address = f"reader{number}@example.org"
    return composer.compose(compiled, delivery=number, subscriber=number, address=address).data


def verify(data: bytes, count: int = 2) -> list[bool]:
    """Return what dkimpy says of each signature."""
    return [verify_one(data, index) for index in range(count)]


def verify_one(data: bytes, index: int) -> bool:
    try:
        return bool(dkim.DKIM(data).verify(index, dnsfunc=look_up))
    except dkim.ValidationError:  # the body's hash is another
        return False


@pytest.fixture
def opendkim(tmp_path: Path) -> Path:
    """A configuration of opendkim with the public keys of the tests."""
    records = [key.public_record() for key in signing_keys()]
    keys = tmp_path / "keys.txt"
    keys.write_text("".join(f"{record.name} {record.value}\n" for record in records))
    config = tmp_path / "opendkim.conf"
    config.write_text(
        f"Mode v\nTestPublicKeys {keys}\nSocket local:{tmp_path / 'socket'}\nSyslog no\n"
    )
    return config


def ask_opendkim(config: Path, data: bytes) -> str:
    """Return what opendkim says; its exit code is 0 whatever that is."""
    mail = config.with_name("mail.eml")
    mail.write_bytes(data)
    program = needs.find("opendkim")
    assert program is not None
    done = subprocess.run(
        [program, "-x", config, "-t", mail, "-v", "-v"], capture_output=True, text=True, timeout=30
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_both_signatures_hold_whatever_the_site_and_the_article_are_called(text: str) -> None:
    assert verify(compose(text=text)) == [True, True]


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_each_key_signs_alone(key: DkimKey) -> None:
    assert verify(compose([key]), 1) == [True]


def test_every_recipients_mail_is_signed_by_itself() -> None:
    assert all(verify(compose(number=number)) == [True, True] for number in range(50))


@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[new.decode() for _, new in CHANGES])
def test_a_mail_that_was_changed_is_refused(old: bytes, new: bytes) -> None:
    changed = compose().replace(old, new, 1)

    assert verify(changed) == [False, False]


@needs.program("opendkim")
@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_opendkim_agrees(opendkim: Path, text: str) -> None:
    said = ask_opendkim(opendkim, compose([RSA], text=text))

    assert "verification (s=s1, d=blog.example, 2048-bit key) succeeded" in said


@needs.program("opendkim")
@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[new.decode() for _, new in CHANGES])
def test_opendkim_refuses_what_was_changed(opendkim: Path, old: bytes, new: bytes) -> None:
    said = ask_opendkim(opendkim, compose([RSA]).replace(old, new, 1))

    assert "succeeded" not in said
    assert "failed" in said
