"""What the editor makes of an issue, and that it stays as it was frozen."""

from datetime import timedelta
from pathlib import Path

from feedpub.mailing.results import End
from feedpub.model import DeliveryState, Frequency
from feedpub.newsletter import Hand
from feedpub.wiring import open_site
from tests.support.press import FRIDAY, KEY, Press

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


# Languages


def test_the_words_around_are_in_the_language_of_the_reader(tmp_path: Path) -> None:
    press = Press(tmp_path, newsletter='languages = ["en"]')
    press.join("a", language="en")
    press.join("b")
    press.write("News")

    press.send()

    assert "Unsubscribe" in press.read("a")[0]
    assert "退订" in press.read("b")[0]
