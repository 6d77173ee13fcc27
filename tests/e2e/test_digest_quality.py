"""What mail programs, spam filters, checkers and a browser make of a digest."""

import json
import re
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import DigestArticle, DigestMaker, FrozenDigest, Level, Plan
from feedpub.messages import Composer
from feedpub.tokens import Signer
from tests.support import mails, needs
from tests.support.browser import find_violations, load_pictures, open_browser
from tests.support.digests import SITE, html_of, make_head, read_corpus, read_sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CLIPPED = 92_160
SPAM = 1.0
WIDTHS = (320, 375, 600, 1000)

# What is not supported somewhere, and why the mail is read there all the same.
UNSUPPORTED = {
    # Sorted by what they are for. Dark mode, phones and hovering: without them there are the
    # light colours, the wide margins and plain links of the style attributes.
    "<style> element": "Gmail drops it for accounts of others; nothing but comfort depends on it",
    "@media": "the same",
    ":hover": "a link is not underlined under the mouse",
    "Attribute selector": "[data-ogsc] is for Outlook.com alone",
    "Class selector": "within <style> only, see there",
    "Type selector": "within <style> only, see there",
    "Descendant combinator": "within <style> only, see there",
    # Layout: without them a very long word may widen the sheet.
    "table-layout": "Outlook has the ghost table of 600 pixels",
    "word-break": "where a word is wider than the screen it is scrolled",
    "white-space": "code of whole articles is wrapped, or not",
    # Pictures.
    "height property": "the attribute height says the same",
    # The preheader: each hides it by one of four declarations, Outlook by mso-hide.
    "overflow": "display: none hides the preheader already",
    "display:none": "max-height and overflow hide the preheader there",
    # For screen readers.
    "role attribute": "tables are then read as tables",
    "aria-hidden attribute": "the picture's link is then read, too",
    # It becomes a <div>; the colour stands on the <div> and the table within as well.
    "<body> element": "the sheet brings its own background",
}
# Rules for pages of the web that HTML for mail has to break.
FOR_THE_WEB = {
    "no-conditional-comment": "they are what Outlook is spoken to by",
    "no-inline-style": "many mail programs know no other style",
    "no-trailing-whitespace": "pads blocks to whole groups of base64",
    "prefer-native-element": "mail programs drop <main>",
    "no-deprecated-attr": "Outlook lays out by width, align, valign, cellpadding",
    "prefer-tbody": "one <tbody> a row would be needed",
}
# Of what others wrote in their articles.
BY_ARTICLES = {"wcag/h63": "tables of articles have <th> without scope"}


def freeze(articles: list[DigestArticle], tree: CategoryTree, level: Level) -> FrozenDigest:
    head = make_head(content=level)
    return DigestMaker().freeze(head, articles, tree, languages=("en",))


@pytest.fixture(scope="module")
def sample(repository: Path) -> FrozenDigest:
    """The articles of the sample site, as summaries."""
    return freeze(*read_sample(repository / "feeds"), Level.SUMMARY)


@pytest.fixture(scope="module")
def whole(repository: Path) -> FrozenDigest:
    """The same, whole."""
    return freeze(*read_sample(repository / "feeds"), Level.FULL)


@pytest.fixture(scope="module")
def corpus(shared: Path) -> FrozenDigest:
    """Real posts of others, whole."""
    return freeze(*read_corpus(shared / "corpus"), Level.FULL)


@pytest.fixture(scope="module", params=["sample", "sample in English", "whole", "corpus"])
def plan(request: pytest.FixtureRequest) -> Plan:
    name, _, english = request.param.partition(" ")
    digest: FrozenDigest = request.getfixturevalue(name)
    planned = digest.plan((), "en" if english else "zh-CN", 0)
    assert planned
    return planned


def compose(plan: Plan) -> bytes:
    composer = Composer(mails.SENDER, Signer(b"a secret of tests"), issue=mails.ISSUE)
    compiled = composer.compile(plan)
    return composer.compose(compiled, delivery=1, subscriber=1, address="li@example.org").data


def test_a_mail_is_whole_where_gmail_shows_it(plan: Plan) -> None:
    mail = message_from_bytes(compose(plan))

    parts = {part.get_content_type(): part.get_payload(decode=True) for part in mail.walk()}

    assert len(parts["text/html"]) <= CLIPPED
    assert parts["text/html"].rstrip().endswith(b"</html>")
    assert len(parts["text/plain"]) > 1000


