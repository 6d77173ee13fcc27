"""A site without pages for subscribers: they write, and it reads what they wrote."""

import smtplib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from urllib.parse import unquote

import pytest

from tests.support.dovecot import PASSWORD, Dovecot, requires_dovecot, run_dovecot
from tests.support.mail_site import MailSite

pytestmark = [*requires_dovecot, pytest.mark.slow]
BOX = "bounce@news.test"
SETTINGS = f"""\
imap_host = "127.0.0.1"
imap_port = {{port}}
imap_security = "none"
imap_user = "{BOX}"
password_file = "imap.password"

[mail]
type = "maildir"
folder = "out"
"""


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with run_dovecot() as running:
        yield running


@pytest.fixture(scope="module")
def site(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> MailSite:
    """A site whose first issue went to one reader, so that the next is not held."""
    folder = tmp_path_factory.mktemp("quiet") / "site"
    made = MailSite.create(folder, ["zoe@inbox.test"], settings=SETTINGS.format(port=dovecot.imap))
    settings = made.root / "feedpub.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("weekly =", 'daily = "00:01"\nweekly =', 1), "utf-8")
    password = made.root / "imap.password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    return made


def mails(site: MailSite, address: str) -> list[EmailMessage]:
    """Return the mails to somebody, the latest last."""
    files = sorted((site.root / "out/new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    read = (message_from_bytes(path.read_bytes(), policy=default) for path in files)
    return [mail for mail in read if address in str(mail["To"])]


def write(dovecot: Dovecot, sender: str, to: str, subject: str) -> None:
    """Deliver what a mail program sends when its owner answers, or clicks."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, to, subject
    letter.set_content("")
    with smtplib.LMTP("127.0.0.1", dovecot.lmtp) as client:
        client.send_message(letter, sender, [to])


def state(site: MailSite, address: str) -> str:
    return site.run_well("subscribers", "show", address).splitlines()[0].partition(": ")[2]


def send(site: MailSite, frequency: str) -> None:
    words = ("--now", "--yes", "--offline", "--no-probe", "--max-recipients", "10")
    done = site.site.run("send", frequency, *words)
    assert done.returncode == 0, done.stderr


def test_one_confirms_by_an_answer_and_leaves_by_a_mail(site: MailSite, dovecot: Dovecot) -> None:
    site.run_well("subscribers", "add", "ann@inbox.test", "--frequency", "daily")
    send(site, "weekly")
    asked = mails(site, "ann@inbox.test")
    assert len(asked) == 1
    assert "/confirm" not in asked[0].as_string()

    ((_, answer_to),) = getaddresses([str(asked[0]["Reply-To"] or asked[0]["From"])])
    write(dovecot, "ann@inbox.test", answer_to, f"Re: {asked[0]['Subject']}")
    dovecot.wait_for(BOX, 1)
    site.run_well("bounces")
    assert state(site, "ann@inbox.test") == "active"

    site.write_news(2)
    send(site, "daily")
    digest = mails(site, "ann@inbox.test")[-1]
    ((scheme, address),) = [
        one.strip(" <>").split(":", 1) for one in str(digest["List-Unsubscribe"]).split(",")
    ]
    assert scheme == "mailto"
    assert "List-Unsubscribe-Post" not in digest
    place, _, query = address.partition("?")
    assert unquote(place) in digest.get_body(("html",)).get_content()  # type: ignore[union-attr]

    write(dovecot, "ann@inbox.test", unquote(place), query.removeprefix("subject="))
    dovecot.wait_for(BOX, 2)
    said = site.run_well("bounces")

    assert state(site, "ann@inbox.test") == "unsubscribed"
    assert state(site, "zoe@inbox.test") == "active"
    assert "1 unsubscribe" in said
