"""nginx puts a fragment into a page as docs/how-to/embed.md says, from a server of another name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support import needs
from tests.support.embed_hosts import run_host
from tests.support.ports import free_port
from tests.support.web_servers import nginx_command, running

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/how-to/embed.md"
PORTAL = '<!doctype html><title>Portal</title><!--#include virtual="/feeds/embed/notes.html" -->'

pytestmark = needs.program("nginx")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[str]:
    """The address of a portal whose pages have a line that includes a fragment."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public/index.html").write_text(PORTAL)
    (tmp_path / "blog").mkdir()
    (tmp_path / "blog/feeds").symlink_to(ROOT / "feeds")
    port = free_port()
    with run_host(tmp_path / "blog") as blog:
        text = DOCUMENT.read_text("utf-8").replace("https://blog.example.org", blog.url)
        document = tmp_path / "embed.md"
        document.write_text(text.replace("/srv/blog", str(tmp_path)), "utf-8")
        command = nginx_command(tmp_path, port, document)
        with running(command, port) as url:
            yield url


def test_the_include_line_becomes_the_fragment(portal: str) -> None:
    page = requests.get(portal, timeout=60)

    assert page.status_code == 200
    fragment = (ROOT / "feeds/embed/notes.html").read_text("utf-8")
    assert page.content.decode() == PORTAL.partition("<!--#")[0] + fragment
