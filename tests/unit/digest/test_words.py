"""What a mail says: subject, preheader, languages, plain text, dates."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import FrozenDigest, Level
from tests.support.digests import SITE, html_of, make_article, make_head, shown_of, text_of

Freeze = Callable[..., FrozenDigest]


@pytest.mark.parametrize(
    ("language", "count", "subject"),
    [
        ("zh-CN", 1, "文章 1"),
        ("zh-CN", 6, "文章 1，另有 5 篇"),
        ("en", 1, "文章 1"),
        ("en", 2, "文章 1 and 1 more"),
        ("en-GB", 6, "文章 1 and 5 more"),
    ],
)
def test_a_mail_is_called_after_its_first_article(
    freeze: Freeze, language: str, count: int, subject: str
) -> None:
    articles = [make_article(id) for id in range(1, count + 1)]

    plan = freeze(*articles, languages=("en",)).plan((), language, 0)

    assert plan
    assert plan.subject == subject


def test_a_subject_counts_what_is_left_to_the_site(freeze: Freeze) -> None:
    plan = freeze(*(make_article(id) for id in range(1, 10)), cards=2).plan((), "en", 0)

    assert plan
    assert plan.subject == "文章 1，另有 8 篇"


def test_the_editors_subject_and_the_prefix_of_the_site_are_used(freeze: Freeze) -> None:
    head = {"subject": "本周：{title} 等 {count} 篇（{others}）{x}", "subject_prefix": "广告"}

    plan = freeze(make_article(1, title="{count} 篇"), make_article(2), **head).plan((), "", 0)

    assert plan
    assert plan.subject == "广告 本周：{count} 篇 等 2 篇（1）{x}"


def test_a_subject_is_one_line_whatever_the_title(freeze: Freeze) -> None:
    title = "a\r\nBcc: evil@example.org\u2028x\x00\ud800" + "长" * 500

    plan = freeze(make_article(1, title=title)).plan((), "", 0)

    assert plan
    assert plan.subject.startswith("a Bcc: evil@example.org x长")
    assert plan.subject.isprintable()
    assert len(plan.subject) == 120


def test_the_preheader_says_what_else_there_is(freeze: Freeze) -> None:
    digest = freeze(*(make_article(id, title=f"T{id} <b>") for id in range(1, 9)))

    one, many = digest.plan((), "", 0, hidden=range(2, 9)), digest.plan((), "", 0)

    assert one
    assert many
    assert b"".join(one.html[1]).strip() == "第 1 篇的摘要。It says what it says.".encode()
    assert b"".join(many.html[1]).strip() == "T2 &lt;b&gt; · T3 &lt;b&gt; · T4 &lt;b&gt;".encode()


def test_a_preheader_of_references_alone_is_not_cut_within_one(freeze: Freeze) -> None:
    articles = [make_article(id, title="&" * 290) for id in range(1, 5)]

    plan = freeze(*articles).plan((), "", 0)

    assert plan
    (words,) = plan.html[1]
    assert isinstance(words, bytes)
    assert words.strip().replace(b"&amp;", b"") in (b"", "…".encode())


@pytest.mark.parametrize(
    ("asked", "language", "word", "day"),
    [
        ("zh-CN", "zh-CN", "退订", "2026年11月27日"),
        ("zh-TW", "zh-CN", "退订", "2026年11月27日"),
        ("en", "en", "Unsubscribe", "November 27, 2026"),
        ("en_US", "en", "Unsubscribe", "November 27, 2026"),
        ("fr", "zh-CN", "退订", "2026年11月27日"),
        ("", "zh-CN", "退订", "2026年11月27日"),
    ],
)
def test_the_words_follow_the_language_that_was_asked_for(
    digest: FrozenDigest, asked: str, language: str, word: str, day: str
) -> None:
    plan = digest.plan((), asked, 0)

    assert plan
    assert plan.language == language
    for part in (html_of(plan), text_of(plan)):
        assert word in part
        assert day in part
    assert html_of(plan).count(f'lang="{language}"') >= 2


def test_the_language_of_the_site_comes_first_unasked(digest: FrozenDigest) -> None:
    assert digest.languages == ("zh-CN", "en")


def test_an_article_in_another_language_says_so(freeze: Freeze) -> None:
    plan = freeze(make_article(1), make_article(2, language="en"), languages=("en",)).plan(
        (), "en", 0
    )

    assert plan
    assert shown_of(plan).count('lang="zh-CN"') == 1


def test_the_plain_text_holds_title_date_summary_and_address_of_each_article(
    freeze: Freeze, tree: CategoryTree
) -> None:
    tech = tree.find(("技术",))
    assert tech
    digest = freeze(make_article(1, categories=(tech.id,)), make_article(2, authors=("Mei", "槿")))

    plan = digest.plan((), "zh-CN", 0)

    assert plan
    lines = text_of(plan).replace("\r\n", "\n")
    assert "# 文章 1\n2026年11月20日 · 技术\n第 1 篇的摘要" in lines
    assert "== 其他文章 ==" in lines
    assert "# 文章 2\n2026年11月20日 · Mei、槿\n" in lines
    assert "\nhttps://feedpub.example/articles/2.html\n" in lines
    assert "泡杯茶，慢慢读。" in lines
    assert "纸飞机编辑部，上海市某路 1 号" in lines
    assert "&" not in lines


def test_the_plain_text_shows_whole_articles_where_the_html_does(freeze: Freeze) -> None:
    plan = freeze(make_article(1, html="<p>一<b>二</b></p><p>三</p>"), content=Level.FULL).plan(
        (), "", 0
    )

    assert plan
    assert "一二\r\n\r\n三" in text_of(plan)


def test_a_list_of_titles_has_no_summary_and_no_table_of_contents(freeze: Freeze) -> None:
    articles = [make_article(id) for id in range(1, 9)]

    plan = freeze(*articles, content=Level.TITLE).plan((), "", 0)

    assert plan
    assert "摘要" not in shown_of(plan) + text_of(plan)
    assert "本期内容" not in shown_of(plan)


@pytest.mark.parametrize(("count", "shown"), [(3, False), (4, True)])
def test_a_mail_of_several_articles_has_a_table_of_contents(
    freeze: Freeze, count: int, shown: bool
) -> None:
    plan = freeze(*(make_article(id) for id in range(1, count + 1))).plan((), "", 0)

    assert plan
    assert ("本期内容" in shown_of(plan)) == shown
    assert (shown_of(plan).count("文章 2<") == 2) == shown


def test_above_whole_articles_the_table_of_contents_comes_first(freeze: Freeze) -> None:
    articles = [make_article(id) for id in range(1, 6)]
    summaries, whole = (
        freeze(*articles, content=level).plan((), "", 0) for level in (Level.SUMMARY, Level.FULL)
    )

    assert summaries
    assert whole
    assert shown_of(summaries).index("摘要") < shown_of(summaries).index("本期内容")
    assert shown_of(whole).index("正文") > shown_of(whole).index("本期内容")


def test_links_of_articles_carry_what_counts_them_and_others_do_not(freeze: Freeze) -> None:
    plan = freeze(
        make_article(1, url="https://b.example/a?q=1#part"),
        utm="utm_source=newsletter&utm_medium=email",
    ).plan((), "", 0)

    assert plan
    address = "https://b.example/a?q=1&utm_source=newsletter&utm_medium=email#part"
    assert address in text_of(plan)
    assert address.replace("&", "&amp;") in html_of(plan)
    assert html_of(plan).count("utm_source") == html_of(plan).count("https://b.example")


def test_a_site_without_pages_is_linked_to_itself(tree: CategoryTree, freeze: Freeze) -> None:
    site = replace(SITE, pages=False)
    articles = [make_article(id, categories=(1,)) for id in range(1, 9)]

    plan = freeze(*articles, site=site, section_cards=1).plan((), "", 0)

    assert plan
    assert "feedpub.example/feeds/" not in shown_of(plan).replace(make_head().archive_url, "")
