"""What the form shows before anybody pressed a button."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml.html import fromstring

from feedpub.config.values import BucketConfig, PagesConfig
from feedpub.links import Place
from feedpub.model import Frequency
from tests.support.forms import CHINESE, FROM, PAGE, ask, stamp_of, value_of
from tests.support.people import READER, PeopleSite


def test_the_form_offers_all_that_can_be_chosen(site: PeopleSite) -> None:
    page = site.client.get(PAGE)

    assert page.status_code == 200
    boxes = fromstring(page.text).xpath('//input[@name="category"]/@value')
    assert set(boxes) == {one.folder for one in site.audience.list_categories()}
    assert value_of(page.text, "category") == []
    assert value_of(page.text, "frequency") == ["weekly"]
    assert value_of(page.text, "language") == ["en"]


def test_a_link_ticks_a_category(site: PeopleSite) -> None:
    page = site.client.get(f"{PAGE}?category=life/food&category=tech&category=gone")

    assert value_of(page.text, "category") == ["life/food", "tech"]


def test_the_form_says_how_many_mails_that_makes(site: PeopleSite) -> None:
    assert "about 1 mail a month" in site.client.get(PAGE).text

    site.clock.advance(days=400)
    assert "mail a month" not in site.client.get(PAGE).text


def test_the_only_frequency_says_how_many_mails_it_makes(built_site: Path, tmp_path: Path) -> None:
    whole = PeopleSite(tmp_path / "whole", built_site)
    letter = whole.config.newsletter
    assert letter is not None
    weekly = tuple(one for one in letter.schedules if one.frequency == Frequency.WEEKLY)
    site = PeopleSite(tmp_path / "site", built_site, newsletter=replace(letter, schedules=weekly))

    page = site.client.get(PAGE).text

    assert "It comes every week.<br>When there is nothing new, nothing comes. · " in page
    assert "about 1 mail a month" in page


def test_who_mends_a_slip_of_the_pen_is_not_taken_for_a_program(site: PeopleSite) -> None:
    refused = ask(site, "reader@")

    (stamp,) = value_of(refused.text, "stamp")
    answer = site.client.post(PAGE, data={"stamp": stamp, "address": READER}, headers=FROM)

    assert refused.status_code == 422
    assert answer.status_code == 200


def test_the_latest_issue_is_the_sample(built_site: Path, tmp_path: Path) -> None:
    site = PeopleSite(tmp_path / "site", built_site, pages=PagesConfig(tmp_path / "none"))
    assert "latest issue" not in site.client.get(PAGE).text

    site.deliver(site.add())
    site.clock.advance(minutes=11)
    # Its page is not there: it was not sent yet, or all of it was withdrawn.
    assert "latest issue" not in site.client.get(PAGE).text

    page = site.config.feeds.folder / "newsletter/weekly/2026-01-02/index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    site.clock.advance(minutes=11)
    shown = site.client.get(PAGE).text

    base = site.config.site.feeds_url
    assert f'href="{base}newsletter/weekly/2026-01-02/"' in shown
    assert f'href="{base}newsletter/"' in shown


def test_the_latest_issue_in_a_bucket_is_the_sample(built_site: Path, tmp_path: Path) -> None:
    pages = PagesConfig(tmp_path / "none")
    site = PeopleSite(tmp_path / "site", built_site, pages=pages, bucket=BucketConfig("feeds"))
    assert "latest issue" not in site.client.get(PAGE).text

    site.deliver(site.add())
    site.clock.advance(minutes=11)

    sample = f"{site.config.site.feeds_url}newsletter/weekly/2026-01-02/"
    assert f'href="{sample}"' in site.client.get(PAGE).text


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh", "zh-CN"),
        ("en-GB,en;q=0.9", "en"),
        ("fr-FR,fr;q=0.9,zh;q=0.5", "zh-CN"),
        ("fr", "en"),
        ("*", "en"),
        (";;q=x,\x7f", "en"),
    ],
)
def test_a_stranger_is_spoken_to_as_their_browser_asks(
    site: PeopleSite, accepts: str, language: str
) -> None:
    page = site.client.get(PAGE, headers={"Accept-Language": accepts}).text

    assert f'<html lang="{language}">' in page
    assert value_of(page, "language") == [language]


def test_a_language_that_is_not_there_is_not_spoken(site: PeopleSite) -> None:
    for wanted in ("fr", "xx", "zh-CN'", "e" * 500):
        page = site.client.get(PAGE, query_string={"language": wanted}, headers=CHINESE).text

        assert '<html lang="zh-CN">' in page


def test_the_other_language_is_one_link_away_and_stays(site: PeopleSite) -> None:
    page = fromstring(site.client.get(f"{PAGE}?category=tech").text)
    (link,) = page.xpath('//a[@hreflang="zh-CN"]/@href')

    chinese = site.client.get(PAGE + link)

    assert "用邮件订阅" in chinese.text
    assert value_of(chinese.text, "category") == ["tech"]
    # The form leads back to its own address, so the answer is Chinese, too.
    answer = site.client.post(PAGE + link, data={"stamp": stamp_of(site), "address": "x"})
    assert '<html lang="zh-CN">' in answer.text


def test_the_choice_of_a_subscriber_outweighs_their_browser(site: PeopleSite) -> None:
    link = site.link(Place.PREFERENCES, site.add(language="zh-CN"))

    page = site.client.get(link, headers={"Accept-Language": "en"}).text

    assert '<html lang="zh-CN">' in page


def test_who_never_chose_is_spoken_to_as_their_browser_asks(site: PeopleSite) -> None:
    link = site.link(Place.PREFERENCES, site.add(language=None))

    page = site.client.get(link, headers={"Accept-Language": "zh-CN"}).text

    assert '<html lang="zh-CN">' in page
