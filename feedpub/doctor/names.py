"""What the DNS says about a sender: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), MX."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from feedpub.doctor.findings import Finding, fail, ok, warn
from feedpub.errors import ResolverError
from feedpub.ports.resolver import Resolver

_MAX_LOOKUPS = 10  # RFC 7208, 4.6.4
_LOOKUPS = re.compile(r"[+?~-]?(include:|a\b|mx\b|ptr\b|exists:)|redirect=", re.IGNORECASE)
_NESTED = re.compile(r"(?:[+?~-]?include:|redirect=)(\S+)", re.IGNORECASE)


class Record(NamedTuple):
    """A TXT record as it should be.

    Attributes:
        name: Fully qualified.
        value: Its strings joined.
    """

    name: str
    value: str


class Names(NamedTuple):
    """What is looked up.

    Attributes:
        sender: Domain of the address in From.
        bounces: Domain of the return path.
        signer: Domain that signs; empty if we do not sign.
        keys: Public keys as they should be published.
    """

    sender: str
    bounces: str
    signer: str = ""
    keys: Sequence[Record] = ()


def examine_names(names: Names, resolver: Resolver) -> Iterator[Finding]:
    """Yield what the DNS says; what could not be asked is a warning."""
    for about, examine in (
        ("SPF", _examine_spf),
        ("DKIM", _examine_dkim),
        ("DMARC", _examine_dmarc),
        ("MX", _examine_servers),
    ):
        try:
            yield from examine(names, resolver)
        except ResolverError as error:
            yield warn(about, "it could not be looked up", str(error))


def _examine_spf(names: Names, resolver: Resolver) -> Iterator[Finding]:
    domain = names.bounces
    records = [text for text in resolver.texts(domain) if _is_spf(text)]
    if not records:
        yield fail(
            "SPF",
            f"{domain} has no record",
            f'publish: {domain}. TXT "v=spf1 mx -all", with what sends your mail in place of mx',
        )
        return
    if len(records) > 1:
        yield fail("SPF", f"{domain} has {len(records)} records", "keep one; two count as none")
        return
    yield _judge_spf(domain, records[0], _count_lookups(records[0], resolver))


def _is_spf(text: str) -> bool:
    return text.lower().split(" ")[0] == "v=spf1"


def _judge_spf(domain: str, record: str, lookups: int) -> Finding:
    last = record.lower().split()[-1]
    if lookups > _MAX_LOOKUPS:
        return fail(
            "SPF",
            f"{domain} needs {lookups} look-ups",
            f"include less: receivers give up after {_MAX_LOOKUPS}",
        )
    if last in ("+all", "all"):
        return fail("SPF", f"{domain} lets everybody send", 'end the record with "-all" or "~all"')
    if last not in ("-all", "~all") and "redirect=" not in record.lower():
        return warn("SPF", f"{domain} refuses nobody: {record}", 'end the record with "-all"')
    return ok("SPF", f"{domain}: {record}")


def _count_lookups(record: str, resolver: Resolver, depth: int = 0) -> int:
    """Return how many questions a record leads to, with those that it includes."""
    terms = record.split()[1:]
    count = sum(bool(_LOOKUPS.match(term)) for term in terms)
    for term in terms:
        nested = _NESTED.match(term)
        if nested and depth < _MAX_LOOKUPS and count <= _MAX_LOOKUPS:
            inner = [text for text in resolver.texts(nested[1]) if _is_spf(text)]
            count += sum(_count_lookups(one, resolver, depth + 1) for one in inner[:1])
    return count


def _examine_dkim(names: Names, resolver: Resolver) -> Iterator[Finding]:
    if not names.keys:
        yield warn(
            "DKIM",
            "feedpub does not sign",
            "let the mail server sign, List-Unsubscribe-Post too, or add [dkim]",
        )
    for key in names.keys:
        published = [text for text in resolver.texts(key.name) if _tags(text).get("p") is not None]
        yield _judge_key(key, published)
    if names.signer and not _is_aligned(names.signer, names.sender):
        yield fail(
            "DKIM",
            f"{names.signer} signs mails from {names.sender}",
            "set dkim.domain to the domain of newsletter.from, or DMARC does not count it",
        )


def _judge_key(key: Record, published: Sequence[str]) -> Finding:
    ours = _tags(key.value)
    if not published:
        return fail("DKIM", f"{key.name} has no key", f'publish: {key.name}. TXT "{key.value}"')
    if any(_tags(text)["p"] == ours["p"] for text in published):
        return ok("DKIM", f"{key.name} is our key")
    if all(not _tags(text)["p"] for text in published):
        return fail(
            "DKIM", f"the key at {key.name} is revoked", "make another, with another selector"
        )
    return fail(
        "DKIM",
        f"{key.name} is another key than ours",
        f'publish: {key.name}. TXT "{key.value}", or use the key that belongs to it',
    )


def _tags(text: str) -> dict[str, str]:
    """Return the tags of a record (RFC 6376, 3.2), blanks taken out of the values."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, mark, value in pairs if mark}


def _examine_dmarc(names: Names, resolver: Resolver) -> Iterator[Finding]:
    record, domain = _find_policy(names.sender, resolver)
    remedy = f'publish: _dmarc.{names.sender}. TXT "v=DMARC1; p=none"'
    if record is None:
        yield fail("DMARC", f"{names.sender} has no policy", remedy)
        return
    tags = _tags(record)
    if tags.get("p", "").lower() not in ("none", "quarantine", "reject"):
        yield fail("DMARC", f"_dmarc.{domain} says p={tags.get('p', '')}", remedy)
        return
    aligned = _is_aligned(names.bounces, names.sender) or (
        bool(names.signer) and _is_aligned(names.signer, names.sender)
    )
    if not aligned:
        yield fail(
            "DMARC",
            f"neither return path ({names.bounces}) nor signature is of {names.sender}",
            "set bounces.address or dkim.domain to the domain of newsletter.from",
        )
        return
    yield ok("DMARC", f"_dmarc.{domain}: {record}")


def _find_policy(domain: str, resolver: Resolver) -> tuple[str | None, str]:
    """Return the policy of a domain, or of the nearest above it, as DMARC's tree walk does."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        name = ".".join(labels[start:])
        for text in resolver.texts(f"_dmarc.{name}"):
            if _tags(text).get("v", "").upper() == "DMARC1":
                return text, name
    return None, domain


def _is_aligned(domain: str, sender: str) -> bool:
    """Return whether two domains belong together in the relaxed way: one is below the other."""
    return domain == sender or domain.endswith(f".{sender}") or sender.endswith(f".{domain}")


def _examine_servers(names: Names, resolver: Resolver) -> Iterator[Finding]:
    for domain in dict.fromkeys((names.sender, names.bounces)):
        servers = resolver.mail_servers(domain)
        if servers:
            yield ok("MX", f"{domain} takes mail at {', '.join(servers[:3])}")
        else:
            yield fail(
                "MX",
                f"{domain} takes no mail",
                "publish an MX record, so that answers and bounces can arrive",
            )
