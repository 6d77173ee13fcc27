"""A site with a newsletter in a folder, wired as the real one, with a clock of its own."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from feedpub.audience import Audience
from feedpub.config import Config, load_config
from feedpub.mailing.results import SendResult
from feedpub.model import BuildReport, Frequency, Subscriber
from feedpub.newsletter import Choices, Newsletter, Timing
from feedpub.wiring import create_site, open_audience, open_newsletter, open_site
from feedpub.wiring.publishing import restore_site

FRIDAY = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
KEY = "weekly/2026-11-27"
SETTINGS = """\
{database}
[site]
id = "3f0c9a52-7d0e-4a6e-9d0b-2f5f6a1d8c11"
url = "https://blog.example/"
title = "测试"
[[sources]]
path = "articles"
categories = "path"
[thumbnails]
mode = "none"
[build]
jobs = 1
[newsletter]
weekly = "Fri 09:00"
from = "Test <news@blog.example>"
postal_address = "1 Test Street"
{newsletter}
{rest}
"""
MAILDIR = '[mail]\ntype = "maildir"\nfolder = "mails"\n'


class Press:
    """A site, its readers and the days that pass.

    Attributes:
        root: The site's folder.
        now: What the clock says.
    """

    def __init__(
        self, root: Path, *, newsletter: str = "", rest: str = MAILDIR, database: str = ""
    ) -> None:
        """Make the site with one old article, built; the next Friday is ``FRIDAY``.

        Args:
            root: Its folder.
            newsletter: Settings of that section.
            rest: Sections that follow.
            database: Address of one on a server; a file if empty.
        """
        self.root = root
        self.now = FRIDAY - timedelta(days=6)
        (root / "articles").mkdir(parents=True)
        (root / "feedpub.toml").write_text(
            SETTINGS.format(
                newsletter=newsletter,
                rest=rest,
                database=f'database = "{database}"' if database else "",
            ),
            "utf-8",
        )
        create_site(self.config)
        self.write("Old")
        self.build()

    @property
    def config(self) -> Config:
        return load_config(self.root / "feedpub.toml", {})

    @property
    def newsletter(self) -> Newsletter:
        return open_newsletter(self.config, clock=lambda: self.now, allow_private=True)

    @property
    def audience(self) -> Audience:
        return open_audience(self.config, clock=lambda: self.now)

    def write(self, title: str, category: str = "", **fields: object) -> Path:
        """Write an article of today."""
        fields = {"title": title, "date": f"{self.now:%Y-%m-%dT%H:%M:%SZ}", **fields}
        if category:
            fields["categories"] = category
        head = "\n".join(f"{name}: {value}" for name, value in fields.items())
        path = self.root / "articles" / f"{title.lower().replace(' ', '-')}.md"
        path.write_text(f"---\n{head}\n---\nWords of {title}.\n", "utf-8")
        return path

    def build(self, **options: Any) -> BuildReport:
        with open_site(self.config, clock=lambda: self.now) as publisher:
            return publisher.build(offline=True, **options)

    def join(self, name: str, choice: str = "", **options: Any) -> Subscriber:
        audience = self.audience
        chosen = audience.resolve_choice([choice]) if choice else ()
        return audience.add(
            f"{name}@example.com", choice=chosen, confirmed=True, source="test", **options
        )

    def send(
        self,
        frequency: Frequency = Frequency.WEEKLY,
        *,
        at: datetime | None = None,
        build: bool = True,
        timing: Timing | None = None,
        **choices: Any,
    ) -> SendResult:
        """Let Friday come, build and send."""
        self.now = at or max(self.now, FRIDAY)
        if build:
            self.build()
        if timing is not None:
            choices["timing"] = timing
        return self.newsletter.send(frequency, Choices(probe=False, **choices))

    def pass_week(self, weeks: int = 1) -> None:
        self.now += timedelta(days=7 * weeks)

    def restore(self, copy: Path) -> None:
        restore_site(self.config, copy)

    # What arrived

    def mails(self) -> list[EmailMessage]:
        """Return every mail, in the order in which they arrived."""
        files = sorted(
            (self.root / "mails/new").glob("*"), key=lambda path: path.stat().st_mtime_ns
        )
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in files
        ]

    def read(self, name: str) -> list[str]:
        """Return the texts of somebody's mails."""
        return [text_of(mail) for mail in self.mails() if mail["To"] == f"{name}@example.com"]

    def page(self, path: str) -> str:
        """Return a published file."""
        return (self.root / "feeds" / path).read_text("utf-8")


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
