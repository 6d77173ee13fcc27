"""Telling a hub."""

import pytest

from feedpub.net import Fetcher
from feedpub.websub import ping
from tests.support.bad_server import BadServer, Exchange, behaviour

WARNING = (
    "the hub answered 503, so it does not know that 3 feeds changed; readers that poll do see it"
)
TOPICS = [f"https://example.org/feeds/{name}/rss.xml" for name in ("a", "b", "图")]


class Hub:
    """Answers with these in turn, the last again and again; or by topic."""

    def __init__(self) -> None:
        self.statuses = [204]
        self.refused = ""

    def __call__(self, exchange: Exchange) -> None:
        if self.refused and any(self.refused in t for t in exchange.received.form["hub.url"]):
            exchange.head(400, Content_Length=0)
            return
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        exchange.head(status, Content_Length=0, Location="http://127.0.0.1/elsewhere")


@pytest.fixture
def hub() -> Hub:
    return behaviour("/hub")(Hub())


@pytest.fixture
def pauses() -> list[float]:
    return []


def test_a_hub_is_told_of_every_topic_in_one_request(
    fetcher: Fetcher, server: BadServer, hub: Hub
) -> None:
    pinged = ping(server.url("/hub"), TOPICS, fetcher=fetcher)

    assert (pinged.told, pinged.problems) == (tuple(TOPICS), ())
    assert [received.method for received in server.received] == ["POST"]
    assert server.received[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert server.received[0].form == {"hub.mode": ["publish"], "hub.url": TOPICS}


def test_nothing_changed_nobody_told(fetcher: Fetcher, server: BadServer, hub: Hub) -> None:
    assert ping(server.url("/hub"), [], fetcher=fetcher).told == ()
    assert server.received == []


def test_fifty_topics_go_into_one_request(fetcher: Fetcher, server: BadServer, hub: Hub) -> None:
    topics = [f"https://example.org/{number}" for number in range(120)]

    assert ping(server.url("/hub"), topics, fetcher=fetcher).told == tuple(topics)
    assert [len(received.form["hub.url"]) for received in server.received] == [50, 50, 20]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_hub_that_is_down_for_a_moment_is_asked_again(
    fetcher: Fetcher, server: BadServer, hub: Hub, pauses: list[float], status: int
) -> None:
    hub.statuses = [status, status, 204]

    pinged = ping(server.url("/hub"), TOPICS, fetcher=fetcher, pause=pauses.append)

    assert (pinged.told, pinged.problems) == (tuple(TOPICS), ())
    assert pauses == [1, 2]


def test_a_hub_that_stays_down_is_a_warning(
    fetcher: Fetcher, server: BadServer, hub: Hub, pauses: list[float]
) -> None:
    hub.statuses = [503]

    pinged = ping(server.url("/hub"), TOPICS, fetcher=fetcher, pause=pauses.append)

    assert pinged.told == ()
    assert len(server.received) == 3
    assert [(problem.level, problem.path, problem.message) for problem in pinged.problems] == [
        (
            "warning",
            server.url("/hub"),
            WARNING,
        )
    ]


def test_one_refused_topic_does_not_harm_the_others(
    fetcher: Fetcher, server: BadServer, hub: Hub, pauses: list[float]
) -> None:
    hub.refused = "/b/"

    pinged = ping(server.url("/hub"), TOPICS, fetcher=fetcher, pause=pauses.append)

    assert pinged.told == (TOPICS[0], TOPICS[2])
    assert "the hub answered 400" in pinged.problems[0].message
    assert TOPICS[1] in pinged.problems[0].message
    assert pauses == []


def test_a_hub_that_moved_is_not_followed(fetcher: Fetcher, server: BadServer, hub: Hub) -> None:
    hub.statuses = [301]

    pinged = ping(server.url("/hub"), TOPICS, fetcher=fetcher)

    assert len(server.received) == 1
    assert "the hub answered 301" in pinged.problems[0].message


def test_a_hub_that_nobody_reaches_is_a_warning(fetcher: Fetcher, pauses: list[float]) -> None:
    with BadServer() as gone:
        url = gone.url("/hub")

    pinged = ping(url, TOPICS, fetcher=fetcher, pause=pauses.append)

    assert "connection refused" in pinged.problems[0].message
    assert pauses == [1, 2]


@pytest.mark.parametrize("url", ["", "ftp://example.org/", "http://["])
def test_a_hub_that_is_no_url_is_a_warning(fetcher: Fetcher, pauses: list[float], url: str) -> None:
    pinged = ping(url, TOPICS, fetcher=fetcher, pause=pauses.append)

    assert len(pinged.problems) == 1
    assert pauses == []


def test_a_slow_hub_holds_nobody_up_for_long(
    fetcher: Fetcher, server: BadServer, hub: Hub, pauses: list[float]
) -> None:
    hub.statuses = [500]
    times = iter([0.0, 1.0, 70.0, 70.0])

    pinged = ping(
        server.url("/hub"),
        TOPICS,
        fetcher=fetcher,
        budget_s=60,
        pause=pauses.append,
        clock=lambda: next(times),
    )

    assert len(server.received) == 1
    assert "the hub answered 500" in pinged.problems[0].message
