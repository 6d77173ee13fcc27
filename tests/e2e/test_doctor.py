"""The doctor examines a site that is served, with a mail server and a name server."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from feedpub.cli.main import cli
from feedpub.cli.session import Session
from feedpub.config import Config, DkimConfig, MailConfig, WebConfig
from feedpub.doctor import Doctor, Document, Finding, Level, Published
from feedpub.messages import DnsRecord, load_key
from feedpub.wiring import open_doctor
from tests.support.dkim_keys import rsa_pem
from tests.support.dns_server import run_dns
from tests.support.people import PeopleSite
from tests.support.ports import free_port
from tests.support.smtp import run_scripted_server

KEY_PEM = "dkim.pem"


@contextmanager
def serve_app(app: Flask) -> Iterator[int]:
    from feedpub.web.server import FeedServer

    with FeedServer(app, "/", bind="127.0.0.1", port=0) as server:
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield int(server.url.rsplit(":", 1)[1].strip("/"))
    thread.join(5)


@dataclass
class Clinic:
    """A site with all that it needs around it.

    Attributes:
        site: The site.
        config: Its settings, with ports of this machine.
        dns: Port of the name server.
    """

    site: PeopleSite
    config: Config
    dns: int

    def examine(self, **changes: object) -> dict[str, Finding]:
        """Return the worst of what is found, by what it is about."""
        config = replace(self.config, **changes)  # type: ignore[arg-type]
        doctor = open_doctor(config, nameserver=("127.0.0.1", self.dns))
        found: dict[str, Finding] = {}
        for finding in doctor.examine():
            if found.get(finding.about, finding).level in (Level.OK, finding.level):
                found[finding.about] = finding
        return found


def write_zone_line(record: DnsRecord) -> str:
    """Return a record as a zone file holds it, in strings that are short enough."""
    strings = [record.value[at : at + 255] for at in range(0, len(record.value), 255)]
    return f"{record.name}. IN TXT ( " + " ".join(f'"{string}"' for string in strings) + " )"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    root = tmp_path_factory.mktemp("site")
    site = PeopleSite(root)
    site.add()
    (root / KEY_PEM).write_bytes(rsa_pem())
    (root / KEY_PEM).chmod(0o600)
    dkim = DkimConfig("news.example", "s1", root / KEY_PEM)
    key = load_key((root / KEY_PEM).read_bytes(), domain="news.example", selector="s1", path="k")
    zone = "\n".join(
        [
            'news.example. 60 IN TXT "v=spf1 mx -all"',
            "news.example. 60 IN MX 10 mx.news.example.",
            '_dmarc.news.example. 60 IN TXT "v=DMARC1; p=quarantine"',
            write_zone_line(key.public_record()),
        ]
    )
    from feedpub.web.feeds import create_app

    app = create_app(site.config.feeds.folder, prefix="/feeds/", people=site.setup)
    with run_dns(zone) as dns, serve_app(app) as port:
        config = replace(site.config, dkim=dkim, web=WebConfig(f"http://127.0.0.1:{port}/mail/"))
        yield Clinic(site, config, dns)


def test_a_healthy_site_has_nothing_to_mend(clinic: Clinic) -> None:
    before = clinic.site.snapshot()

    found = clinic.examine()

    assert {about: finding for about, finding in found.items() if finding.level != Level.OK} == {}
    assert found.keys() == {
        "address", "files", "headers", "size", "mail server", "SPF", "DKIM", "DMARC", "MX",
        "unsubscribe", "one click", "clock",
    }  # fmt: skip
    assert clinic.site.snapshot() == before


def test_a_mail_server_that_is_not_there_is_found(clinic: Clinic) -> None:
    found = clinic.examine(mail=MailConfig(host="127.0.0.1", port=free_port()))

    assert found["mail server"].level == Level.FAIL
    assert "127.0.0.1" in found["mail server"].text


def test_a_mail_server_that_takes_us_is_found(clinic: Clinic, tmp_path: Path) -> None:
    with run_scripted_server(tmp_path) as server:
        found = clinic.examine(mail=MailConfig(host="127.0.0.1", port=server.port))

    assert found["mail server"].level == Level.OK
    assert f"127.0.0.1:{server.port} without encryption takes mail" in found["mail server"].text
    assert server.accepted() == []


def test_a_rehearsal_is_pointed_out(clinic: Clinic) -> None:
    assert clinic.examine(mail=None)["mail server"].level == Level.WARN


def test_a_site_without_pages_is_told_about_bounces(clinic: Clinic) -> None:
    found = clinic.examine(web=WebConfig())

    assert found["links"].level == Level.WARN
    assert "feedpub bounces" in found["links"].remedy


def test_secrets_that_others_can_read_are_found(clinic: Clinic) -> None:
    database = clinic.config.database_path
    mode = database.stat().st_mode
    database.chmod(0o644)
    try:
        found = clinic.examine()
    finally:
        database.chmod(mode)

    assert found["files"].level == Level.FAIL
    assert found["files"].remedy == "type: chmod go= feedpub.db"


def test_mails_without_a_postal_address_are_found(clinic: Clinic) -> None:
    assert clinic.config.newsletter is not None
    found = clinic.examine(newsletter=replace(clinic.config.newsletter, postal_address=""))

    assert found["address"].level == Level.FAIL


def test_another_server_at_the_address_is_found(clinic: Clinic) -> None:
    app = Flask("other", static_folder=None)
    app.add_url_rule("/<path:path>", "any", lambda path: f"<html>{len(path)}</html>")
    with serve_app(app) as port:
        found = clinic.examine(web=WebConfig(f"http://127.0.0.1:{port}/mail/"))

    assert found["unsubscribe"].level == Level.FAIL
    assert "something else than feedpub" in found["unsubscribe"].text
    assert found["one click"].level == Level.FAIL
    assert "answered by 405" in found["one click"].text


def test_a_wrong_clock_is_found(clinic: Clinic) -> None:
    config = clinic.config
    doctor = open_doctor(
        config, nameserver=("127.0.0.1", clinic.dns), clock=lambda: datetime(2026, 1, 5, tzinfo=UTC)
    )

    found = {finding.about: finding for finding in doctor.examine(smtp=False, dns=False)}

    assert found["clock"].level == Level.FAIL
    assert "behind the web server" in found["clock"].text


# The command


class Wired:
    """Stands for the wiring: the site of the test."""

    def __init__(self, clinic: Clinic, **changes: object) -> None:
        self._clinic, self._changes = clinic, changes

    def open_doctor(self, _: object, *, nameserver: tuple[str, int] | None) -> Doctor:
        config = replace(self._clinic.config, **self._changes)  # type: ignore[arg-type]
        return open_doctor(config, nameserver=nameserver)

    def open_published(self, _: object) -> Published:
        files = {
            "rss.xml": "application/xml",
            "feed.json": "application/json",
            "feedpub-feed.v1.js": "text/javascript",
            "all.frame.html": "text/html",
        }
        good = {
            "access-control-allow-origin": "*",
            "x-content-type-options": "nosniff",
            "etag": "1",
        }

        def get(url: str) -> Document:
            media_type = files[url.rpartition("/")[2]]
            return Document(url, good | {"content-type": media_type}, b'{"items": []}')

        return Published("https://news.example/feeds/", get)


def run(clinic: Clinic, *words: str, **changes: object) -> Result:
    root = clinic.config.root
    (root / "feedpub.toml").write_text(
        f'[site]\nid = "{clinic.config.site_id}"\nurl = "https://news.example/"\n'
        '[newsletter]\nweekly = "Fri 09:00"\nfrom = "news@news.example"\n'
    )
    session = Session(_wiring=Wired(clinic, **changes))  # type: ignore[arg-type]
    return CliRunner().invoke(cli, ["-C", str(root), "doctor", *words], obj=session)


def test_the_command_exits_with_0_when_nothing_is_to_be_mended(clinic: Clinic) -> None:
    result = run(clinic, "--nameserver", f"127.0.0.1:{clinic.dns}")

    assert result.exit_code == 0, result.output
    assert "ok    SPF          news.example: v=spf1 mx -all" in result.stdout


def test_the_command_exits_with_3_and_says_what_to_do(clinic: Clinic) -> None:
    with run_dns("other.example. 60 IN A 192.0.2.1") as dns:
        result = run(clinic, "--dns", "--nameserver", f"127.0.0.1:{dns}")

    assert result.exit_code == 3
    assert "fail  SPF          news.example has no record" in result.stdout
    assert "-> publish: s1._domainkey.news.example. TXT" in result.stdout
    assert "mail server" not in result.stdout


def test_the_command_speaks_json(clinic: Clinic) -> None:
    result = run(clinic, "--url", "--json")

    found = json.loads(result.stdout)
    assert {"level": "ok", "about": "one click"}.items() <= found[-2].items()


@pytest.mark.parametrize("address", ["dns.example", "1.2.3.4:x", "[::1"])
def test_what_is_no_address_of_a_name_server_is_refused(clinic: Clinic, address: str) -> None:
    result = run(clinic, "--nameserver", address)

    assert result.exit_code == 2
    assert "write its address" in result.output
