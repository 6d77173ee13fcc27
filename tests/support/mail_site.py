"""A site with a newsletter and with subscribers, driven by the real program."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.ledger import LedgerFile
from tests.support.real_site import RealSite

SETTINGS = """
[newsletter]
weekly = "Fri 09:00"
from = "Weekly 周报 <news@news.test>"
postal_address = "1 Example Street"

[bounces]
address = "bounce@news.test"
"""
MAIL = """
[mail]
host = "127.0.0.1"
port = {port}
connections = {connections}
helo = "mx.news.test"
"""
DKIM = """
[dkim]
domain = "news.test"
selector = "s1"
key_file = "dkim.pem"
"""
SEND = ("send", "weekly", "--now", "--yes", "--offline", "--no-probe")


@dataclass(frozen=True)
class MailSite:
    """A site in a folder that has news since its first build.

    Attributes:
        site: Of which it is made.
    """

    site: RealSite

    @property
    def root(self) -> Path:
        return self.site.root

    @property
    def ledger(self) -> LedgerFile:
        """Its database, with the one issue in it."""
        return LedgerFile(self.site.database)

    @classmethod
    def create(cls, root: Path, addresses: Iterable[str], *, settings: str = "") -> "MailSite":
        """Make a site, build it, give it subscribers, then news."""
        site = RealSite.create(root)
        path = root / "feedpub.toml"
        path.write_text(path.read_text("utf-8") + SETTINGS + settings, "utf-8")
        made = cls(site)
        site.post("old.md", "Old", date="2025-10-03 10:00:00", categories="[a, b]")
        site.build_well()
        made.subscribe(addresses)
        made.write_news()
        return made

    def write_news(self, number: int = 1) -> None:
        """Write an article that is news to everybody, which one of long ago would not be."""
        date = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d %H:%M:%S}"
        self.site.post(
            f"news{number}.md", f"新闻 News {number}", date=date, categories="[a]",
            body=f"Something happened. 出了一件事。 Number {number}.",
        )  # fmt: skip

    def subscribe(self, addresses: Iterable[str]) -> None:
        """Import subscribers who have confirmed."""
        table = self.root / "people.csv"
        table.write_text("\n".join(["email", *addresses, ""]), "utf-8")
        self.run_well("subscribers", "import", "--as", "confirmed", str(table))

    def set_mailer(self, port: int, *, connections: int = 1, more: str = "") -> None:
        """Let mail leave through a server on 127.0.0.1."""
        path = self.root / "feedpub.toml"
        settings = path.read_text("utf-8").partition("\n[mail]")[0]
        path.write_text(settings + MAIL.format(port=port, connections=connections) + more, "utf-8")

    def copy(self, root: Path) -> "MailSite":
        return MailSite(self.site.copy(root))

    def send(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Send the week's issue, now."""
        return self.site.run(*SEND, *words)

    def run_well(self, *words: str) -> str:
        """Run the program, hold that it succeeds, and return what it printed."""
        done = self.site.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
