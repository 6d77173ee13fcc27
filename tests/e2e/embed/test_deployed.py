"""``feedpub doctor --url`` at the real nginx: with the documented lines, and without each."""

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import CliRunner

from feedpub.cli.main import cli
from tests.support import needs
from tests.support.documents import read_blocks
from tests.support.embed_hosts import Host
from tests.support.web_servers import run_nginx

pytestmark = needs.program("nginx")

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/how-to/web-servers.md"
CORS = "add_header Access-Control-Allow-Origin *;"
NOSNIFF = "add_header X-Content-Type-Options nosniff;"
JSON = r"location ~ /feed\.json$ { types { } default_type application/feed+json; }"


def serve(
    site: Host, folder: Path, *, without: str = "", extra: str = ""
) -> "AbstractContextManager[str]":
    """Serve a site as the documentation says, but for a line."""
    blocks = read_blocks(DOCUMENT, name="")
    server = next(block.text for block in blocks if block.language == "nginx")
    assert without in server
    server = server.replace(without, "").replace(
        "location ~ \\.xml$", f"{extra} location ~ \\.xml$"
    )
    return run_nginx(folder, server.replace("/srv/blog", str(site.folder)))


def examine(url: str, folder: Path) -> tuple[int, dict[str, dict[str, str]]]:
    """Run the command for a site at this address; return its code and the worst by subject."""
    (folder / "feedpub.toml").write_text(f'[site]\nid = "{"0" * 32}"\nurl = "{url}/"\n')
    result = CliRunner().invoke(cli, ["-C", str(folder), "doctor", "--url", "--json"])
    findings = json.loads(result.stdout)
    order = ["ok", "warn", "fail"]
    findings.sort(key=lambda finding: order.index(finding["level"]))
    return result.exit_code, {finding["about"]: finding for finding in findings}


def test_the_documented_server_is_fine(site: Host, tmp_path: Path) -> None:
    with serve(site, tmp_path) as url:
        code, found = examine(url, tmp_path)

    # But for the certificate, which a test on this machine cannot have.
    assert found.pop("https")["level"] == "warn"
    assert {finding["level"] for finding in found.values()} == {"ok"}
    assert set(found) == {"RSS", "JSON Feed", "script", "frame"}
    assert code == 0


@pytest.mark.parametrize(
    ("without", "about", "level"),
    [(CORS, "script", "fail"), (NOSNIFF, "frame", "warn"), (JSON, "JSON Feed", "fail")],
    ids=["readable", "typed", "JSON"],
)
def test_a_line_that_is_missing_is_printed(
    site: Host, tmp_path: Path, without: str, about: str, level: str
) -> None:
    # What Debian's own list of types says of JSON is good enough; a folder's own may say less.
    types = "types { text/plain json; }" if without == JSON else ""
    with serve(site, tmp_path, without=without, extra=types) as url:
        code, found = examine(url, tmp_path)

    assert found[about]["level"] == level
    assert found[about]["remedy"].startswith("nginx, for /feeds/: ")
    printed = found[about]["remedy"].removeprefix("nginx, for /feeds/: ")
    assert printed.replace(r"\.json", r"/feed\.json") == without or printed == without
    assert code == (3 if level == "fail" else 0)


def test_a_header_against_frames_is_found(site: Host, tmp_path: Path) -> None:
    frames = f"add_header X-Frame-Options DENY; {CORS}"
    with serve(site, tmp_path, without=CORS, extra=frames) as url:
        code, found = examine(url, tmp_path)

    assert found["frame"]["level"] == "fail"
    assert "X-Frame-Options forbids" in found["frame"]["text"]
    assert code == 3


def test_a_server_that_is_down_is_said(site: Host, tmp_path: Path) -> None:
    with serve(site, tmp_path) as url:
        pass

    code, found = examine(url, tmp_path)

    assert found["RSS"]["level"] == "fail"
    assert code == 3
