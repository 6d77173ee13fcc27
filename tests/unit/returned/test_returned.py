"""What becomes of subscribers when mail comes back, or when they write."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedpub.bounces import Kind
from feedpub.cli.main import cli
from feedpub.cli.session import Session
from feedpub.config import BouncesConfig
from feedpub.errors import BusyError, ConfigError, StoreError
from feedpub.messages.return_paths import (
    make_confirm_address,
    make_return_path,
    make_unsubscribe_address,
)
from feedpub.model import Subscriber, SubscriberState
from feedpub.returned import Returned
from feedpub.wiring import open_returned
from tests.support.letters import arf, dsn, letter, qmail
from tests.support.people import READER, PeopleSite

State = SubscriberState


def put(site: PeopleSite, *letters: bytes) -> None:
    new = site.config.root / "bounces" / "new"
    for data in letters:
        (new / f"{len(list(new.parent.glob('*/*'))):05}.M1.host").write_bytes(data)


def waiting(site: PeopleSite) -> int:
    return len(list((site.config.root / "bounces" / "new").iterdir()))


def take(site: PeopleSite, *letters: bytes, **options: object):
    put(site, *letters)
    return open_site_mailbox(site).take(**options)


def open_site_mailbox(site: PeopleSite) -> Returned:
    return open_returned(site.config, clock=site.clock)


def bounce(
    site: PeopleSite, subscriber: Subscriber, status: str = "5.1.1", extra: str = ""
) -> bytes:
    path = make_return_path("bounce@news.example", site.signer, site.deliver(subscriber))
    report = dsn(status, f"smtp; 550 {status} no", to=path)
    return report.replace(READER.encode(), subscriber.address.encode())


def test_an_address_that_does_not_exist_is_not_mailed_again(site: PeopleSite) -> None:
    person, other = site.add(), site.add("other@a.example")

    report = take(site, bounce(site, person))

    assert (report.letters, report.kinds, report.suppressed) == (1, {Kind.HARD: 1}, 1)
    assert report.codes == {"5.1.1": 1}
    assert site.state(person) == State.BOUNCED
    assert site.state(other) == State.ACTIVE
    assert waiting(site) == 0


def test_the_third_failure_in_thirty_days_ends_a_subscription(site: PeopleSite) -> None:
    person = site.add()
    path = make_return_path("bounce@news.example", site.signer, site.deliver(person))
    states = []

    for number in range(3):
        site.clock.advance(days=7)
        report = take(site, dsn("5.2.2", f"smtp; 552 5.2.2 full {number}", to=path))
        states.append((site.state(person), report.suppressed))

    assert states == [(State.ACTIVE, 0), (State.ACTIVE, 0), (State.BOUNCED, 1)]


def test_failures_far_apart_are_no_reason(site: PeopleSite) -> None:
    person = site.add()
    path = make_return_path("bounce@news.example", site.signer, site.deliver(person))

    for number in range(5):
        site.clock.advance(days=16)
        take(site, dsn("4.4.1", f"smtp; 451 4.4.1 later {number}", to=path))

    assert site.state(person) == State.ACTIVE


def test_the_same_report_counts_once(site: PeopleSite) -> None:
    person = site.add()
    report = bounce(site, person, "5.2.2")

    take(site, report, report, report)

    assert site.state(person) == State.ACTIVE


@pytest.mark.parametrize("code", ["5.7.1", "5.7.26", "5.1.8", "4.7.0"])
def test_what_servers_have_against_us_suppresses_nobody(site: PeopleSite, code: str) -> None:
    person = site.add()
    path = make_return_path("bounce@news.example", site.signer, site.deliver(person))

    letters = [dsn(code, f"smtp; 550 {code} no {number}", to=path) for number in range(9)]
    report = take(site, *letters)

    assert report.kinds == {Kind.REFUSED: 9}
    assert site.state(person) == State.ACTIVE


def test_a_complaint_ends_it_for_good(site: PeopleSite) -> None:
    person = site.add()

    report = take(site, arf(link=_link(site, person)))

    assert (report.kinds, report.suppressed) == ({Kind.COMPLAINT: 1}, 1)
    assert site.state(person) == State.COMPLAINED
    assert site.collect() == []


def _link(site: PeopleSite, person: Subscriber) -> str:
    return f"<mailto:{make_unsubscribe_address('news@news.example', site.signer, person.id)}>"


def test_a_letter_unsubscribes_without_an_answer(site: PeopleSite) -> None:
    person = site.add()
    address = make_unsubscribe_address("news@news.example", site.signer, person.id)

    take(site, letter(address))

    assert site.state(person) == State.UNSUBSCRIBED
    assert site.collect() == []


def test_an_answer_to_the_confirmation_subscribes(site: PeopleSite) -> None:
    site.ask()
    (person,) = site.audience.list_subscribers()
    address = make_confirm_address("news@news.example", site.signer, person.id)

    take(site, letter(address))

    assert site.state(person) == State.ACTIVE


def test_an_answer_that_comes_too_late_does_nothing(site: PeopleSite) -> None:
    site.ask()
    (person,) = site.audience.list_subscribers()
    site.clock.advance(days=8)

    report = take(site, letter(make_confirm_address("news@news.example", site.signer, person.id)))

    assert report.late == 1
    assert site.state(person) == State.PENDING
    assert waiting(site) == 0


def test_an_answer_read_again_does_not_bring_somebody_back(site: PeopleSite) -> None:
    site.ask()
    (person,) = site.audience.list_subscribers()
    answer = letter(make_confirm_address("news@news.example", site.signer, person.id))
    take(site, answer)
    site.clock.advance(hours=1)
    site.audience.unsubscribe(person.id, source="page")

    take(site, answer)

    assert site.state(person) == State.UNSUBSCRIBED


def test_reports_of_somebody_who_was_forgotten_do_nothing(site: PeopleSite) -> None:
    person = site.add()
    letters = [
        bounce(site, person),
        arf(link=_link(site, person)),
        letter(make_unsubscribe_address("news@news.example", site.signer, person.id)),
    ]
    site.audience.forget(person.id, source="test")

    report = take(site, *letters)

    assert report.suppressed == 0
    assert READER.encode() not in site.snapshot()


def test_forged_reports_change_nothing(site: PeopleSite) -> None:
    person = site.add()
    delivery = site.deliver(person)
    path = make_return_path("bounce@news.example", site.signer, delivery)
    before = site.snapshot()

    report = take(
        site,
        dsn(to="bounce@news.example"),
        dsn(to=path.replace(f"+{delivery}-", f"+{delivery + 1}-")),
        dsn(to=path[:-15] + "aaa@news.example"),
        letter("news+5-aaaaaaaaaaaaaaaaaaaaaaaaaa@news.example"),
    )

    assert report.kinds == {}
    assert site.snapshot() == before
    assert waiting(site) == 4


def test_a_report_about_somebody_else_suppresses_nobody(site: PeopleSite) -> None:
    person, other = site.add("me@b.example"), site.add()

    path = make_return_path("bounce@news.example", site.signer, site.deliver(person))

    report = take(site, dsn(to=path))  # which names the other

    assert report.suppressed == 0
    assert (site.state(person), site.state(other)) == (State.ACTIVE, State.ACTIVE)


@pytest.mark.parametrize("of", [dsn, qmail])
def test_a_letter_that_only_looks_like_a_report_suppresses_nobody(
    site: PeopleSite, of: Callable[..., bytes]
) -> None:
    person = site.add()
    path = make_return_path("bounce@news.example", site.signer, site.deliver(person))
    forged = of(to=path).replace(b"Return-Path: <>", b"Return-Path: <somebody@c.example>", 1)

    report = take(site, forged)

    assert (report.suppressed, report.kinds) == (0, {})
    assert site.state(person) == State.ACTIVE


def test_a_server_that_names_itself_as_sender_is_believed(site: PeopleSite) -> None:
    person = site.add()
    letter = bounce(site, person).replace(b"<>", b"<MAILER-DAEMON@mx.a.example>", 1)

    assert take(site, letter).suppressed == 1


def test_letters_for_a_person_stay_where_they_are(site: PeopleSite) -> None:
    report = take(site, letter("news@news.example"))

    assert (report.letters, report.kinds) == (1, {})
    assert waiting(site) == 1


def test_a_rehearsal_changes_nothing(site: PeopleSite) -> None:
    person = site.add()
    report_of = bounce(site, person)
    before = site.snapshot()

    report = take(site, report_of, dry_run=True)

    assert (report.is_rehearsal, report.kinds) == (True, {Kind.HARD: 1})
    assert site.snapshot() == before
    assert waiting(site) == 1


def test_a_run_that_breaks_off_loses_no_letter(
    site: PeopleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [site.add(f"p{number}@a.example") for number in range(3)]
    put(site, *(bounce(site, person) for person in people))
    returned = open_site_mailbox(site)
    record, calls = returned._audience.record_bounce, []

    def fail_once(*arguments: object, **options: object) -> bool:
        calls.append(arguments)
        if len(calls) == 2:
            raise StoreError("the disk is full; make room")
        return bool(record(*arguments, **options))

    monkeypatch.setattr(returned._audience, "record_bounce", fail_once)
    with pytest.raises(StoreError):
        returned.take()
    half = [site.state(person) for person in people]
    returned.take()

    assert half == [State.BOUNCED, State.ACTIVE, State.ACTIVE]
    assert [site.state(person) for person in people] == [State.BOUNCED] * 3
    assert waiting(site) == 0


def test_a_limit_leaves_the_rest_for_the_next_run(site: PeopleSite) -> None:
    people = [site.add(f"p{number}@a.example") for number in range(3)]

    report = take(site, *(bounce(site, person) for person in people), limit=2)

    assert report.letters == 2
    assert waiting(site) == 1


def test_two_readers_do_not_get_in_each_others_way(site: PeopleSite) -> None:
    returned = open_site_mailbox(site)

    with returned._lock(), pytest.raises(BusyError):
        open_site_mailbox(site).take()


def test_a_site_without_a_mailbox_is_told_how_to_name_one(built_site: Path, tmp_path: Path) -> None:
    bounces = BouncesConfig(address="bounce@news.example")
    site = PeopleSite(tmp_path / "site", built_site, bounces=bounces)

    with pytest.raises(ConfigError, match=r"no mailbox to read; add maildir = .* to \[bounces\]"):
        open_site_mailbox(site)


# The command


class Wired:
    """Stands for the wiring: the site of the test, with its clock."""

    def __init__(self, site: PeopleSite) -> None:
        self._site = site

    def open_returned(self, _: object) -> Returned:
        return open_site_mailbox(self._site)


def run(site: PeopleSite, *words: str) -> Result:
    settings = site.config.root / "feedpub.toml"
    settings.write_text(f'[site]\nid = "{site.config.site_id}"\nurl = "https://news.example/"\n')
    session = Session(_wiring=Wired(site))  # type: ignore[arg-type]
    return CliRunner().invoke(cli, ["-C", str(site.config.root), "bounces", *words], obj=session)


def test_the_command_says_what_it_found(site: PeopleSite) -> None:
    person = site.add()
    put(site, bounce(site, person), bounce(site, site.add("b@a.example"), "5.7.1"))

    result = run(site)

    assert result.exit_code == 0
    assert result.stdout == ("      1 hard bounce\n      1 refused as spam or by policy\n")
    assert "status codes: 5.1.1 (1), 5.7.1 (1)" in result.stderr
    assert "see: feedpub doctor" in result.stderr
    assert "2 letters read, 0 not for us; 1 of the addresses will not be mailed any more" in (
        result.stderr
    )
    assert READER not in result.output


def test_the_command_speaks_json(site: PeopleSite) -> None:
    put(site, bounce(site, site.add()))

    data = json.loads(run(site, "--json", "--dry-run").stdout)

    assert data["kinds"] == {"hard bounce": 1}
    assert data["is_rehearsal"] is True
