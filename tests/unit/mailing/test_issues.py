"""What is in an issue, who gets it, and that nothing comes twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from feedpub.errors import IssueHeldError
from feedpub.mailing.results import End
from feedpub.model import DeliveryState, Frequency
from tests.support.press import FRIDAY, KEY, MAILDIR, Press


def test_everybody_gets_what_is_new(press: Press) -> None:
    press.join("a")
    press.join("b")
    press.write("News")

    result = press.send()

    assert (result.end, result.key) == (End.SENT, KEY)
    assert result.counts == {DeliveryState.SENT: 2}
    (text,) = press.read("a")
    assert "News" in text
    assert "Old" not in text


def test_sending_again_sends_nothing(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.send()

    again = press.send()

    assert again.end == End.NOT_DUE
    assert again.next_due == FRIDAY + timedelta(days=7)
    assert len(press.mails()) == 1


def test_a_first_issue_is_due_at_once_and_the_next_one_by_the_schedule(press: Press) -> None:
    press.join("a")
    first = press.newsletter.status().next_due
    press.write("News")
    press.send(at=press.now)

    assert first == {Frequency.WEEKLY: FRIDAY - timedelta(days=7)}
    assert press.newsletter.status().next_due == {Frequency.WEEKLY: FRIDAY}
    assert len(press.mails()) == 1


def test_without_news_nobody_is_mailed_and_the_window_is_done_with(press: Press) -> None:
    press.join("a")

    result = press.send()

    assert (result.end, result.reasons) == (End.NOTHING, ("nothing new",))
    assert press.mails() == []
    assert press.send().end == End.NOT_DUE


def test_what_came_in_a_week_without_readers_comes_never(press: Press) -> None:
    press.write("News")
    assert press.send().end == End.NOTHING

    press.join("late")
    press.pass_week()
    press.write("Later")
    press.send()

    (text,) = press.read("late")
    assert "Later" in text
    assert "News" not in text


def test_a_new_subscriber_gets_the_whole_current_issue(press: Press) -> None:
    press.write("News")
    press.build()

    press.join("late")
    press.send()

    assert "News" in press.read("late")[0]


def test_the_next_issue_begins_where_the_last_one_ended(press: Press) -> None:
    press.join("a")
    press.write("One")
    press.send()
    press.write("Two")  # a second after the first issue was frozen
    press.build()

    press.pass_week()
    press.send()

    first, second = press.read("a")
    assert "One" in first
    assert "Two" not in first
    assert "Two" in second
    assert "One" not in second


def test_a_choice_means_the_subtree_and_nothing_else(press: Press) -> None:
    press.write("Inner", "[alpha, inner]")
    press.write("Other", "beta")
    press.build()
    press.join("a", "alpha")
    press.send()

    (text,) = press.read("a")
    assert "Inner" in text
    assert "Other" not in text


def test_who_chose_what_has_no_news_gets_no_mail(press: Press) -> None:
    press.write("First", "alpha")
    press.write("Other", "beta")
    press.build()
    press.join("a", "alpha")
    press.join("b", "beta")
    press.send()
    press.pass_week()

    press.write("Second", "alpha")
    result = press.send()

    assert result.recipients == 1
    assert len(press.read("b")) == 1


def test_an_article_dated_long_before_it_came_is_not_mailed(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.write("Antique", date="2020-01-01T00:00:00Z")

    press.send()

    assert "Antique" not in press.read("a")[0]


def test_what_the_author_keeps_out_of_digests_is_not_mailed(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.write("Private", digest="no")

    press.send()

    assert "Private" not in press.read("a")[0]


def test_drafts_and_protected_articles_never_come(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.write("Unfinished", draft="true")
    press.write("Locked", password="secret")

    press.send()

    (text,) = press.read("a")
    assert "Unfinished" not in text
    assert "Locked" not in text


# Rehearsal


def test_without_a_mailer_mails_are_files_and_nothing_is_marked(tmp_path: Path) -> None:
    press = Press(tmp_path, rest="")
    press.join("a")
    press.write("News")

    result = press.send()
    again = press.send()

    assert (result.end, again.end) == (End.REHEARSED, End.REHEARSED)
    assert len(list((tmp_path / "outbox").iterdir())) == 1
    assert press.newsletter.issues() == []


# Mails to one person


def test_a_send_brings_confirmations_that_wait_and_then_the_welcome(press: Press) -> None:
    press.audience.subscribe(
        "new@example.com", choice=(), frequency=None, language=None, source="form",
        wording="I want it.", version="1", network="192.0.2.1",
    )  # fmt: skip

    press.send()

    (asked,) = press.read("new")
    assert "确认" in asked


# Hooks


def test_the_operator_is_told_how_it_ended(tmp_path: Path) -> None:
    told = tmp_path / "told"
    hook = f"sh -c 'echo $FEEDPUB_OUTCOME $FEEDPUB_MESSAGE >> {told}'"
    settings = f'on_success = "{hook}"\non_failure = "{hook}"'
    press = Press(tmp_path, newsletter=settings, rest=MAILDIR)
    press.join("a")
    press.write("News")
    press.send()
    for number in range(20):
        press.join(f"r{number}")
    press.pass_week()
    press.write("More")
    with pytest.raises(IssueHeldError):
        press.send()

    success, failure = told.read_text("utf-8").splitlines()
    assert success == f"success {KEY}: sent to 1"
    assert failure.startswith("failure weekly: weekly/2026-12-04: 21 recipients")
