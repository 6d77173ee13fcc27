"""From when on somebody is owed articles; played against a small model of issues."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from feedpub.subscribers.windows import (
    since_after_change,
    since_after_pause,
    since_after_return,
)

NAMES = ("daily", "weekly", "monthly")


@dataclass
class Model:
    """One reader, an article at every instant, and issues that go out on time or late.

    Attributes:
        frequency: The reader's.
        joined: When they became one.
    """

    frequency: str
    joined: int
    ends: dict[str, int] = field(default_factory=dict)
    since: int | None = None
    got: list[int] = field(default_factory=list)
    paused: bool = False
    pause_began: int = 0
    skipped: set[int] = field(default_factory=set)

    def prepare(self, frequency: str, now: int) -> None:
        starts = self.ends.get(frequency, 0)  # the site began to send then
        if frequency == self.frequency and now > self.joined:
            first = starts if self.since is None else self.since
            if self.paused:
                self.skipped.update(range(first, now))
            else:
                self.got.extend(range(first, now))
                self.since = None
        self.ends[frequency] = now

    def change(self, frequency: str, now: int) -> None:
        if frequency == self.frequency:
            return
        if self.paused:
            self.resume()
            self.pause(now)
        self.since = since_after_change(
            self.since,
            last_end=self.ends.get(self.frequency),
            joined=self.joined,
            next_start=self.ends.get(frequency),
        )
        self.frequency = frequency

    def pause(self, now: int) -> None:
        if not self.paused:
            self.paused, self.pause_began = True, now

    def resume(self) -> None:
        if self.paused:
            self.since = since_after_pause(
                self.since, paused=self.pause_began, last_end=self.ends.get(self.frequency)
            )
            self.paused = False


FREQUENCIES = st.sampled_from(NAMES)
STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["change", "issue", "late"]), FREQUENCIES),
    max_size=60,
)
PAUSES = st.lists(
    st.tuples(
        st.integers(0, 40), st.sampled_from(["change", "issue", "pause", "resume"]), FREQUENCIES
    ),
    max_size=60,
)


@given(FREQUENCIES, st.integers(0, 300), STEPS)
def test_no_change_of_frequency_repeats_or_skips_an_article(
    first: str, joined: int, steps: list[tuple[int, str, str]]
) -> None:
    model, now = Model(first, joined), joined
    for wait, what, frequency in steps:
        now += wait
        if what == "change":
            model.change(frequency, now)
        else:
            model.prepare(frequency, now)
    model.prepare(model.frequency, now + 1)

    assert len(model.got) == len(set(model.got))
    assert set(model.got) >= set(range(joined, now + 1))


@given(FREQUENCIES, PAUSES)
def test_a_pause_repeats_nothing_and_skips_only_what_went_out_meanwhile(
    first: str, steps: list[tuple[int, str, str]]
) -> None:
    model, now = Model(first, 0), 0
    for wait, what, frequency in steps:
        now += wait
        if what == "change":
            model.change(frequency, now)
        elif what == "pause":
            model.pause(now)
        elif what == "resume":
            model.resume()
        else:
            model.prepare(frequency, now)
    model.resume()
    model.prepare(model.frequency, now + 1)

    assert len(model.got) == len(set(model.got))
    missed = set(range(now + 1)) - set(model.got)
    assert missed <= model.skipped


def test_a_newcomer_who_changes_at_once_gets_the_issue_under_way() -> None:
    assert since_after_change(None, last_end=None, joined=100, next_start=90) is None


def test_a_newcomer_is_owed_what_came_since_they_joined() -> None:
    assert since_after_change(None, last_end=None, joined=100, next_start=150) == 100
    assert since_after_change(None, last_end=None, joined=100, next_start=None) == 100


def test_what_is_owed_already_stays_owed() -> None:
    assert since_after_change(50, last_end=200, joined=0, next_start=300) == 50


def test_a_pause_between_two_issues_changes_nothing() -> None:
    assert since_after_pause(50, paused=200, last_end=200) == 50
    assert since_after_pause(None, paused=200, last_end=None) is None


def test_after_a_pause_mail_begins_with_the_issue_under_way() -> None:
    assert since_after_pause(50, paused=200, last_end=201) == 201


def test_who_comes_back_does_not_get_again_what_they_had() -> None:
    assert since_after_return(received=200, next_start=100) == 200
    assert since_after_return(received=200, next_start=None) == 200


def test_who_comes_back_gets_the_issue_under_way_like_a_newcomer() -> None:
    assert since_after_return(received=200, next_start=300) is None
    assert since_after_return(received=None, next_start=300) is None
