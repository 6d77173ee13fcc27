"""The whole life of a subscriber: a browser, the real server, Postfix, and a mailbox in Dovecot."""

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from tests.support import needs
from tests.support.browser import open_browser, open_page, wait_for_next_page
from tests.support.dovecot import Dovecot, requires_dovecot, run_dovecot
from tests.support.mail_site import MailSite
from tests.support.ports import free_port
from tests.support.postfix import requires_postfix, run_postfix
from tests.support.web_servers import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    *requires_postfix,
    *requires_dovecot,
    needs.program("chromium"),
    pytest.mark.slow,
]
EVE = "eve@inbox.test"
# Nobody fills in a form faster.
READING_S = 2.1
WITHOUT = {"java_script_enabled": False, "locale": "zh-CN"}


class Life:
    """A site that is served, a mailbox, and a browser that keeps nothing from page to page."""

    def __init__(self, site: MailSite, web: str, dovecot: Dovecot, browser: "Browser") -> None:
        self.site, self.web, self.browser = site, web, browser
        self._dovecot, self._seen = dovecot, 0

    def open(self, url: str) -> "AbstractContextManager[Page]":
        """Open a page without script."""
        return open_page(self.browser, url, **WITHOUT)

    def next_mail(self) -> tuple[str, str, str]:
        """Return subject, text and header of unsubscribing of the next mail that arrives."""
        self._seen += 1
        mail = message_from_bytes(
            self._dovecot.wait_for(EVE, self._seen)[self._seen - 1], policy=policy.default
        )
        body = mail.get_body(("plain",))
        assert body is not None
        return str(mail["Subject"]), body.get_content(), str(mail["List-Unsubscribe"])

    def link(self, place: str) -> str:
        """Return the link of a kind in the next mail."""
        text = self.next_mail()[1]
        found = re.search(rf"{re.escape(self.web)}{place}/\S+", text)
        assert found, text
        return found[0]

    def state(self) -> str:
        """Return where she stands."""
        return str(json.loads(self.site.run_well("--json", "subscribers", "show", EVE))["state"])

    def dump(self) -> str:
        """Return every row of the database."""
        with sqlite3.connect(self.site.ledger.path) as connection:
            text = "\n".join(connection.iterdump())
        connection.close()
        return text


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    port = free_port()
    web = f"http://127.0.0.1:{port}/news/"
    site = MailSite.create(
        tmp_path / "site", ["ann@inbox.test"], settings=f'\n[web]\nurl = "{web}"\n'
    )
    settings = site.root / "feedpub.toml"
    more = 'weekly = "Fri 09:00"\nmonthly = "1 09:00"\nlanguages = ["zh-CN", "en"]'
    settings.write_text(settings.read_text("utf-8").replace('weekly = "Fri 09:00"', more), "utf-8")
    with (
        run_dovecot() as dovecot,
        run_postfix(mailboxes=dict.fromkeys([EVE, "ann@inbox.test"], dovecot.lmtp)) as postfix,
        open_browser() as browser,
    ):
        site.set_mailer(postfix.port)
        with running(site.site.command("serve", "--port", str(port)), port):
            yield Life(site, web, dovecot, browser)


def test_somebody_comes_chooses_reads_leaves_returns_and_is_forgotten(life: Life) -> None:
    # She asks, in Chinese, for one category.
    with life.open(f"{life.web}subscribe?category=a") as page:
        assert page.get_by_label("a", exact=True).is_checked()
        page.get_by_label("您的邮箱地址").fill(EVE)
        time.sleep(READING_S)
        with wait_for_next_page(page):
            page.get_by_role("button", name="订阅").click()
        assert page.get_by_role("heading", level=1).inner_text() == "请查收邮件"
        assert page.context.cookies() == []

    # She confirms by the link in her mailbox; to look at it does nothing.
    confirm = life.link("c")
    assert follow(life, confirm) == [200, 200]
    assert life.state() == "pending"
    with life.open(confirm) as page:
        with wait_for_next_page(page):
            page.get_by_role("button").click()
        assert page.get_by_role("heading", level=1).inner_text() == "订阅成功"
        assert life.state() == "active"
        # She would rather read English.
        with wait_for_next_page(page):
            page.locator("a[href*='p/']").click()
        page.get_by_label("English").check()
        with wait_for_next_page(page):
            page.get_by_role("button", name="保存").click()
        assert page.get_by_role("status").inner_text() == "Saved."
    assert "欢迎" in life.next_mail()[0]

    # An issue comes, with what she chose, in her language. None of its links does anything.
    done = life.site.send()
    assert done.returncode == 0, done.stderr
    _, text, header = life.next_mail()
    assert "新闻 News 1" in text
    assert "Unsubscribe" in text
    links = {link.rstrip(").,>") for link in re.findall(rf"{re.escape(life.web)}\S+", text)}
    assert {link.removeprefix(life.web)[:2] for link in links} == {"u/", "p/"}
    for link in links:
        assert follow(life, link) == [200, 200]

    # One click in the mail program, by itself; then she takes it back.
    click = re.search("<(http[^>]+)>", header)
    assert click
    gone = requests.post(
        click[1],
        data={"List-Unsubscribe": "One-Click"},
        allow_redirects=False,
        timeout=60,
    )
    assert (gone.status_code, life.state()) == (200, "unsubscribed")
    with life.open(click[1]) as page:
        with wait_for_next_page(page):
            page.get_by_role("button", name="Subscribe me again").click()
        assert "as before" in page.get_by_role("status").inner_text()
    assert life.state() == "active"

    # She takes her data along, and has all of it erased; each by a mail of its own.
    preferences = next(link for link in links if link.startswith(f"{life.web}p/"))
    with life.open(preferences) as page:
        with wait_for_next_page(page):
            page.get_by_role("button", name="Mail me a link to my data").click()
        assert "on its way" in page.get_by_role("status").inner_text()
    data = download(life, life.link("x"))
    assert (data["address"], data["language"], data["categories"]) == (EVE, "en", ["a"])
    with life.open(preferences) as page, wait_for_next_page(page):
        page.get_by_role("button", name="Mail me a link to erase me").click()
    with life.open(life.link("e")) as page:
        with wait_for_next_page(page):
            page.get_by_role("button", name="Erase all of it").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Your data are erased"
    assert find_traces(life.site.root, EVE) == []
    assert requests.get(preferences, timeout=60).status_code == 404


def follow(life: Life, link: str) -> list[int]:
    """Follow a link twice as a program that looks for malware does; hold that nothing changes."""
    before = life.dump()
    statuses = [
        requests.request(method, link, timeout=60).status_code
        for _ in range(2)
        for method in ("GET", "HEAD")
    ]
    requests.options(link, timeout=60)
    assert life.dump() == before
    return sorted(statuses)[::2]


def download(life: Life, link: str) -> dict[str, object]:
    """Press the button of a page that gives a file, and return what is in it."""
    context = life.browser.new_context(**WITHOUT)
    page = context.new_page()
    page.goto(link)
    with page.expect_download() as file:
        page.get_by_role("button", name="Download").click()
    found = json.loads(Path(file.value.path()).read_text("utf-8"))
    context.close()
    return dict(found)


def find_traces(folder: Path, words: str) -> list[str]:
    """Return the files that hold some words."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    ]
