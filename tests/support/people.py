"""A site with categories, subscribers, a web face, and a maildir that its mails end up in."""

import re
import shutil
import sqlite3
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.html import document_fromstring
from werkzeug.test import TestResponse

from feedpub.config import Config, Mailbox, MailConfig, NewsletterConfig, WebConfig
from feedpub.config.values import BouncesConfig
from feedpub.links import Place
from feedpub.model import Frequency, Schedule, Subscriber, SubscriberState
from feedpub.testing import FixedClock, make_config
from feedpub.tokens import Action, Signer
from feedpub.web.setup import PeopleSetup
from feedpub.web.site import create_site_app, make_people
from feedpub.wiring import create_site, open_site
from feedpub.wiring.audience import open_audience, read_signer
from feedpub.wiring.notices import make_notice_delivery

WEB = "https://news.example/mail/"
PATH = "/mail/"
READER = "reader@a.example"

ARTICLES = {
    "noodles": [["Life", "Food"]],
    "walks": [["Life", "Streets"]],
    "radio": [["Tech"]],
    "绿灯": [["城市"]],
}


def make_people_config(root: Path, **changes: Any) -> Config:
    """Return the settings of a weekly and monthly newsletter with pages and a maildir."""
    articles = root / "articles"
    articles.mkdir(parents=True, exist_ok=True)
    for title, categories in ARTICLES.items():
        listed = ", ".join(f"[{', '.join(path)}]" for path in categories)
        (articles / f"{title}.md").write_text(
            f"---\ntitle: {title}\ndate: 2026-01-02 09:00\ncategories: [{listed}]\n---\n{title}.\n"
        )
    letter = NewsletterConfig(
        schedules=(
            Schedule(Frequency.DAILY, 7),
            Schedule(Frequency.WEEKLY, 9, weekday=4),
            Schedule(Frequency.MONTHLY, 9, day=1),
        ),
        sender=Mailbox("News", "news@news.example"),
        default_frequency=Frequency.WEEKLY,
        title="The Weekly",
        intro=root / "intro.md",
        postal_address="1 Street, Town",
        languages=("zh-CN",),
    )
    config = make_config(
        articles,
        root=root,
        newsletter=letter,
        mail=MailConfig(type="maildir", folder=root / "sent"),
        web=WebConfig(WEB),
        bounces=BouncesConfig(
            address="bounce@news.example",
            unsubscribe="news@news.example",
            maildir=root / "bounces",
        ),
    )
    return replace(config, **changes)


