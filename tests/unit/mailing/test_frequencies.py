"""Who changes how often, or whose site does, misses nothing and gets nothing twice."""

from datetime import timedelta
from pathlib import Path

from feedpub.mailing.results import End
from feedpub.model import Frequency
from tests.support.press import FRIDAY, Press


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


def test_a_preview_shows_the_window_of_the_issue_and_not_what_one_changer_is_owed(
    tmp_path: Path,
) -> None:
    press = Press(tmp_path, newsletter='daily = "09:00"')
    changer = press.join("a", frequency=Frequency.WEEKLY)
    press.join("b", frequency=Frequency.DAILY)
    press.write("One")
    press.send()
    press.write("Two")
    press.send(Frequency.DAILY, at=FRIDAY + timedelta(days=2))
    press.audience.set_preferences(
        changer.id, choice=(), frequency=Frequency.DAILY, language=None, source="test"
    )
    press.now += timedelta(hours=1)
    press.write("Three")
    press.build()

    newsletter = press.newsletter
    shown = newsletter.preview(Frequency.DAILY).text
    owed = newsletter.preview(Frequency.DAILY, subscriber=changer.id).text

    assert ("# Two" in shown, "# Three" in shown) == (False, True)
    assert ("# Two" in owed, "# Three" in owed) == (True, True)
