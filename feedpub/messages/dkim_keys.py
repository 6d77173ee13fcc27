"""The keys of DKIM: read from PEM, judged, and written for DNS (RFC 6376, RFC 8301, RFC 8463)."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from feedpub.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_REFUSED_BITS = 1024
_WEAK_BITS = 2048
# Verifiers need not be able to read longer ones (RFC 8301, 3.2).
_LONGEST_BITS = 4096
_LABELS = re.compile(
    r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key, and where the public one is looked up.

    Safe for any number of threads.

    Attributes:
        domain: That signs, ASCII.
        selector: Of the key within the domain.
        algorithm: As ``a=`` names it.
        warning: What is doubtful about the key; empty if nothing is.
    """

    domain: str
    selector: str
    algorithm: str
    warning: str = ""
    _key: "RSAPrivateKey | Ed25519PrivateKey" = field(kw_only=True, repr=False)
    _scheme: tuple[Any, ...] = field(kw_only=True, repr=False, default=())

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a SHA-256."""
        signature: bytes = self._key.sign(digest, *self._scheme)
        return signature

    def public_record(self) -> "DnsRecord":
        """Return the TXT record that verifiers look for."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519

        public = self._key.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            kind, data = "ed25519", public.public_bytes_raw()
        else:
            kind, data = (
                "rsa",
                public.public_bytes(
                    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
                ),
            )
        value = f"v=DKIM1; k={kind}; p={b64encode(data).decode()}"
        return DnsRecord(f"{self.selector}._domainkey.{self.domain}", value)


class DnsRecord(NamedTuple):
    """A TXT record.

    Attributes:
        name: Fully qualified, without the last dot.
        value: Its strings joined.
    """

    name: str
    value: str


def load_key(pem: bytes, *, domain: str, selector: str, path: str) -> DkimKey:
    """Return the key that a PEM file holds.

    Args:
        pem: Content of the file, RSA or Ed25519, without a passphrase.
        domain: That signs.
        selector: Of the key within the domain.
        path: Of the file, for messages.

    Raises:
        ConfigError: It is no such key, or one so short that verifiers refuse it, or domain or
            selector are no names of DNS.
    """
    for name in (domain, selector):
        if not _LABELS.fullmatch(name):
            raise ConfigError(f"{name!r} is no name of DNS; write it in ASCII", path=path)
    key = _parse_key(pem, path)
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, utils

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return DkimKey(domain.lower(), selector, "ed25519-sha256", _key=key)
    warning = _judge_size(key.key_size, path)
    scheme = (padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    return DkimKey(domain.lower(), selector, "rsa-sha256", warning, _key=key, _scheme=scheme)


def _parse_key(pem: bytes, path: str) -> "RSAPrivateKey | Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    for mark, what in ((b"BEGIN CERTIFICATE", "a certificate"), (b"PUBLIC KEY", "a public key")):
        if mark in pem:
            raise ConfigError(f"this is {what}; name the file of the private key", path=path)
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise ConfigError(
            "the key has a passphrase; remove it: openssl pkey -in KEY -out NEW", path=path
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(
            "this is no private key in PEM; make one: openssl genrsa -out KEY 2048", path=path
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise ConfigError(
            f"DKIM knows no {type(key).__name__}; make an RSA key: openssl genrsa -out KEY 2048",
            path=path,
        )
    return key


def _judge_size(bits: int, path: str) -> str:
    """Return what is doubtful about the length of an RSA key (RFC 8301, 3.2)."""
    if bits < _REFUSED_BITS:
        raise ConfigError(
            f"an RSA key of {bits} bits is refused by those who verify; "
            "make one of 2048: openssl genrsa -out KEY 2048",
            path=path,
        )
    if bits < _WEAK_BITS:
        return f"{path}: an RSA key of {bits} bits is weak; make one of 2048"
    if bits > _LONGEST_BITS:
        return f"{path}: not everybody can verify an RSA key of {bits} bits; make one of 2048"
    return ""
