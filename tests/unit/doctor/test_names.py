"""What the DNS says of a sender, and what to publish instead."""

from collections.abc import Mapping, Sequence

import pytest

from feedpub.doctor import Level
from feedpub.doctor.names import Names, Record, examine_names
from feedpub.errors import ResolverError

KEY = Record("s1._domainkey.a.example", "v=DKIM1; k=rsa; p=AAAABBBB")
GOOD = {
    "a.example": ["something else", "v=spf1 mx include:b.example -all"],
    "b.example": ["v=spf1 ip4:192.0.2.1 -all"],
    KEY.name: [KEY.value],
    "_dmarc.a.example": ["v=DMARC1; p=none"],
}


class Zone:
    """A resolver that knows what a test says."""

    def __init__(
        self, texts: Mapping[str, Sequence[str]], servers: Sequence[str] = ("mx",)
    ) -> None:
        self._texts, self._servers = texts, servers

    def texts(self, name: str) -> Sequence[str]:
        return self._texts.get(name, ())

    def mail_servers(self, name: str) -> Sequence[str]:
        return self._servers


def look(about: str, changes: Mapping[str, Sequence[str]] | None = None, **names: object):
    """Return what is found about one thing, in a zone that is right but for some changes."""
    whole = {"sender": "a.example", "bounces": "a.example", "signer": "a.example", "keys": [KEY]}
    found = examine_names(Names(**{**whole, **names}), Zone({**GOOD, **(changes or {})}))  # type: ignore[arg-type]
    return [finding for finding in found if finding.about == about]


@pytest.mark.parametrize("about", ["SPF", "DKIM", "DMARC", "MX"])
def test_what_is_right_is_found_right(about: str) -> None:
    (finding,) = look(about)

    assert (finding.level, finding.remedy) == (Level.OK, "")


@pytest.mark.parametrize(
    ("records", "level", "text", "remedy"),
    [
        ([], Level.FAIL, "has no record", 'TXT "v=spf1 mx -all"'),
        (["v=spf10 -all"], Level.FAIL, "has no record", "publish"),
        (["v=spf1 -all", "v=spf1 mx -all"], Level.FAIL, "has 2 records", "two count as none"),
        (["v=spf1 +all"], Level.FAIL, "lets everybody send", '"-all"'),
        (["v=spf1 all"], Level.FAIL, "lets everybody send", '"-all"'),
        (["v=spf1 mx ?all"], Level.WARN, "refuses nobody", '"-all"'),
        (["v=spf1 mx"], Level.WARN, "refuses nobody", '"-all"'),
        (["V=SPF1 mx ~all"], Level.OK, "a.example: V=SPF1 mx ~all", ""),
        (["v=spf1 redirect=b.example"], Level.OK, "a.example", ""),
        (["v=spf1 " + "a:x.example " * 11 + "-all"], Level.FAIL, "needs 11 look-ups", "less"),
    ],
)
def test_an_spf_record_is_judged(records: list[str], level: Level, text: str, remedy: str) -> None:
    (finding,) = look("SPF", {"a.example": records})

    assert finding.level == level
    assert text in finding.text
    assert remedy in finding.remedy


def test_what_is_included_is_counted_and_a_circle_ends() -> None:
    circle = {
        "a.example": ["v=spf1 include:b.example -all"],
        "b.example": ["v=spf1 include:a.example"],
    }

    (finding,) = look("SPF", circle)

    assert "look-ups" in finding.text


@pytest.mark.parametrize(
    ("records", "level", "text"),
    [
        ([], Level.FAIL, "s1._domainkey.a.example has no key"),
        (["v=DKIM1; k=rsa; p=AAAA BBBB"], Level.OK, "is our key"),
        (["k=rsa; p=AAAABBBB; t=s"], Level.OK, "is our key"),
        (["v=DKIM1; p="], Level.FAIL, "is revoked"),
        (["v=DKIM1; k=rsa; p=CCCC"], Level.FAIL, "is another key than ours"),
        (["v=DKIM1; p=CCCC", KEY.value], Level.OK, "is our key"),
    ],
)
def test_the_published_key_has_to_be_ours(records: list[str], level: Level, text: str) -> None:
    (finding,) = look("DKIM", {KEY.name: records})

    assert finding.level == level
    assert text in finding.text
    if level is Level.FAIL and "revoked" not in text:
        assert KEY.value in finding.remedy


def test_who_does_not_sign_is_reminded() -> None:
    (finding,) = look("DKIM", keys=[], signer="")

    assert finding.level == Level.WARN


def test_a_signature_of_another_domain_counts_for_nothing() -> None:
    findings = look("DKIM", signer="other.example")

    assert findings[-1].level == Level.FAIL
    assert "set dkim.domain" in findings[-1].remedy


@pytest.mark.parametrize(
    ("records", "level"),
    [
        ([], Level.FAIL),
        (["v=DMARC1"], Level.FAIL),
        (["v=DMARC1; p=whatever"], Level.FAIL),
        (["v=DMARC1; p=reject; rua=mailto:x@a.example"], Level.OK),
        (["v=spf1", "V=DMARC1;p=Quarantine"], Level.OK),
    ],
)
def test_a_policy_is_needed(records: list[str], level: Level) -> None:
    assert look("DMARC", {"_dmarc.a.example": records})[0].level == level


def test_the_policy_of_the_domain_above_counts() -> None:
    (finding,) = look("DMARC", sender="news.eu.a.example", bounces="news.eu.a.example")

    assert finding.level == Level.OK


def test_something_has_to_be_aligned() -> None:
    (finding,) = look("DMARC", bounces="relay.example", signer="")

    assert finding.level == Level.FAIL
    assert "set bounces.address or dkim.domain" in finding.remedy


def test_a_domain_without_mail_cannot_get_answers() -> None:
    names = Names("a.example", "b.example")
    found = [f for f in examine_names(names, Zone(GOOD, ())) if f.about == "MX"]

    assert [finding.level for finding in found] == [Level.FAIL, Level.FAIL]


def test_a_name_server_that_is_silent_is_no_verdict() -> None:
    class Silent(Zone):
        def texts(self, name: str) -> Sequence[str]:
            raise ResolverError(f"{name} TXT: timed out; try again")

    findings = list(examine_names(Names("a.example", "a.example", "", [KEY]), Silent({})))

    assert {finding.level for finding in findings if finding.about != "MX"} == {Level.WARN}
    assert "timed out" in findings[0].remedy
