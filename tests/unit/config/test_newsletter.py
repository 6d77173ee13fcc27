"""What the settings of the newsletter amount to, and how wrong ones are refused."""

from pathlib import Path

import pytest

from feedpub.config import (
    BouncesConfig,
    DkimConfig,
    Mailbox,
    MailConfig,
    WebConfig,
    resolve_settings,
    show_settings,
)
from feedpub.model.newsletter import Frequency, Schedule
from tests.support.settings import LETTER, SENDER, SITE, Complain, Load


def test_without_any_of_it_there_is_no_newsletter(load: Load) -> None:
    config = load()

    assert (config.newsletter, config.mail, config.dkim) == (None, None, None)
    assert (config.web, config.bounces) == (WebConfig(), BouncesConfig())


def test_a_schedule_and_a_sender_make_a_newsletter(load: Load, tmp_path: Path) -> None:
    config = load(LETTER)

    letter = config.newsletter
    assert letter is not None
    assert letter.schedules == (Schedule(Frequency.WEEKLY, 9, 0, weekday=4),)
    assert letter.sender == Mailbox("纸飞机", "news@a.example")
    assert letter.default_frequency == Frequency.WEEKLY
    assert (letter.title, letter.intro) == (config.site.title, tmp_path / "intro.md")
    assert (letter.content, letter.cards, letter.section_cards) == ("summary", 30, 5)
    assert config.mail is None
    assert config.bounces.address == config.bounces.unsubscribe == "news@a.example"


def test_every_key_of_the_newsletter_reaches_its_place(load: Load, tmp_path: Path) -> None:
    config = load(
        """
[newsletter]
daily = "7:30"
monthly = "28 23:59"
from = "news@例子.example"
postal_address = "北京市海淀区 1 号"
reply_to = "editor@a.example"
title = "周刊"
subject = "{title} +{count}"
subject_prefix = "广告"
content = "full"
cards = 12
section_cards = 3
default_frequency = "monthly"
languages = ["en", "zh-tw"]
max_age_days = 9
max_recipients = 5000
utm = "?utm_source=newsletter&utm_medium=email"
intro = "texts/intro.md"
on_success = "touch sent"
on_failure = "https://alarm.example/"
[mail]
type = "maildir"
folder = "var/mail"
[web]
url = "https://news.a.example/mail"
[bounces]
address = "bounce@a.example"
unsubscribe = "leave@a.example"
maildir = "/var/mail/bounce"
"""
    )

    letter = config.newsletter
    assert letter is not None
    assert letter.schedules == (
        Schedule(Frequency.DAILY, 7, 30),
        Schedule(Frequency.MONTHLY, 23, 59, day=28),
    )
    assert letter.sender == Mailbox("", "news@xn--fsqu00a.example")
    assert (letter.postal_address, letter.reply_to) == ("北京市海淀区 1 号", "editor@a.example")
    assert (letter.title, letter.subject, letter.subject_prefix) == (
        "周刊",
        "{title} +{count}",
        "广告",
    )
    assert (letter.content, letter.cards, letter.section_cards) == ("full", 12, 3)
    assert letter.default_frequency == Frequency.MONTHLY
    assert letter.languages == ("en", "zh-TW")
    assert (letter.max_age_days, letter.max_recipients) == (9, 5000)
    assert letter.utm == "utm_source=newsletter&utm_medium=email"
    assert letter.intro == tmp_path / "texts/intro.md"
    assert (letter.on_success, letter.on_failure) == ("touch sent", "https://alarm.example/")
    assert config.mail is not None
    assert (config.mail.type, config.mail.folder) == ("maildir", tmp_path / "var/mail")
    assert config.web.url == "https://news.a.example/mail/"
    assert config.site.subscribe_url == "https://news.a.example/mail/subscribe"
    assert config.bounces == BouncesConfig(
        address="bounce@a.example",
        unsubscribe="leave@a.example",
        maildir=Path("/var/mail/bounce"),
    )