@needs.program("spamassassin")
def test_a_spam_filter_has_next_to_nothing_against_it(plan: Plan) -> None:
    done = subprocess.run(
        ["spamassassin", "--local", "--test-mode"],
        input=compose(plan),
        capture_output=True,
        check=True,
    )

    report = done.stdout.decode("utf-8", "replace")
    found = re.search(r"Content analysis details: +\((-?[\d.]+) points", report)
    assert found, report[-2000:]
    assert float(found[1]) < SPAM, report[found.start() :]


def lint(plan: Plan) -> dict[str, Any]:
    script = Path(needs.__file__).with_name("lint_mail.mjs")
    done = subprocess.run(
        ["node", script], input=html_of(plan).encode(), capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@needs.node_package("caniemail")
@needs.node_package("html-validate")
def test_what_a_mail_program_or_a_checker_objects_to_is_known_and_explained(plan: Plan) -> None:
    found = lint(plan)

    assert {
        feature: at for feature, at in found["clients"].items() if feature not in UNSUPPORTED
    } == {}
    known = (*FOR_THE_WEB, *BY_ARTICLES)
    assert [message for message in found["html"] if not message.startswith(known)] == []


# In a browser


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with open_browser() as opened:
        yield opened


class Shown:
    """A mail in a browser, its pictures from the disk; nothing is loaded from the network."""

    def __init__(self, browser: "Browser", html: str, feeds: Path | None, **options: Any) -> None:
        self._context = browser.new_context(**options)
        self._feeds = feeds
        self.page: Page = self._context.new_page()
        self.page.route("**/*", self._serve)
        self.page.set_content(html, wait_until="load")

    def _serve(self, route: "Route") -> None:
        path = route.request.url.removeprefix(SITE.feeds_url)
        file = self._feeds / path if self._feeds else None
        if file and file.is_file():
            route.fulfill(path=file)
        else:
            route.abort()

    def close(self) -> None:
        self._context.close()


def strip_styles(html: str) -> str:
    """Return a mail as QQ Mail and the Gmail app of other accounts show it."""
    return re.sub(r' class="[^"]*"', "", re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL))


FORMS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "no pictures": {"color_scheme": "light"},
    "no style and no class": {"color_scheme": "dark"},
}


@pytest.fixture(params=FORMS)
def shown(
    request: pytest.FixtureRequest, browser: "Browser", plan: Plan, repository: Path
) -> Iterator[Shown]:
    html = html_of(plan)
    if request.param == "no style and no class":
        html = strip_styles(html)
    feeds = None if request.param == "no pictures" else repository / "feeds"
    opened = Shown(browser, html, feeds, **FORMS[request.param])
    yield opened
    opened.close()


@needs.program("chromium")
@needs.node_package("axe-core")
def test_a_mail_has_no_barrier_and_is_never_scrolled_sideways(shown: Shown) -> None:
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 700})

        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
        if width in (320, 600):
            assert find_violations(shown.page) == []


@needs.program("chromium")
def test_the_pictures_of_a_mail_show(
    browser: "Browser", sample: FrozenDigest, repository: Path
) -> None:
    plan = sample.plan((), "zh-CN", 0)
    assert plan
    opened = Shown(browser, html_of(plan), repository / "feeds")

    assert load_pictures(opened.page) == []
    assert opened.page.evaluate("document.images.length") > 5
    opened.close()


@needs.program("chromium")
def test_nobody_sees_the_preheader_in_the_mail(browser: "Browser", sample: FrozenDigest) -> None:
    plan = sample.plan((), "zh-CN", 0)
    assert plan
    for html in (html_of(plan), strip_styles(html_of(plan))):
        opened = Shown(browser, html, None)

        assert not opened.page.locator("body > div").first.is_visible()
        opened.close()


@needs.program("chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_mode_is_dark_and_light_mode_is_light(
    browser: "Browser", sample: FrozenDigest, scheme: str
) -> None:
    plan = sample.plan((), "zh-CN", 0)
    assert plan
    opened = Shown(browser, html_of(plan), None, color_scheme=scheme)

    script = "e => getComputedStyle(e).backgroundColor"
    colour = opened.page.locator("table.sheet").first.evaluate(script)
    assert (max(map(int, re.findall(r"\d+", colour))) < 80) == (scheme == "dark")
    opened.close()


@needs.program("chromium")
@needs.node_package("axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_an_issue_in_the_archive_has_no_barrier(
    browser: "Browser", whole: FrozenDigest, repository: Path, scheme: str
) -> None:
    page = whole.archive(previous="../2026-11-20/index.html")
    assert page
    opened = Shown(browser, page.decode(), repository / "feeds", color_scheme=scheme)

    for width in WIDTHS:
        opened.page.set_viewport_size({"width": width, "height": 700})
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(opened.page) == []
    opened.close()
