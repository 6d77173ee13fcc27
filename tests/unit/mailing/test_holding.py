"""What keeps an issue back: a person has to look, or somebody stopped it."""

import pytest

from feedpub.errors import ConfigError, IssueError, IssueHeldError
from feedpub.mailing.results import End
from feedpub.model import DeliveryState, Frequency, IssueState
from feedpub.newsletter import Timing
from feedpub.wiring import accept_key
from tests.support.press import FRIDAY, KEY, Press

# Held


def test_a_first_mass_send_waits_for_a_person(press: Press) -> None:
    for number in range(11):
        press.join(f"r{number}")
    press.write("News")

    with pytest.raises(IssueHeldError, match="first mass send") as held:
        press.send()
    assert held.value.recipients == 11
    assert press.mails() == []

    assert press.send(agreed=11).end == End.SENT


def test_more_than_twice_the_last_issue_waits_for_a_person(press: Press) -> None:
    for number in range(5):
        press.join(f"r{number}")
    press.write("One")
    press.send()
    for number in range(5, 12):
        press.join(f"r{number}")
    press.pass_week()
    press.write("Two")

    with pytest.raises(IssueHeldError, match="more than twice the 5"):
        press.send()


def test_more_than_was_agreed_to_waits_again(press: Press) -> None:
    for number in range(12):
        press.join(f"r{number}")
    press.write("News")

    with pytest.raises(IssueHeldError, match="more than the 11"):
        press.send(agreed=11)


def test_old_missed_issues_wait_for_a_person(press: Press) -> None:
    press.join("a")
    press.write("One")
    press.send()
    press.write("Missed")
    press.build()
    press.pass_week(4)
    press.write("Recent")

    with pytest.raises(IssueHeldError, match="--catch-up"):
        press.send()

    result = press.send(timing=Timing(catch_up=True))
    text = press.read("a")[-1]
    assert result.end == End.SENT
    assert "Missed" in text
    assert "Recent" in text


def test_old_missed_issues_may_be_let_go(press: Press) -> None:
    press.join("a")
    press.write("One")
    press.send()
    press.write("Missed")
    press.build()
    press.pass_week(4)
    press.write("Recent")

    press.send(timing=Timing(skip_missed=True))

    text = press.read("a")[-1]
    assert "Missed" not in text
    assert "Recent" in text


def test_one_missed_week_is_mailed_with_the_next(press: Press) -> None:
    press.join("a")
    press.write("One")
    press.send()
    press.write("Missed")
    press.build()
    press.pass_week(2)

    assert press.send().end == End.SENT
    assert "Missed" in press.read("a")[-1]


def test_without_a_postal_address_nobody_is_mailed(press: Press) -> None:
    settings = press.root / "feedpub.toml"
    text = settings.read_text("utf-8").replace('postal_address = "1 Test Street"', "")
    settings.write_text(text, "utf-8")

    with pytest.raises(ConfigError, match="postal address"):
        press.send()


# Stopped, dropped


def test_a_stopped_issue_goes_on_when_it_is_told(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.build()
    press.now = FRIDAY
    press.newsletter.prepare(Frequency.WEEKLY)
    press.newsletter.stop(KEY)

    assert press.send().end == End.NOT_DUE
    press.newsletter.resume(KEY)
    assert press.send().end == End.SENT


def test_a_dropped_issue_never_comes(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.build()
    press.now = FRIDAY
    press.newsletter.prepare(Frequency.WEEKLY)

    dropped = press.newsletter.drop(KEY)
    press.pass_week()
    press.write("Next")
    press.send()

    assert dropped.state == IssueState.DROPPED
    (text,) = press.read("a")
    assert "News" not in text


def test_a_sent_issue_cannot_be_dropped(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.send()

    with pytest.raises(IssueError, match="finished"):
        press.newsletter.drop(KEY)


def test_an_unknown_issue_is_told_with_the_last_ones(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.send()

    with pytest.raises(IssueError, match=KEY):
        press.newsletter.show("weekly/2020-01-01")


# The key


def test_another_key_is_refused_until_it_is_accepted(press: Press) -> None:
    press.join("a")
    key = press.root / "feedpub.key"
    key.write_text("0" * 64 + "\n", "utf-8")
    press.write("News")

    with pytest.raises(ConfigError, match="not the key that the database knows"):
        press.send()

    accept_key(press.config)
    assert press.send().end == End.SENT


# Restored


def test_a_restored_database_mails_nothing_again(press: Press) -> None:
    press.join("a")
    press.write("One")
    press.send()
    copy = next((press.root / "backups").glob("*.db"))
    press.pass_week()
    press.write("Two")
    press.send()

    press.restore(copy)
    with pytest.raises(IssueHeldError, match="feedpub build"):
        press.send(build=False)
    press.pass_week()
    report = press.build()
    press.write("Three")
    result = press.send()

    # The new issue went out, and somebody has to look after the old one.
    assert (result.end, result.counts) == (End.PARTLY, {DeliveryState.SENT: 1})
    assert any("restored" in problem.message for problem in report.problems)
    texts = "".join(press.read("a"))
    assert [texts.count(f"# {title}") for title in ("One", "Two", "Three")] == [1, 1, 1]
    status, _ = press.newsletter.show(KEY)
    assert status.counts == {DeliveryState.UNKNOWN: 1}