def test_every_key_of_the_mail_reaches_its_place(load: Load, tmp_path: Path) -> None:
    config = load(
        LETTER
        + """
[mail]
host = "smtp.a.example"
port = 2525
security = "tls"
user = "me"
password_file = "smtp.password"
connections = 4
per_domain = 2
rate = 0.5
messages_per_connection = 20
helo = "Mail.a.example"
[dkim]
domain = "a.example"
selector = "s1"
key_file = "dkim.pem"
ed25519_selector = "e1"
ed25519_key_file = "/etc/ed.pem"
[bounces]
imap_host = "imap.a.example"
imap_security = "starttls"
imap_user = "bounce"
imap_folder = "Bounces"
"""
    )

    assert config.mail == MailConfig(
        host="smtp.a.example",
        port=2525,
        security="tls",
        user="me",
        password_file=tmp_path / "smtp.password",
        connections=4,
        per_domain=2,
        rate_per_s=0.5,
        messages_per_connection=20,
        helo="mail.a.example",
    )
    assert config.dkim == DkimConfig(
        "a.example", "s1", tmp_path / "dkim.pem", "e1", Path("/etc/ed.pem")
    )
    bounces = config.bounces
    assert (bounces.imap_host, bounces.imap_port) == ("imap.a.example", 143)
    assert (bounces.imap_user, bounces.imap_folder) == ("bounce", "Bounces")


@pytest.mark.parametrize(
    ("text", "port", "security"),
    [
        ("host = 'localhost'", 25, "none"),
        ("host = 'relay.example'", 25, "starttls"),
        ("host = 'relay.example'\nuser = 'me'", 587, "starttls"),
        ("host = 'relay.example'\nport = 465", 465, "tls"),
        ("host = 'relay.example'\nsecurity = 'tls'", 465, "tls"),
        ("host = '[::1]'\nuser = 'me'", 587, "none"),
    ],
)
def test_port_and_encryption_are_the_usual_ones(
    load: Load, text: str, port: int, security: str
) -> None:
    mail = load(f"{LETTER}[mail]\n{text}\n").mail

    assert mail is not None
    assert (mail.port, mail.security) == (port, security)


def test_an_empty_section_is_the_mail_server_of_this_machine(load: Load) -> None:
    config = load(LETTER, {"FEEDPUB_MAIL_HOST": "127.0.0.1"})

    assert config.mail == MailConfig(host="127.0.0.1")


# Refusals

