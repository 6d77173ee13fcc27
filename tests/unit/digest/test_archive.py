"""An issue as a page of the archive."""

from collections.abc import Callable

from feedpub.digest import DigestArticle, FrozenDigest, Level
from tests.support.digests import make_article
from tests.support.html import links, text


def test_a_page_shows_every_article_whatever_the_limits_of_a_mail(
    freeze: Callable[..., FrozenDigest], articles: list[DigestArticle]
) -> None:
    page = freeze(*articles, cards=3, section_cards=1).archive()

    assert page
    assert all(f"第 {article.id} 篇 " in text(page) for article in articles)


def test_a_page_holds_nothing_of_a_recipient(digest: FrozenDigest) -> None:
    page = digest.archive()

    assert page
    assert "退订" not in text(page)
    assert "fpgap" not in page.decode()
    assert "上海市某路" not in text(page)
    assert not any("mailto:" in link for link in links(page))
    assert b"\r" not in page
    assert b"default-src 'none'" in page


def test_a_page_leads_to_the_issues_beside_it(digest: FrozenDigest) -> None:
    alone, between = digest.archive(), digest.archive(previous="../a b/?x=1&y", next="../next/")

    assert alone
    assert between
    assert "上一期" not in text(alone) + text(between).replace("← 上一期", "")
    assert {"../a b/?x=1&y", "../next/"} <= set(links(between))
    assert "下一期" in text(between)


def test_what_was_withdrawn_is_gone_from_the_page(
    freeze: Callable[..., FrozenDigest],
) -> None:
    digest = freeze(make_article(1), make_article(2))

    page = digest.archive(hidden=[1])

    assert page
    assert "文章 1" not in text(page)
    assert "文章 2" in text(page)
    assert digest.archive(hidden=[1, 2]) is None


def test_a_page_shows_whole_articles_where_mails_do(freeze: Callable[..., FrozenDigest]) -> None:
    page = freeze(make_article(1), content=Level.FULL).archive()

    assert page
    assert "第 1 篇的正文" in text(page)
