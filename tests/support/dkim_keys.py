"""Private keys for tests: made once, of any kind, as PEM."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from feedpub.messages import DkimKey, DnsRecord, load_key


@cache
def rsa_pem(bits: int = 2048, *, passphrase: bytes = b"") -> bytes:
    """Return an RSA key."""
    scheme = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    key = rsa.generate_private_key(65537, bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, scheme)


@cache
def rsa_public_pem() -> bytes:
    """Return the public half of an RSA key."""
    key = rsa.generate_private_key(65537, 2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@cache
def ed25519_pem() -> bytes:
    """Return an Ed25519 key."""
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@cache
def ec_pem() -> bytes:
    """Return a key of a kind that DKIM does not know."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@cache
def signing_keys() -> tuple[DkimKey, DkimKey]:
    """Return an RSA and an Ed25519 key of ``blog.example``."""
    return (
        load_key(rsa_pem(), domain="blog.example", selector="s1", path="rsa.pem"),
        load_key(ed25519_pem(), domain="blog.example", selector="e1", path="ed25519.pem"),
    )


def look_up(name: bytes, timeout: int = 5) -> bytes | None:
    """Answer as DNS would for the keys of `signing_keys`, in the form that dkimpy asks."""
    records = {f"{record.name}.": record.value for record in _records()}
    value = records.get(name.decode())
    return value.encode() if value else None


def _records() -> list[DnsRecord]:
    return [key.public_record() for key in signing_keys()]
