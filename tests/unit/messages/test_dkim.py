"""Keys are judged when they are read; the proof of the signatures is in tests/e2e/test_dkim.py."""

import re
from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from feedpub.errors import ConfigError
from feedpub.messages import DkimKey, load_key
from feedpub.messages.dkim import Signatures
from tests.support.dkim_keys import (
    ec_pem,
    ed25519_pem,
    rsa_pem,
    rsa_public_pem,
    signing_keys,
)

NO_KEY = b"-----BEGIN PRIVATE KEY-----\nbm8=\n-----END PRIVATE KEY-----\n"


def load(pem: bytes, **names: str) -> DkimKey:
    return load_key(pem, **{"domain": "blog.example", "selector": "s1", "path": "key.pem", **names})


# Keys


@pytest.mark.parametrize(
    ("pem", "algorithm"), [(rsa_pem(), "rsa-sha256"), (ed25519_pem(), "ed25519-sha256")]
)
def test_a_good_key_is_read_without_a_warning(pem: bytes, algorithm: str) -> None:
    key = load(pem)

    assert (key.algorithm, key.warning) == (algorithm, "")


@pytest.mark.parametrize(
    ("pem", "message"),
    [
        (b"", "no private key in PEM; make one: openssl genrsa"),
        (NO_KEY, "no private key in PEM"),
        (rsa_public_pem(), "a public key; name the file of the private key"),
        (b"-----BEGIN CERTIFICATE-----\n", "a certificate; name the file of the private key"),
        (rsa_pem(1024, passphrase=b"x"), "has a passphrase; remove it"),
        (ec_pem(), "make an RSA key"),
    ],
)
def test_what_is_no_key_of_dkim_is_refused_with_the_remedy(pem: bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^key.pem: .*{message}"):
        load(pem)


def test_a_weak_key_is_used_with_a_warning() -> None:
    assert "1024 bits is weak; make one of 2048" in load(rsa_pem(1024)).warning


def test_a_key_that_not_everybody_can_verify_is_used_with_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A longer one takes too long to make.
    monkeypatch.setattr("feedpub.messages.dkim_keys._LONGEST_BITS", 2047)

    assert "not everybody can verify an RSA key of 2048 bits" in load(rsa_pem()).warning


@pytest.mark.parametrize("pem", [rsa_pem(), ed25519_pem()], ids=["rsa", "ed25519"])
def test_the_domain_of_a_key_is_written_in_lower_case(pem: bytes) -> None:
    assert load(pem, domain="Blog.Example").domain == "blog.example"


def test_a_key_that_verifiers_refuse_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # No library makes a shorter key any more.
    monkeypatch.setattr("feedpub.messages.dkim_keys._REFUSED_BITS", 1025)

    with pytest.raises(ConfigError, match="of 1024 bits is refused by those who verify"):
        load(rsa_pem(1024))


@pytest.mark.parametrize(
    "name", ["", "a b", "例子.中国", "a..b", "a;d=evil.example", "a\r\nb", "-a"]
)
@pytest.mark.parametrize("part", ["domain", "selector"])
def test_a_name_that_dns_does_not_know_is_refused(part: str, name: str) -> None:
    with pytest.raises(ConfigError, match="is no name of DNS"):
        load(ed25519_pem(), **{part: name})


# Records


def test_the_record_of_a_key_holds_its_public_half() -> None:
    rsa_key, ed25519_key = signing_keys()

    record = rsa_key.public_record()

    assert record.name == "s1._domainkey.blog.example"
    assert record.value.startswith("v=DKIM1; k=rsa; p=")
    public = load_der_public_key(b64decode(record.value.rpartition("p=")[2]))
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(rsa_key.sign(sha256(b"x").digest()), b"x", padding.PKCS1v15(), hashes.SHA256())
    short = b64decode(ed25519_key.public_record().value.rpartition("p=")[2])
    ed25519.Ed25519PublicKey.from_public_bytes(short).verify(ed25519_key.sign(b"y"), b"y")


def test_a_private_key_is_not_shown() -> None:
    assert "Private" not in repr(signing_keys()[0])


# Fields


def test_each_key_makes_a_field_that_lists_every_name_once_more_than_it_is_there() -> None:
    names = ["From", "Subject", *(f"X-Name-{number}" for number in range(30))]

    fields = Signatures(signing_keys(), names).sign(sha256(), sha256().digest())

    first, second = fields.split(b"DKIM-Signature: ")[1:]
    for field in (first, second):
        listed = re.search(rb"h=(.*?);", field.replace(b"\r\n ", b""), re.DOTALL)
        assert listed is not None
        assert listed[1].decode().split(":") == [*names, *names, "Reply-To", "Cc"]
    assert b"a=rsa-sha256;" in first
    assert b"a=ed25519-sha256;" in second


def test_lines_of_a_signature_are_short_and_end_behind_whole_names() -> None:
    names = ["From", *(f"X-Name-{number}" for number in range(30))]

    fields = Signatures(signing_keys(), names).sign(sha256(), sha256().digest())

    assert fields.endswith(b"\r\n")
    lines = fields.removesuffix(b"\r\n").split(b"\r\n")
    assert all(line.strip() and len(line) <= 78 for line in lines)
    assert all(re.search(rb"[:;=]$", line) for line in lines if b"X-Name" in line)


def test_signing_does_not_change_what_was_hashed() -> None:
    hashed = sha256(b"from:a\r\n")

    Signatures(signing_keys(), ["From"]).sign(hashed, sha256().digest())

    assert hashed.digest() == sha256(b"from:a\r\n").digest()
