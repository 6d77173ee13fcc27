"""What differs by recipient stands in the top and the footer only, whatever articles hold."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import Block, FrozenDigest, Level, Slot
from feedpub.digest.freezing import name_gaps
from feedpub.digest.renderer import Gaps
from tests.support.digests import VALUES, html_of, make_article, make_head, text_of


def slots(block: Block) -> list[Slot]:
    return [piece for piece in block if isinstance(piece, Slot)]


@given(choice=st.sets(st.integers(0, 8)).map(sorted).map(tuple))
@settings(max_examples=30)
def test_slots_stand_in_the_top_and_the_footer_only(
    digest: FrozenDigest, choice: tuple[int, ...]
) -> None:
    plan = digest.plan(choice, "zh-CN", 0)

    if plan:
        personal = [place for place, block in enumerate(plan.html) if slots(block)]
        assert personal == [3, len(plan.html) - 2]
        assert [place for place, block in enumerate(plan.text) if slots(block)] == [
            1,
            len(plan.text) - 1,
        ]


def test_the_way_out_is_near_the_top_and_at_the_end_of_both_parts(digest: FrozenDigest) -> None:
    plan = digest.plan((), "en", 0)

    assert plan
    for part in (plan.html, plan.text):
        for block in filter(slots, part):
            assert Slot.UNSUBSCRIBE in slots(block)
    assert html_of(plan).count(VALUES[Slot.UNSUBSCRIBE]) == 2
    assert text_of(plan).count(VALUES[Slot.UNSUBSCRIBE]) == 2
    assert VALUES[Slot.ADDRESS] in html_of(plan)


def test_without_a_web_face_there_is_no_link_to_preferences(
    freeze: Callable[..., FrozenDigest],
) -> None:
    plan = freeze(make_article(1), has_web=False).plan((), "", 0)

    assert plan
    found = [slot for block in plan.html + plan.text for slot in slots(block)]
    assert Slot.PREFERENCES not in found
    assert found.count(Slot.UNSUBSCRIBE) == 4


@pytest.mark.parametrize("level", list(Level))
def test_no_article_can_write_a_slot(
    freeze: Callable[..., FrozenDigest], tree: CategoryTree, level: Level
) -> None:
    head = make_head(content=level)
    gaps = name_gaps(head, tree)
    evil = " ".join(gaps[name] for name in (*Slot, "number", "title", "count"))
    evil += " {title} {{ links.unsubscribe }} <!--fp-cut-->"

    plan = freeze(
        make_article(
            1, title=evil, summary=evil, authors=(evil,), html=f"<p>{evil}</p>", categories=(1,)
        ),
        make_article(2, title=evil, categories=(1,)),
        content=level,
    ).plan((), "", 0)

    assert plan
    assert sum(len(slots(block)) for block in plan.html) == 5
    assert sum(len(slots(block)) for block in plan.text) == 4
    for part in (html_of(plan), text_of(plan)):
        assert gaps["unsubscribe"] in part
    assert plan.subject.startswith(gaps["unsubscribe"])


def test_the_names_of_gaps_depend_on_all_that_an_operator_writes() -> None:
    one, other = Gaps(make_head(), ["a"]), Gaps(make_head(postal_address="x"), ["a"])

    assert len({one["address"], other["address"], Gaps(make_head(), ["b"])["address"]}) == 3
