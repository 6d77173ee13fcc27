"""The size guard."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.digest import DigestArticle, FrozenDigest, Level, Slot
from feedpub.digest.levels import BUDGET, Furniture, fit, measure_titles, rank
from feedpub.digest.picking import Pick
from feedpub.digest.plan import LONGEST
from feedpub.errors import TemplateError
from feedpub.model import Picture
from tests.support.digests import fill, make_article, shown_of

CLIPPED = 92_160
SIZES = st.lists(st.integers(1, 400), min_size=3, max_size=3).map(lambda s: tuple(sorted(s)))
FURNITURE = Furniture(50, dict.fromkeys(range(9), 20), dict.fromkeys(range(9), 15), 15)


@st.composite
def requests(draw: st.DrawFn) -> tuple[list[Pick], list[tuple[int, ...]], Counter[int], int]:
    sizes = draw(st.lists(SIZES, min_size=1, max_size=20))
    picks = [Pick(place, draw(st.integers(0, 8))) for place in range(len(sizes))]
    omitted = Counter(draw(st.dictionaries(st.integers(0, 8), st.integers(1, 5), max_size=3)))
    return picks, sizes, omitted, draw(st.integers(0, 6000))


def left_over(picks: list[Pick], shown: int, omitted: Counter[int]) -> Counter[int]:
    return omitted + Counter(pick.section for pick in picks[shown:])


@given(request=requests())
def test_a_mail_keeps_to_its_budget_unless_one_title_alone_exceeds_it(request: tuple) -> None:
    picks, sizes, omitted, budget = request

    found = fit(picks, sizes, omitted, FURNITURE, budget=budget)

    shown = len(found.levels)
    titles = measure_titles(picks[:shown], sizes, left_over(picks, shown, omitted), FURNITURE)
    raised = sum(size[level] - size[0] for size, level in zip(sizes, found.levels, strict=False))
    assert found.size == titles + raised
    assert found.size <= budget or shown == 1


@given(request=requests())
def test_levels_fall_in_order_and_by_one_step_at_most(request: tuple) -> None:
    picks, sizes, omitted, budget = request

    levels = fit(picks, sizes, omitted, FURNITURE, budget=budget).levels

    assert list(levels) == sorted(levels, reverse=True)
    assert levels[0] - levels[-1] <= 1
    assert len(levels) == len(picks) or set(levels) == {Level.TITLE}


@given(request=requests())
def test_nothing_more_would_fit(request: tuple) -> None:
    picks, sizes, omitted, budget = request

    found = fit(picks, sizes, omitted, FURNITURE, budget=budget)

    shown = len(found.levels)
    if shown < len(picks):
        left = left_over(picks, shown + 1, omitted)
        assert measure_titles(picks[: shown + 1], sizes, left, FURNITURE) > budget
    elif any(level < Level.FULL for level in found.levels):
        next_ = found.levels.index(min(found.levels))
        level = found.levels[next_]
        assert found.size + sizes[next_][level + 1] - sizes[next_][level] > budget


def test_no_level_above_the_highest_is_given() -> None:
    found = fit([Pick(1, 0)], [(1, 2, 3)], {}, FURNITURE, highest=Level.SUMMARY)

    assert found.levels == (Level.SUMMARY,)


@given(
    st.dictionaries(st.sampled_from([Level.SUMMARY, Level.FULL]), st.integers(1, 9)),
    st.integers(1, 9),
)
def test_the_levels_that_stand_in_ascend_in_size(offered: dict[Level, int], title: int) -> None:
    offered = {Level.TITLE: title, **offered}

    sizes = [offered[level] for level in rank(offered)]

    assert sizes == sorted(sizes)


def test_a_whole_article_shorter_than_its_summary_takes_its_place() -> None:
    assert rank({Level.TITLE: 1, Level.SUMMARY: 5, Level.FULL: 4}) == (0, 2, 2)
    assert rank({Level.TITLE: 1, Level.SUMMARY: 5}) == (0, 1, 1)


@pytest.fixture(scope="module", params=list(Level), ids=lambda level: level.name.lower())
def heavy(request: pytest.FixtureRequest, freeze: Callable[..., FrozenDigest]) -> FrozenDigest:
    """Two hundred long articles: far more than a mail can hold."""
    articles = [
        make_article(
            id,
            title="标题 & " * (1 + id % 40),
            summary="很长的摘要。" * (id % 150),
            html=f"<p>{'正文 &amp; <b>粗</b> ' * (id % 97 * 4)}</p>",
            url=f"https://b.example/{'长' * (id % 60)}",
            categories=(1 + id % 6,),
            picture=Picture(f"https://b.example/{id}.jpg", 640, 480),
        )
        for id in range(1, 201)
    ]
    return freeze(*articles, content=request.param, cards=200, section_cards=200)


@given(
    choice=st.sets(st.integers(1, 6)).map(sorted).map(tuple), hidden=st.sets(st.integers(1, 200))
)
@settings(max_examples=40)
def test_no_mail_is_larger_than_gmail_shows_whatever_the_choice(
    heavy: FrozenDigest, choice: tuple[int, ...], hidden: set[int]
) -> None:
    plan = heavy.plan(choice, "", 0, hidden=hidden)

    if plan:
        longest = {slot: "x" * LONGEST[slot] for slot in Slot}
        assert len(fill(plan.html, longest)) <= BUDGET < CLIPPED


def test_a_mail_that_is_full_says_how_many_more_there_are(heavy: FrozenDigest) -> None:
    plan = heavy.plan((), "", 0)

    assert plan
    assert 20 < len(plan.articles) < 200
    page = shown_of(plan)
    told = sum(int(part.split(" 篇")[0]) for part in page.split("还有 ")[1:] if " 篇" in part[:9])
    assert told == 200 - len(plan.articles)


def test_hundreds_of_chosen_categories_do_not_fill_a_mail(
    digest: FrozenDigest, articles: list[DigestArticle], freeze: Callable[..., FrozenDigest]
) -> None:
    plan = freeze(*articles, cards=1).plan((), "", 0)

    assert plan
    assert len(plan.articles) == 1
    assert "网站上还有 59 篇" in shown_of(plan)


def test_one_monstrous_article_falls_to_its_summary(freeze: Callable[..., FrozenDigest]) -> None:
    digest = freeze(
        make_article(1, html="<p>" + "x" * 40_000 + "</p>"),
        make_article(2),
        content=Level.FULL,
    )

    plan = digest.plan((), "", 0)

    assert plan
    assert "xxxx" not in shown_of(plan)
    assert "第 1 篇的摘要" in shown_of(plan)
    assert "第 2 篇的正文" in shown_of(plan)


def test_an_intro_that_leaves_no_room_is_refused(freeze: Callable[..., FrozenDigest]) -> None:
    with pytest.raises(TemplateError, match="shorten the intro"):
        freeze(make_article(1), intro_html="<p>" + "字" * 30_000 + "</p>")
