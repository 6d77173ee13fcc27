"""What is in an issue, who gets it, and that nothing comes twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from feedpub.errors import ConfigError, IssueError, IssueHeldError
from feedpub.mailing.results import End
from feedpub.model import DeliveryState, Frequency, IssueState
from feedpub.newsletter import Hand, Timing
from feedpub.wiring import accept_key, open_site
from tests.support.press import FRIDAY, MAILDIR, Press

KEY = "weekly/2026-11-27"


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


# The editor's hand


def test_the_authors_lead_comes_first(press: Press) -> None:
    press.join("a")
    press.write("Lead", digest="lead")
    press.build()
    press.now += timedelta(hours=1)
    press.write("Newer")

    press.send()

    (text,) = press.read("a")
    assert text.index("Lead") < text.index("Newer")
    assert "Lead" in str(press.mails()[0]["Subject"])


def test_the_editor_chooses_lead_subject_and_what_is_left_out(press: Press) -> None:
    press.join("a")
    for title in ("One", "Two", "Three"):
        press.write(title)
    press.build()
    newsletter = press.newsletter
    hand = Hand("本周", newsletter.find_article("one.md"), (newsletter.find_article("two.md"),))

    press.send(hand=hand)

    (text,) = press.read("a")
    assert "Two" not in text
    assert text.index("One") < text.index("Three")
    assert press.mails()[0]["Subject"] == "本周"


def test_the_editors_words_are_sent_once(press: Press) -> None:
    press.join("a")
    (press.root / "intro.md").write_text("---\ntitle: 编者按\n---\n亲爱的**读者**。\n", "utf-8")
    press.write("One")
    press.send()
    press.pass_week()
    press.write("Two")

    press.send()

    first, second = press.read("a")
    assert "亲爱的读者" in first
    assert "亲爱的读者" not in second
    assert press.mails()[0]["Subject"] == "编者按"


# Frozen


def test_a_prepared_issue_changes_no_more(press: Press) -> None:
    press.join("a")
    path = press.write("News")
    press.build()
    press.now = FRIDAY
    press.newsletter.prepare(Frequency.WEEKLY)

    path.write_text(path.read_text("utf-8").replace("Words of News", "Other words"), "utf-8")
    press.write("Later")
    press.join("late")
    press.send()

    (text,) = press.read("a")
    assert "Words of News" in text
    assert "Later" not in text
    assert press.read("late") == []


def test_who_left_since_an_issue_was_prepared_is_not_mailed(press: Press) -> None:
    press.join("a")
    leaver = press.join("b")
    sleeper = press.join("c")
    press.write("News")
    press.build()
    press.now = FRIDAY
    press.newsletter.prepare(Frequency.WEEKLY)

    press.audience.unsubscribe(leaver.id, source="test")
    press.audience.set_preferences(
        sleeper.id, choice=(), frequency=None, language=None, paused=True, source="test"
    )
    result = press.send()

    assert result.counts == {DeliveryState.SENT: 1, DeliveryState.SKIPPED: 2}
    assert result.end == End.SENT


def test_what_is_hidden_goes_from_mails_that_were_not_sent(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.write("Mistake")
    press.build()
    press.now = FRIDAY
    press.newsletter.prepare(Frequency.WEEKLY)

    with open_site(press.config, clock=lambda: press.now) as publisher:
        publisher.hide("mistake.md")
    press.send()

    (text,) = press.read("a")
    assert "Mistake" not in text
    assert "Mistake" not in press.page(f"newsletter/{KEY}/index.html")


def test_a_mail_with_nothing_left_in_it_is_not_sent(press: Press) -> None:
    press.join("a")
    press.write("Mistake")
    press.build()
    press.now = FRIDAY
    press.newsletter.prepare(Frequency.WEEKLY)

    with open_site(press.config, clock=lambda: press.now) as publisher:
        publisher.hide("mistake.md")
    result = press.send()

    assert result.counts == {DeliveryState.SKIPPED: 1}
    assert press.mails() == []


def test_an_issue_is_prepared_once(press: Press) -> None:
    press.join("a")
    press.write("News")
    press.build()
    press.now = FRIDAY

    assert press.newsletter.prepare(Frequency.WEEKLY) is not None
    assert press.newsletter.prepare(Frequency.WEEKLY) is None


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


# Frequencies


def test_who_wants_it_more_often_misses_nothing_and_gets_nothing_twice(tmp_path: Path) -> None:
    press = Press(tmp_path, newsletter='daily = "09:00"')
    changer = press.join("a", frequency=Frequency.WEEKLY)
    press.write("One")
    press.send()
    press.now += timedelta(days=2, hours=-1)
    press.write("Two")
    press.build()

    press.audience.set_preferences(
        changer.id, choice=(), frequency=Frequency.DAILY, language=None, source="test"
    )
    press.send(Frequency.DAILY, at=FRIDAY + timedelta(days=2))
    press.send(Frequency.DAILY, at=FRIDAY + timedelta(days=3))
    press.send(at=FRIDAY + timedelta(days=7))

    everything = "".join(press.read("a"))
    assert everything.count("# One") == 1
    assert everything.count("# Two") == 1


def set_schedule(press: Press, old: str, new: str) -> None:
    settings = press.root / "feedpub.toml"
    settings.write_text(settings.read_text("utf-8").replace(old, new), "utf-8")


def test_another_schedule_of_the_site_misses_nothing_and_repeats_nothing(press: Press) -> None:
    press.join("a")
    press.join("b", frequency=Frequency.WEEKLY)
    press.write("One")
    press.send()
    press.now += timedelta(days=4)
    press.write("Two")
    press.build()

    set_schedule(press, 'weekly = "Fri 09:00"', 'daily = "09:00"')
    press.send(Frequency.DAILY)
    for day in range(5):
        press.now += timedelta(days=1)
        press.write(f"Daily {day}")
        press.send(Frequency.DAILY)
    press.write("Last")
    press.build()
    set_schedule(press, 'daily = "09:00"', 'weekly = "Fri 09:00"')
    press.pass_week()
    assert press.send().end == End.SENT

    for name in ("a", "b"):
        everything = "".join(press.read(name))
        titles = ("One", "Two", *(f"Daily {day}" for day in range(5)), "Last")
        assert [everything.count(f"# {title}") for title in titles] == [1] * len(titles), name


# Languages


def test_the_words_around_are_in_the_language_of_the_reader(tmp_path: Path) -> None:
    press = Press(tmp_path, newsletter='languages = ["en"]')
    press.join("a", language="en")
    press.join("b")
    press.write("News")

    press.send()

    assert "Unsubscribe" in press.read("a")[0]
    assert "退订" in press.read("b")[0]


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
