"""Name servers are asked, by a real one on this machine."""

from collections.abc import Iterator

import pytest

from feedpub.errors import ResolverError
from feedpub.resolver import DnsResolver
from tests.support.dns_server import run_dns

ZONE = """
a.example. 60 IN TXT "v=spf1 mx " "-all"
a.example. 60 IN TXT "other"
a.example. 60 IN MX 20 second.a.example.
a.example. 60 IN MX 10 first.a.example.
none.example. 60 IN MX 0 .
plain.example. 60 IN A 192.0.2.1
"""


@pytest.fixture(scope="module")
def resolver() -> Iterator[DnsResolver]:
    with run_dns(ZONE) as port:
        yield DnsResolver("127.0.0.1", port)


def test_the_strings_of_a_record_are_joined(resolver: DnsResolver) -> None:
    assert sorted(resolver.texts("a.example")) == ["other", "v=spf1 mx -all"]


def test_what_there_is_not_has_no_records(resolver: DnsResolver) -> None:
    assert list(resolver.texts("nobody.example")) == []
    assert list(resolver.texts("plain.example")) == []


def test_mail_servers_come_best_first(resolver: DnsResolver) -> None:
    assert list(resolver.mail_servers("a.example")) == ["first.a.example", "second.a.example"]


def test_a_mere_address_takes_mail_and_a_lone_dot_does_not(resolver: DnsResolver) -> None:
    assert list(resolver.mail_servers("plain.example")) == ["plain.example"]
    assert list(resolver.mail_servers("none.example")) == []
    assert list(resolver.mail_servers("nobody.example")) == []


def test_a_name_server_that_cannot_help_is_named() -> None:
    refusal = pytest.raises(ResolverError, match=r"a\.example TXT: .*--nameserver")
    with run_dns("", answer="SERVFAIL") as port, refusal:
        DnsResolver("127.0.0.1", port).texts("a.example")