WRONG = {
    "no such day": ("weekly = '周五 09:00'", "5:10: weekly: '周五 09:00': '周五' is no day;"),
    "two letters": ("weekly = 'Fr 09:00'", "'Fr' is no day"),
    "no time": ("weekly = 'Fri'", "'Fri' is no schedule; write it as 'Fri 09:00'"),
    "no such time": ("daily = '24:00'", "5:9: daily: '24:00' is no schedule; write it as '07:30'"),
    "the 31st": ("monthly = '31 09:00'", "write a day that every month has, 1 to 28"),
    "a TOML time": ("daily = 07:30:00", "a date or time where text"),
    "no sender": ("daily = '07:30'", "5:9: from: a newsletter needs a sender; add from ="),
    "two senders": ("daily = '07:30'\nfrom = 'a@b.c, d@e.f'", "from: 'a@b.c, d@e.f': "),
    "local part": ("reply_to = '张@b.example'", "write the part before @ in ASCII"),
    "no address": ("reply_to = 'me'", "5:12: reply_to: 'me': an email address must have an @"),
    "level": ("content = 'whole'", "5:11: content: 'whole' is not known; use full, summary, title"),
    "language": ("languages = ['fr']", "5:14: languages: 'fr': mails have texts in zh and en only"),
    "utm": ("utm = 'a b'", "5:7: utm: 'a b': write it as utm_source=newsletter"),
    "utm without value": ("utm = 'newsletter'", "write it as utm_source=newsletter"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "error"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_setting_of_the_newsletter_is_named(
    complain: Complain, text: str, error: str
) -> None:
    (found,) = complain(f"{SITE}[newsletter]\n{text}\n")

    assert error in found
    assert found.startswith(("feedpub.toml:5:", "feedpub.toml:6:"))


WRONG_TOGETHER = {
    "frequency": (
        "default_frequency = 'daily'",
        "7:21: default_frequency: nothing is scheduled daily; use weekly",
    ),
    "subject": ("subject = '{autor}'", "7:11: subject: '{autor}' has braces that mean nothing"),
    "subject code": ("subject = '{title.__class__}'", "has braces that mean nothing"),
    "subject brace": ("subject = '{'", "has braces that mean nothing"),
    "clear password": (
        "[mail]\nhost = 'smtp.example'\nuser = 'me'\nsecurity = 'none'",
        "10:12: security: the password would cross the net in the clear to smtp.example; use",
    ),
    "which maildir": ("[mail]\ntype = 'maildir'", "8:8: type: which maildir? add folder ="),
    "host with port": ("[mail]\nhost = 'a.example:25'", "8:8: host: 'a.example:25': the port has"),
    "no host": ("[mail]\nhost = 'a b'", "is no name of a server"),
    "quote": ("[mail]\ncommand = 'sendmail \"'", "8:11: command: 'sendmail \"': a quote is not"),
    "rate": ("[mail]\nrate = -1", "8:8: rate: -1 is out of range; use 0 to 100000"),
    "half a key": (
        "[dkim]\ndomain = 'a.example'",
        "8:10: [dkim] needs domain, selector, key_file together; add selector and key_file",
    ),
    "half a second key": (
        "[dkim]\ndomain = 'a.example'\nselector = 's'\nkey_file = 'k'\ned25519_selector = 'e'",
        "add ed25519_key_file",
    ),
    "selector": (
        "[dkim]\ndomain = 'a.example'\nselector = 's/1'\nkey_file = 'k'",
        "selector: 's/1' is no such name; write it as s1",
    ),
    "http": (
        "[web]\nurl = 'http://a.example/'",
        "8:7: url: 'http://a.example/': mail programs unsubscribe by https only (RFC 8058);",
    ),
    "two ways": (
        "[bounces]\nmaildir = 'm'\nimap_host = 'a.example'\nimap_user = 'me'",
        "9:13: imap_host: there is a maildir, too; remove one",
    ),
    "who logs in": ("[bounces]\nimap_host = 'a.example'", "8:13: imap_host: who logs in? add"),
    "clear IMAP": (
        "[bounces]\nimap_host = 'a.example'\nimap_user = 'me'\nimap_security = 'none'",
        "10:17: imap_security: the password would cross",
    ),
}


@pytest.mark.parametrize(("text", "error"), WRONG_TOGETHER.values(), ids=WRONG_TOGETHER.keys())
def test_settings_that_do_not_fit_together_are_named(
    complain: Complain, text: str, error: str
) -> None:
    (found,) = complain(f"{SITE}{LETTER}{text}\n")

    assert error in found


PUBLISHED = {
    "mails": ("[mail]\ntype = 'maildir'\nfolder = 'feeds/out'", "9:10: folder: "),
    "a deep one": ("[mail]\ntype = 'maildir'\nfolder = 'x/../feeds/a/b'", "9:10: folder: "),
    "returned mail": ("[bounces]\nmaildir = 'feeds/in'", "8:11: maildir: "),
    "password": ("[mail]\npassword_file = 'feeds/secret'", "8:17: password_file: "),
    "by a symlink": ("[mail]\ntype = 'maildir'\nfolder = 'linked/out'", "9:10: folder: "),
    "outbox": ("[feeds]\nfolder = 'outbox'", "8:10: folder: "),
    "backups": ("[feeds]\nfolder = 'backups'", "8:10: folder: "),
    "key": ("[feeds]\nfolder = 'feedpub.key'", "8:10: folder: "),
}


@pytest.mark.parametrize(("text", "place"), PUBLISHED.values(), ids=PUBLISHED.keys())
def test_what_names_people_is_never_put_where_everybody_can_fetch_it(
    complain: Complain, tmp_path: Path, text: str, place: str
) -> None:
    (tmp_path / "linked").symlink_to("feeds")

    (found,) = complain(f"{SITE}{LETTER}{text}\n")

    assert found.startswith(f"feedpub.toml:{place}")
    assert "; name a" in found


def test_a_database_below_the_feeds_is_refused(complain: Complain) -> None:
    (found,) = complain(f"database = 'feeds/x.db'\n{SITE}")

    assert found.startswith("feedpub.toml:1:12: database: ")


@pytest.mark.parametrize(
    "text", ["[mail]\ntype = 'maildir'\nfolder = 'box'", "[bounces]\nmaildir = 'box'"]
)
def test_a_file_is_no_maildir(complain: Complain, tmp_path: Path, text: str) -> None:
    (tmp_path / "box").write_text("From x\n")

    (found,) = complain(f"{SITE}{LETTER}{text}\n")

    assert "'box' is a file, a maildir is a folder; name another" in found


def test_authorities_of_your_own_reach_both_servers(load: Load, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----")

    config = load(
        f"{LETTER}[mail]\nhost = 'a.example'\nca_file = 'ca.pem'\n"
        "[bounces]\nimap_host = 'a.example'\nimap_user = 'me'\nimap_ca_file = 'ca.pem'\n"
    )

    assert config.mail is not None
    assert config.mail.ca_file == config.bounces.imap_ca_file == tmp_path / "ca.pem"


def test_authorities_that_are_not_there_are_named(complain: Complain) -> None:
    (found,) = complain(f"{SITE}{LETTER}[mail]\nca_file = 'ca.pem'\n")

    assert found.startswith("feedpub.toml:8:11: ca_file: there is no file 'ca.pem'; correct it")


@pytest.mark.parametrize("blank", ["", "  ", "\u3000"])
def test_a_blank_postal_address_is_none(complain: Complain, blank: str) -> None:
    (found,) = complain(f"{SITE}{LETTER}postal_address = '{blank}'\n")

    assert found.startswith("feedpub.toml:7:18: postal_address: blank, and nothing is sent without")


def test_of_a_missing_postal_address_the_check_warns_before_a_send_refuses(load: Load) -> None:
    (warning,) = load(f"{LETTER}[mail]\nhost = 'localhost'\n").warnings

    assert "no postal_address, so nothing is sent; add" in warning


def test_a_web_address_leaves_room_for_the_token_of_a_link(complain: Complain) -> None:
    url = f"https://a.example/{'x' * 300}/"

    (found,) = complain(f"{SITE}{LETTER}[web]\nurl = '{url}'\n")

    assert "at most 300" in found


@pytest.mark.parametrize("url", ["http://localhost:8000/", "http://127.0.0.1/x/", "http://[::1]/"])
def test_the_pages_may_be_tried_on_this_machine_without_https(load: Load, url: str) -> None:
    assert load(f"{LETTER}[web]\nurl = '{url}'\n").web.url == url


def test_a_newsletter_that_never_goes_out_is_odd(load: Load) -> None:
    config = load(f"[newsletter]\n{SENDER}")

    assert config.newsletter is None
    assert (
        '[newsletter] has no schedule, so there is no newsletter; add weekly = "Fri'
        in (config.warnings[0])
    )


def test_what_is_shown_of_a_newsletter_gives_the_same_settings_again(
    load: Load, tmp_path: Path
) -> None:
    text = f"{LETTER}[mail]\nrate = 0.5\ncommand = \"sendmail 'a b'\"\n[web]\nurl = 'https://a.example'"
    before = load(text)
    path = tmp_path / "feedpub.toml"

    path.write_text(show_settings(resolve_settings(path, {})))

    assert load(path.read_text(), bare=True) == before
