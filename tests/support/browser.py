"""A headless Chromium, and what it can tell of a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.support import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

# Nothing but what the test asks for goes over the network.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


PATIENCE_MS = 120_000
"""So long a page may take on a machine that has much else to do."""


@contextmanager
def open_browser() -> "Iterator[Browser]":
    """Start the machine's own Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.find("chromium"), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: "Browser", url: str, **options: Any) -> "Iterator[Page]":
    """Open a page and hold that its console stays empty and that nothing is missing."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.extend(_describe_failure(request)))
    try:
        page.goto(url)
        yield page
        assert not complaints, complaints
    finally:
        context.close()


@contextmanager
def wait_for_next_page(page: "Page") -> "Iterator[None]":
    """Hold that what is done within leads to another page, and wait until that is whole.

    A click comes back as soon as the answer begins or, on a slow machine, before that: then what
    is looked at next is still the page before, or one without its style.
    """
    with page.expect_navigation(wait_until="load", timeout=PATIENCE_MS):
        yield


def find_violations(page: "Page") -> list[str]:
    """Return what axe-core objects to, an element a line."""
    # Evaluated, not added as an element: the page's policy allows no such script.
    page.evaluate((needs.NODE_MODULES / "axe-core" / "axe.min.js").read_text())
    # Without preload, for which axe itself would fetch the style sheet again.
    report = page.evaluate("() => axe.run({ preload: false })")
    return [
        f"{violation['id']}: {node['html']}"
        for violation in report["violations"]
        for node in violation["nodes"]
    ]


def load_pictures(page: "Page") -> list[str]:
    """Scroll through a page and return the pictures that do not show."""
    script = """async () => {
        const broken = [];
        for (const picture of document.images) {
            picture.scrollIntoView();
            await picture.decode().catch(() => broken.push(picture.src));
        }
        window.scrollTo(0, 0);
        return broken;
    }"""
    broken: list[str] = page.evaluate(script)
    return broken


def _describe_failure(request: "Request") -> list[str]:
    """Return what is missing: not what the page itself gave up, as it asks for something else."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"failed: {request.url}"]
