"""Which articles a choice shows, and where."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import DigestArticle, FrozenArticle, FrozenDigest
from feedpub.digest.picking import Picks, index_articles, list_sections, pick
from tests.support.digests import make_article, shown_of

NODES = st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def frozen_articles(draw: st.DrawFn) -> list[FrozenArticle]:
    number = draw(st.integers(0, 25))
    return [
        FrozenArticle(id, f"t{id}", "", draw(st.integers(0, 9)), (), draw(NODES), lead=False)
        for id in range(1, number + 1)
    ]


def choose(
    articles: list[FrozenArticle], sections: list[int], since: int = 0, **limits: int
) -> Picks | None:
    given = {"cards": 30, "section_cards": 5, **limits}
    return pick(articles, index_articles(articles), sections, since=since, **given)


@given(
    articles=frozen_articles(),
    sections=st.lists(st.integers(1, 8), unique=True),
    since=st.integers(0, 10),
    cards=st.integers(1, 12),
    section_cards=st.integers(1, 4),
)
def test_each_article_is_shown_once_or_counted_once(
    articles: list[FrozenArticle], sections: list[int], since: int, cards: int, section_cards: int
) -> None:
    wanted = {
        article.id: next(node for node in sections if node in article.nodes)
        for article in articles
        if article.first_seen >= since and set(article.nodes) & set(sections)
    }

    found = choose(articles, sections, since, cards=cards, section_cards=section_cards)

    if found is None:
        assert not wanted
        return
    shown = {chosen.article: chosen.section for chosen in found.picks}
    assert len(shown) == len(found.picks) <= cards
    assert shown.items() <= wanted.items()
    left = Counter(section for id, section in wanted.items() if id not in shown)
    assert +found.omitted == left
    # The first stands above the sections, and counts for none of them.
    assert all(n <= section_cards for n in Counter(p.section for p in found.picks[1:]).values())
    assert found.order == tuple(s for s in sections if s in wanted.values())


@given(articles=frozen_articles(), sections=st.lists(st.integers(1, 8), unique=True, min_size=1))
def test_who_is_shown_comes_before_who_is_not(
    articles: list[FrozenArticle], sections: list[int]
) -> None:
    found = choose(articles, sections, cards=4, section_cards=99)

    if found:
        matching = [a.id for a in articles if set(a.nodes) & set(sections)]
        assert [chosen.article for chosen in found.picks] == matching[:4]


def test_all_categories_are_those_at_the_top_and_then_what_has_none() -> None:
    assert list_sections((), nodes=(1, 2, 3, 0), tops=(1, 3, 0)) == [1, 3, 0]


def test_chosen_categories_come_in_the_order_of_the_tree_and_unknown_ones_hold_nothing() -> None:
    assert list_sections((3, 2, 77), nodes=(2, 9, 3, 0), tops=(9, 0)) == [2, 3]


def test_a_category_means_its_subtree(
    freeze: Callable[..., FrozenDigest], tree: CategoryTree
) -> None:
    tech, feeds = tree.find(("技术",)), tree.find(("技术", "网络", "订阅"))
    assert tech
    assert feeds
    digest = freeze(make_article(1, categories=(feeds.id,)), make_article(2))

    plan = digest.plan((tech.id,), "", 0)

    assert plan
    assert plan.articles == (1,)


def test_nothing_in_a_choice_is_no_mail(
    digest: FrozenDigest, freeze: Callable[..., FrozenDigest]
) -> None:
    assert digest.plan((), "", 2_000_000) is None
    assert digest.plan((404,), "", 0) is None
    assert digest.plan((), "", 0, hidden=range(1, 61)) is None
    assert freeze().plan((), "", 0) is None


def test_what_was_first_seen_before_is_no_news(freeze: Callable[..., FrozenDigest]) -> None:
    digest = freeze(make_article(1, first_seen=99), make_article(2, first_seen=100))

    plan = digest.plan((), "", 100)

    assert plan
    assert plan.articles == (2,)


def test_the_lead_comes_first_and_above_the_sections(
    freeze: Callable[..., FrozenDigest], tree: CategoryTree
) -> None:
    city, notes = tree.find(("城市",)), tree.find(("Notes",))
    assert city
    assert notes
    digest = freeze(
        make_article(1, categories=(city.id,), first_seen=300),
        make_article(2, categories=(notes.id,), first_seen=100, lead=True),
        make_article(3, categories=(notes.id,), first_seen=200),
    )

    plan = digest.plan((), "", 0)

    assert plan
    assert plan.articles == (2, 1, 3)
    page = shown_of(plan)
    places = [
        page.index(text) for text in ("文章 2", ">城市</a>", "文章 1", ">Notes</a>", "文章 3")
    ]
    assert places == sorted(places)


def test_of_one_crawl_the_newest_by_date_comes_first(freeze: Callable[..., FrozenDigest]) -> None:
    articles = [make_article(id, first_seen=5) for id in (1, 2, 3)]
    later = replace(articles[1], published=articles[1].published.replace(year=2027))

    plan = freeze(articles[0], later, articles[2]).plan((), "", 0)

    assert plan
    assert plan.articles == (2, 1, 3)


def test_the_order_of_the_articles_given_changes_nothing(
    freeze: Callable[..., FrozenDigest], articles: list[DigestArticle]
) -> None:
    assert freeze(*articles[:9]).to_bytes() == freeze(*reversed(articles[:9])).to_bytes()


def test_what_is_left_out_is_counted_beside_its_section(
    freeze: Callable[..., FrozenDigest], tree: CategoryTree
) -> None:
    city, notes = tree.find(("城市",)), tree.find(("Notes",))
    assert city
    assert notes
    articles = [make_article(id, categories=(city.id,)) for id in range(1, 10)]
    articles += [make_article(99, categories=(notes.id,))]

    digest = freeze(*articles, section_cards=3, cards=4)
    plan = digest.plan((), "", 0)

    assert plan
    assert plan.articles == (1, 2, 3, 4)
    assert "城市还有 5 篇" in shown_of(plan)
    assert "网站上还有 1 篇" in shown_of(plan)
    assert "https://feedpub.example/feeds/cheng-shi/" in shown_of(plan)


@pytest.mark.parametrize("chosen", [(), (1,)])
def test_an_article_in_several_categories_is_shown_once(
    freeze: Callable[..., FrozenDigest], chosen: tuple[int, ...]
) -> None:
    plan = freeze(make_article(1, categories=(1, 2, 3))).plan(chosen, "", 0)

    assert plan
    assert plan.articles == (1,)
    assert shown_of(plan).count("第 1 篇的摘要") == 1
