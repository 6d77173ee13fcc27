"""A site with a newsletter to be served, and who asks for what of it."""

import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from feedpub.audience import Audience, Policy
from feedpub.config import Config
from feedpub.links import SUBSCRIBE, Place
from feedpub.model import SubscriberState
from feedpub.tokens import Action
from feedpub.web.feeds import create_app
from feedpub.web.server import FeedServer
from feedpub.web.site import make_people
from feedpub.web.stamps import make_stamp
from feedpub.wiring import create_site, open_site
from feedpub.wiring.audience import make_audience_setup, read_signer
from feedpub.wiring.pool import StorePool
from tests.support.people import PATH, make_people_config

_ENDLESS = 10**9


def make_site(root: Path, subscribers: int) -> Config:
    """Return a site that was built, with some active subscribers."""
    config = make_people_config(root)
    create_site(config)
    with open_site(config) as publisher:
        publisher.build()
    now = int(datetime.now(UTC).timestamp())
    rows = [
        (f"reader{number}@a.example",) * 2 + (int(SubscriberState.ACTIVE), now, now)
        for number in range(subscribers)
    ]
    with sqlite3.connect(config.database_path) as database:
        database.executemany(
            "INSERT INTO subscribers (address, mailbox, state, created, confirmed)"
            " VALUES (?, ?, ?, ?, ?)",
            rows,
        )
    database.close()
    return config


def list_clicks(config: Config, number: int) -> list[tuple[str, str]]:
    """Return the one-click posts of subscribers: path and form."""
    signer = read_signer(config)
    return [
        (
            f"{PATH}{Place.UNSUBSCRIBE}/{signer.sign(Action.UNSUBSCRIBE, row)}",
            "List-Unsubscribe=One-Click",
        )
        for row in range(1, number + 1)
    ]


def list_requests(config: Config, number: int) -> list[tuple[str, str]]:
    """Return the posts of strangers who ask for the newsletter: path and form."""
    earlier = int(datetime.now(UTC).timestamp()) - 60
    stamp = make_stamp(read_signer(config), earlier)
    return [
        (f"{PATH}{SUBSCRIBE}", f"address=new{row}%40b.example&stamp={stamp}")
        for row in range(number)
    ]


def serve(root: Path, port: int) -> None:
    """Serve such a site as ``feedpub serve`` does, but whoever asks for how much mail."""
    config = make_people_config(root)
    pool = StorePool(config.database_path)
    setup = make_audience_setup(config, open_store=pool)
    policy = Policy(network_asks=_ENDLESS, hourly_asks=_ENDLESS)
    people = make_people(config, pool=pool)
    assert people is not None
    # The mails themselves are what the sender's benchmark measures.
    people = replace(people, audience=Audience(replace(setup, policy=policy)), deliver_notices=None)
    app = create_app(config.feeds.folder, prefix="/feeds/", people=people)
    with FeedServer(app, "/feeds/", bind="127.0.0.1", port=port) as server:
        server.run()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
