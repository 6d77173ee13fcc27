"""The snippets of the command line are those of the builder page, and lead to published files."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.processes import clean_environment

FORMS = ("element", "fragment", "iframe", "oembed", "json")


def feedpub(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feedpub", *map(str, words)],
        env=clean_environment(),
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site, built."""
    folder = tmp_path_factory.mktemp("embed") / "site"
    assert feedpub("demo", folder).returncode == 0
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_the_command_and_the_builder_page_agree(site: Path, form: str) -> None:
    page = (site / "feeds/embed/index.html").read_text("utf-8")
    shown = html.unescape(re.sub(r"</?span[^>]*>", "", page))

    printed = feedpub("-C", site, "embed", "技术/网络", "--form", form)

    assert printed.returncode == 0
    assert printed.stdout.strip() in shown


@pytest.mark.parametrize("form", FORMS)
def test_every_address_of_a_snippet_is_published(site: Path, form: str) -> None:
    printed = json.loads(
        feedpub("-C", site, "embed", "notes", "--form", form, "--resize", "--json").stdout
    )

    urls = re.findall(r'https://feedpub\.example/feeds/[^"#\s]*', printed["snippet"])
    paths = [urlsplit(url).path.removeprefix("/feeds/") for url in (*urls, printed["url"])]
    assert all(
        (site / "feeds" / (f"{path}index.html" if path.endswith("/") else path)).is_file()
        for path in paths
    )


def test_a_misspelt_category_is_answered_with_the_nearest(site: Path) -> None:
    answer = feedpub("-C", site, "embed", "nots")

    assert answer.returncode == 2
    assert "did you mean 'Notes'?" in answer.stderr


def test_the_portal_of_the_sample_shows_the_fragments_without_a_server(site: Path) -> None:
    portal = (site / "portal.html").read_text("utf-8")

    assert "#include" not in portal
    assert portal.count('class="feedpub-item"') > 10
    for address in re.findall(r'(?:src|href)="(feeds/[^"#]*)', portal):
        assert (site / address).is_file(), address


def test_the_demo_tells_of_its_portal(tmp_path: Path) -> None:
    shown = feedpub("demo", tmp_path / "here").stdout

    assert f"In a portal:       {tmp_path / 'here' / 'portal.html'}" in shown