class PeopleSite:
    """The site, as its readers and their mail programs meet it.

    Attributes:
        config: Its settings.
        clock: Its now.
        audience: Its subscribers.
        signer: Of its tokens.
        setup: What its pages are given.
        client: A browser without cookies; the mails that its requests lead to wait.
    """

    def __init__(self, root: Path, built: Path | None = None, **changes: Any) -> None:
        """Build a site, or copy one that was built.

        Args:
            root: Its folder.
            built: Another such site without subscribers.
            changes: Of the settings.
        """
        self.clock = FixedClock()
        if built is not None:
            shutil.copytree(built, root)
        self.config = make_people_config(root, **changes)
        if built is None:
            create_site(self.config)
            with open_site(self.config, clock=self.clock) as publisher:
                publisher.build()
        self.audience = open_audience(self.config, clock=self.clock)
        self.signer: Signer = read_signer(self.config)
        setup = make_people(self.config, clock=self.clock)
        assert setup is not None
        self.setup: PeopleSetup = replace(setup, deliver_notices=None)
        self.client = self.browse()

    def browse(self) -> FlaskClient:
        """Return a new browser."""
        from feedpub.web.feeds import create_app

        app = create_app(self.config.feeds.folder, prefix="/feeds/", people=self.setup)
        return app.test_client(use_cookies=True)

    def serve(self) -> FlaskClient:
        """Return a browser at the application as it is deployed, thread and all."""
        return create_site_app(self.config, clock=self.clock).test_client()

    # People

    def add(self, address: str = READER, **options: Any) -> Subscriber:
        """Return a new active subscriber."""
        options.setdefault("language", "en")
        return self.audience.add(address, confirmed=True, source="test", **options)

    def ask(self, address: str = READER, **options: Any) -> None:
        """Have somebody ask for a subscription."""
        options = {"source": "form", "wording": "yes", "version": "1", "network": None, **options}
        self.audience.subscribe(address, **options)

    def person(self, subscriber: Subscriber) -> Subscriber:
        """Return somebody as they are now."""
        return self.audience.get(subscriber.id)

    def state(self, subscriber: Subscriber) -> SubscriberState:
        """Return where somebody stands now."""
        return self.person(subscriber).state

    def deliver(self, subscriber: Subscriber) -> int:
        """Return the row of the ledger of a digest that went to somebody."""
        with sqlite3.connect(self.config.database_path) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO issues (id, key, frequency, starts, ends, scheduled, state,"
                " created) VALUES (1, 'weekly/2026-01-02', 'weekly', 0, 1, 1, 3, 1)"
            )
            connection.execute(
                "INSERT OR IGNORE INTO selections (id, issue, choice, language, since)"
                " VALUES (1, 1, '', 'en', 0)"
            )
            row = connection.execute(
                "INSERT INTO deliveries (issue, subscriber, selection, state) VALUES (1, ?, 1, 3)",
                (subscriber.id,),
            )
        connection.close()
        assert row.lastrowid
        return row.lastrowid

    # Links

    def link(self, place: Place, subscriber: Subscriber) -> str:
        """Return the path of a link that stands in every mail."""
        return f"{PATH}{place}/{self.signer.sign(Action[place.name], subscriber.id)}"

    def collect(self) -> list[EmailMessage]:
        """Send what waits, and take all mails that were sent so far out of the maildir."""
        deliver = make_notice_delivery(self.config, clock=self.clock)
        assert deliver is not None
        deliver(None)
        folder = self.config.root / "sent" / "new"
        found = []
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            found.append(message_from_bytes(path.read_bytes(), policy=policy.default))
            path.unlink()
        return found

    def mailed_link(self, place: Place) -> str:
        """Return the path of the link in the latest mail that has one of this kind."""
        return self.mailed_links()[place]

    def mailed_links(self) -> dict[str, str]:
        """Return the path of the latest link of each kind in the mails that wait, by place."""
        bodies = [
            part.get_content()
            for mail in self.collect()
            for part in mail.walk()
            if part.get_content_type() == "text/plain"
        ]
        found = re.findall(rf"https://news\.example({PATH}(\w)/[^\s>\"]+)", "\n".join(bodies))
        return {place: path for path, place in found}

    # What is kept

    def snapshot(self) -> bytes:
        """Return every row of the database."""
        with sqlite3.connect(self.config.database_path) as connection:
            text = "\n".join(connection.iterdump())
        connection.close()
        return text.encode()


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was built; for copies."""
    root = tmp_path_factory.mktemp("built")
    PeopleSite(root)
    return root


def press(client: FlaskClient, path: str, do: str, **fields: Any) -> Any:
    """Open a page and press the button that does something; fields stand for the form's own."""
    page = client.get(path)
    assert page.status_code in (200, 410, 422), page.status_code
    return client.post(path, data={"do": do, "form": proof(page.text, do), **fields})


def proof(page: str, do: str) -> str:
    """Return the proof that a page has for one of its forms."""
    hidden = '<input type="hidden" name='
    found = re.search(rf'{hidden}"do" value="{do}">\s*{hidden}"form" value="(\S+)"', page)
    assert found, f"no button {do!r}"
    return found[1]


def shape_of(answer: TestResponse) -> list[tuple[str, tuple[str, ...]]]:
    """Return every element of a page with the names of its attributes."""
    return [(str(one.tag), tuple(one.keys())) for one in document_fromstring(answer.data).iter()]


def every_link(site: PeopleSite) -> list[str]:
    """Return a link of every kind that a mail may hold, all good."""
    person = site.add()
    preferences = site.link(Place.PREFERENCES, person)
    press(site.client, preferences, "address", address="new@b.example")
    press(site.client, preferences, "export")
    press(site.client, preferences, "erase")
    site.ask("asking@c.example")
    bodies = "\n".join(
        part.get_content()
        for mail in site.collect()
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    )
    found = set(re.findall(rf"https://news\.example({PATH}[^\s>\"<]+)", bodies))
    found |= {preferences, site.link(Place.UNSUBSCRIBE, person)}
    assert {link.removeprefix(PATH)[0] for link in found} == set(Place)
    return sorted(found)
