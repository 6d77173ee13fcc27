"""What machines may ask about the server."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedpub.web.site import create_site_app
from tests.support.people import PeopleSite


def values(text: str) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in re.findall(r"^(feedpub_\S+) (\S+)$", text, re.MULTILINE)
    }


def ask(client: FlaskClient, peer: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/metrics", headers=named, environ_overrides={"REMOTE_ADDR": peer})


def test_a_healthy_server_says_so(site: PeopleSite) -> None:
    client = site.serve()

    text, found = (
        client.get("/healthz"),
        client.get("/healthz", headers={"Accept": "application/json"}),
    )

    assert (text.status_code, text.text) == (200, "ok\n")
    assert found.get_json() == {"status": "ok"}
    assert text.headers["Cache-Control"] == "no-store"


def test_a_server_without_its_database_is_not_healthy_and_says_why(site: PeopleSite) -> None:
    client = site.serve()
    for path in site.config.root.glob("feedpub.db*"):
        path.unlink()

    answer = client.get("/healthz")

    assert (answer.status_code, answer.text) == (503, "the database is missing\n")
    assert client.get("/metrics").status_code == 503
    assert client.get("/feeds/all/rss.xml").status_code == 200


def test_a_damaged_database_is_named_without_its_path(site: PeopleSite) -> None:
    client = site.serve()
    for path in site.config.root.glob("feedpub.db-*"):
        path.unlink()
    site.config.database_path.write_bytes(b"nonsense" * 1000)

    answer = client.get("/healthz", headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert answer.get_json() == {"status": "failing", "reason": "the database is damaged"}


def test_the_sums_are_those_of_the_site(site: PeopleSite) -> None:
    site.ask("new@a.example")
    site.deliver(site.add())
    client = site.serve()
    client.get("/none")

    answer = client.get("/metrics")

    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = values(answer.text)
    assert found["feedpub_articles"] == 4
    assert found["feedpub_feeds"] == len(list(site.config.feeds.folder.rglob("rss.xml")))
    assert found['feedpub_subscribers{state="active"}'] == 1
    assert found['feedpub_subscribers{state="pending"}'] == 1
    assert found['feedpub_subscribers{state="bounced"}'] == 0
    assert found['feedpub_deliveries{state="sent"}'] == 1
    assert found["feedpub_notices_waiting"] == 1
    assert found["feedpub_deliveries_due"] == 0
    assert found["feedpub_last_build_timestamp_seconds"] > 1e9
    assert found["feedpub_last_send_timestamp_seconds"] == 0
    assert [value for name, value in found.items() if 'status="4xx"' in name] == [1]


def test_prometheus_can_read_it(site: PeopleSite) -> None:
    lines = site.serve().get("/metrics").text.splitlines()

    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    for line in lines:
        assert re.fullmatch(r"# (HELP|TYPE) feedpub_\w+ .+|feedpub_\w+(\{[^{}]+\})? \d+", line)


def test_the_sums_are_not_counted_at_each_request(site: PeopleSite) -> None:
    client = site.serve()
    before = values(client.get("/metrics").text)
    site.add()

    after = values(client.get("/metrics").text)

    assert (
        after['feedpub_subscribers{state="active"}']
        == before['feedpub_subscribers{state="active"}']
    )


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("203.0.113.9", {}),
        ("203.0.113.9", {"X_Forwarded_For": "127.0.0.1"}),
        ("127.0.0.1", {"X_Forwarded_For": "203.0.113.9"}),
        ("127.0.0.1", {"X_Forwarded_For": "203.0.113.9:4711"}),
        ("127.0.0.1", {"X_Forwarded_For": "unknown"}),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}),
        ("nonsense", {}),
    ],
)
def test_a_stranger_is_not_told_that_there_are_sums(
    site: PeopleSite, peer: str, headers: dict[str, str]
) -> None:
    assert ask(site.serve(), peer, **headers).status_code == 404


def test_networks_that_are_named_may_read_them(built_site: Path, tmp_path: Path) -> None:
    from feedpub.config import WebConfig
    from tests.support.people import WEB

    web = WebConfig(WEB, proxies=("10.1.0.0/16",), metrics=("192.0.2.0/24", "2001:db8::/32"))
    client = create_site_app(
        PeopleSite(tmp_path / "site", built_site, web=web).config
    ).test_client()

    assert ask(client, "192.0.2.7").status_code == 200
    assert ask(client, "2001:db8::7").status_code == 200
    assert ask(client, "10.1.2.3", X_Forwarded_For="192.0.2.7").status_code == 200
    assert ask(client, "10.1.2.3").status_code == 404
    assert ask(client, "10.2.2.3", X_Forwarded_For="192.0.2.7").status_code == 404


def test_to_look_changes_nothing(site: PeopleSite) -> None:
    client = site.serve()
    # Without a mail, which would be sent meanwhile.
    site.audience.unsubscribe(site.add().id, source="test")
    before = site.snapshot()

    for path in ("/healthz", "/metrics"):
        for method in ("get", "head", "options"):
            getattr(client, method)(path)

    assert site.snapshot() == before
