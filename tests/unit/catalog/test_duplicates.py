"""Which of several equal files stands for their article."""

from hypothesis import given
from hypothesis import strategies as st

from feedpub.catalog.duplicates import unite
from feedpub.catalog.identity import Flag, Moment, Record, State
from tests.support.records import NOW, make_record

MOMENT = Moment.after(0, NOW)


def standing(*files: Record) -> list[tuple[int, int | None]]:
    return [(file.state, file.same_as) for file in unite(files, MOMENT)]


def test_the_first_seen_stands_for_the_others() -> None:
    assert standing(make_record(2), make_record(1), make_record(3)) == [
        (State.DUPLICATE, 1),
        (State.LIVE, None),
        (State.DUPLICATE, 1),
    ]


def test_of_those_seen_together_the_first_by_path_stands_for_the_others() -> None:
    files = [
        make_record(1, name="b.md", first_seen=NOW),
        make_record(2, name="a.md", first_seen=NOW),
    ]

    assert standing(*files) == [(State.DUPLICATE, 2), (State.LIVE, None)]


def test_a_move_changes_nothing_about_that() -> None:
    files = [
        make_record(1, name="z.md", origin="a.md", first_seen=NOW),
        make_record(2, name="b.md", first_seen=NOW),
    ]

    assert standing(*files) == [(State.LIVE, None), (State.DUPLICATE, 1)]


def test_of_two_sources_the_one_known_longer_comes_first() -> None:
    files = [make_record(1, source=2, name="a.md", first_seen=NOW), make_record(2, first_seen=NOW)]

    assert standing(*files) == [(State.DUPLICATE, 2), (State.LIVE, None)]


def test_what_is_not_fit_is_held_by_itself() -> None:
    files = [
        make_record(1, flags=Flag.DRAFT),
        make_record(2),
        make_record(3, expires=NOW),
        make_record(4),
    ]

    assert standing(*files) == [
        (State.HELD, None),
        (State.LIVE, None),
        (State.HELD, None),
        (State.DUPLICATE, 2),
    ]


def test_a_copy_whose_article_is_gone_stands_alone() -> None:
    files = [make_record(1, state=State.DELETED), make_record(2, state=State.DUPLICATE, same_as=1)]

    assert standing(*files) == [(State.DELETED, None), (State.LIVE, None)]


def test_what_repeats_a_hidden_file_is_hidden_with_it() -> None:
    files = [make_record(1), make_record(2, flags=Flag.HIDDEN), make_record(3, flags=Flag.DRAFT)]

    assert standing(*files) == [(State.DUPLICATE, 2), (State.HELD, None), (State.HELD, None)]


def test_what_becomes_fit_is_first_seen_now() -> None:
    (found,) = unite([make_record(1, state=State.HELD, first_seen=None)], MOMENT)

    assert (found.state, found.first_seen) == (State.LIVE, NOW)


FILES = st.lists(
    st.builds(
        lambda row, flags, seen, state: make_record(row, flags=flags, first_seen=seen, state=state),
        st.integers(1, 9),
        st.sampled_from([0, Flag.DRAFT, Flag.HIDDEN, Flag.PROTECTED]),
        st.sampled_from([None, NOW - 1, NOW]),
        st.sampled_from([State.LIVE, State.HELD, State.DUPLICATE, State.DELETED]),
    ),
    unique_by=lambda file: file.id,
)


@given(FILES)
def test_uniting_twice_changes_nothing(files: list[Record]) -> None:
    once = unite(files, MOMENT)

    assert unite(once, MOMENT) == once


@given(FILES, st.randoms())
def test_the_order_of_files_does_not_matter(files: list[Record], random: object) -> None:
    mixed = list(files)
    random.shuffle(mixed)

    assert sorted(unite(mixed, MOMENT)) == sorted(unite(files, MOMENT))


@given(FILES)
def test_at_most_one_of_them_is_published(files: list[Record]) -> None:
    assert [file.state for file in unite(files, MOMENT)].count(State.LIVE) <= 1
