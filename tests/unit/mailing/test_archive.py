"""Sent issues as pages: no token, no address, links between them, an index and a feed."""

import json
import shutil
from collections.abc import Sequence

import pytest

from feedpub.digest import FrozenDigest
from feedpub.ports import Staged
from feedpub.targets.local import LocalTarget
from feedpub.wiring import open_site
from tests.support.press import Press

FIRST, SECOND = "weekly/2026-11-27", "weekly/2026-12-04"


def send_two(press: Press) -> None:
    press.join("reader")
    press.write("One")
    press.send()
    press.pass_week()
    press.write("Two", "beta")
    press.send()


def test_a_sent_issue_is_a_page_without_anybodys_traces(press: Press) -> None:
    send_two(press)

    page = press.page(f"newsletter/{FIRST}/index.html")

    assert "One" in page
    for trace in ("reader@", "example.com", "unsubscribe", "退订"):
        assert trace not in page


def test_pages_lead_to_one_another(press: Press) -> None:
    send_two(press)

    assert f"../../{SECOND}/index.html" in press.page(f"newsletter/{FIRST}/index.html")
    assert f"../../{FIRST}/index.html" in press.page(f"newsletter/{SECOND}/index.html")


def test_a_page_is_there_before_the_page_that_leads_to_it(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    commit = LocalTarget.commit

    def note(self: LocalTarget, staged: Sequence[Staged]) -> None:
        order.extend(one.path for one in staged)
        commit(self, staged)

    monkeypatch.setattr(LocalTarget, "commit", note)
    send_two(press)

    pages = [path for path in order if path.startswith("newsletter/weekly/")]
    new = pages.index(f"newsletter/{SECOND}/index.html")
    assert f"newsletter/{FIRST}/index.html" in pages[new + 1 :]
    assert order.index("newsletter/rss.xml") > order.index("newsletter/index.html")


def test_the_mail_leads_to_its_page(press: Press) -> None:
    send_two(press)

    assert f"https://blog.example/feeds/newsletter/{FIRST}/" in press.read("reader")[0]


def test_issues_have_an_index_and_a_feed(press: Press) -> None:
    send_two(press)

    feed = json.loads(press.page("newsletter/feed.json"))
    assert [item["url"] for item in feed["items"]] == [
        f"https://blog.example/feeds/newsletter/{SECOND}/",
        f"https://blog.example/feeds/newsletter/{FIRST}/",
    ]
    assert f'href="{SECOND}/index.html"' in press.page("newsletter/index.html")


def test_what_is_hidden_goes_from_old_pages_with_the_next_build(press: Press) -> None:
    send_two(press)

    with open_site(press.config, clock=lambda: press.now) as publisher:
        publisher.hide("one.md")
    press.build()

    assert "# One" not in press.page("newsletter/feed.json")
    assert not (press.root / f"feeds/newsletter/{FIRST}/index.html").exists()


def test_what_is_hidden_stays_away_from_old_pages_when_its_file_is_deleted(press: Press) -> None:
    send_two(press)
    with open_site(press.config, clock=lambda: press.now) as publisher:
        publisher.hide("one.md")
    press.build()

    next(press.root.rglob("one.md")).unlink()
    press.build()

    assert not (press.root / f"feeds/newsletter/{FIRST}/index.html").exists()


def test_a_lost_output_folder_is_made_again_with_its_issues(press: Press) -> None:
    send_two(press)
    before = press.page(f"newsletter/{FIRST}/index.html")

    shutil.rmtree(press.root / "feeds")
    press.build()

    assert press.page(f"newsletter/{FIRST}/index.html") == before


def test_an_issue_that_was_not_sent_has_no_page(press: Press) -> None:
    press.join("reader")

    press.send()

    assert not (press.root / "feeds/newsletter").exists()


def test_an_archive_that_stands_as_it_was_made_is_not_read_again(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_two(press)
    read: list[bytes] = []
    from_bytes = FrozenDigest.from_bytes
    monkeypatch.setattr(
        FrozenDigest, "from_bytes", lambda data: read.append(data) or from_bytes(data)
    )

    press.write("Three")
    press.build()

    assert not read


def test_another_title_of_the_newsletter_reaches_the_feed_of_its_issues(press: Press) -> None:
    send_two(press)
    settings = press.root / "feedpub.toml"
    text = settings.read_text("utf-8")

    settings.write_text(text.replace("[newsletter]", '[newsletter]\ntitle = "Other"'), "utf-8")
    press.write("Three")
    press.build()

    assert "Other" in json.loads(press.page("newsletter/feed.json"))["title"]


def test_a_feed_of_issues_that_was_lost_is_made_again(press: Press) -> None:
    send_two(press)
    before = press.page("newsletter/rss.xml")

    (press.root / "feeds/newsletter/rss.xml").unlink()
    press.write("Three")
    press.build()

    assert press.page("newsletter/rss.xml") == before


def test_issues_that_a_restored_database_knows_nothing_of_go_from_the_feed(press: Press) -> None:
    press.join("reader")
    press.write("One")
    press.send()
    copy = shutil.copy(press.root / "feedpub.db", press.root / "copy.db")
    press.pass_week()
    press.write("Two")
    press.send()

    press.restore(copy)
    press.build()

    items = json.loads(press.page("newsletter/feed.json"))["items"]
    assert [item["url"].endswith(f"{FIRST}/") for item in items] == [True]
