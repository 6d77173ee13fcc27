"""Wires the doctor: settings in, a ready ``Doctor`` out."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from feedpub.config import KEY_NAME, Config, MailConfig, require_newsletter
from feedpub.doctor import Doctor, DoctorSetup, Document, FileFact, Published
from feedpub.doctor.examination import Answer
from feedpub.doctor.names import Names, Record
from feedpub.errors import IssueError
from feedpub.feeds.text import to_uri
from feedpub.links import unsubscribe_url
from feedpub.model import SubscriberState
from feedpub.ports.resolver import Resolver
from feedpub.subscribers.addresses import find_domain
from feedpub.tokens import Action, Signer
from feedpub.wiring.audience import open_audience, read_signer
from feedpub.wiring.newsletter import load_dkim_keys, make_mailer, open_newsletter

_NOBODY = 0
"""No subscriber has this row."""

_DEADLINE_S = 20
_MAX_BYTES = 512 * 1024
_MAX_FEED_BYTES = 8 * 1024 * 1024
_ANYTHING = ("application/", "text/", "")
_ORIGIN = "https://portal.example"
"""Of the page that asks; some servers allow others to read only if one of them does."""


def open_doctor(
    config: Config,
    *,
    nameserver: tuple[str, int] | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Doctor:
    """Return what examines a site.

    Args:
        config: Of the site.
        nameserver: Address and port of the one to ask; those of this machine if None.
        clock: Now, aware; that of the machine if None.

    Raises:
        ConfigError: No newsletter is scheduled, or a key cannot be used.
    """
    newsletter = require_newsletter(config)
    signer, mail = read_signer(config), config.mail
    keys = load_dkim_keys(config.dkim)
    return Doctor(
        DoctorSetup(
            postal_address=newsletter.postal_address,
            names=Names(
                sender=find_domain(newsletter.sender.address),
                bounces=find_domain(config.bounces.address),
                signer=config.dkim.domain if config.dkim else "",
                keys=[Record(*key.public_record()) for key in keys],
            ),
            resolver=lambda: _make_resolver(nameserver),
            mailer=None if mail is None else lambda: make_mailer(mail),
            where="" if mail is None else _describe(mail),
            sample=lambda: _make_sample(config, clock),
            is_signed=bool(keys),
            web_url=config.web.url,
            link=lambda: _find_link(config, signer),
            nobody=_link(config, signer, _NOBODY),
            get=_get,
            click=_click,
            files=lambda: _list_files(config),
            clock=clock or (lambda: datetime.now(UTC)),
        )
    )


def open_published(config: Config) -> Published:
    """Return what examines the published files of a site, as others get them."""
    return Published(to_uri(config.site.feeds_url), _get_shared, embeds=config.embed.enabled)


def _describe(mail: MailConfig) -> str:
    if mail.type == "maildir":
        return f"the maildir {mail.folder}"
    if mail.type == "sendmail":
        return mail.command[0]
    ways = {"none": "without encryption", "starttls": "with STARTTLS", "tls": "with TLS"}
    login = f", as {mail.user}" if mail.user else ""
    return f"{mail.host}:{mail.port} {ways[mail.security]}{login}"


def _make_resolver(nameserver: tuple[str, int] | None) -> Resolver:
    from feedpub.resolver import DnsResolver

    return DnsResolver(*nameserver) if nameserver else DnsResolver()


def _make_sample(config: Config, clock: Callable[[], datetime] | None) -> bytes | None:
    newsletter = open_newsletter(config, clock=clock)
    try:
        return newsletter.preview(newsletter.frequencies[0]).eml
    except IssueError:
        return None


def _link(config: Config, signer: Signer, subscriber: int) -> str:
    return unsubscribe_url(config.web.url, signer.sign(Action.UNSUBSCRIBE, subscriber))


def _find_link(config: Config, signer: Signer) -> tuple[str, bool]:
    """Return the link of the first subscriber, or nobody's; to open it changes nothing."""
    audience = open_audience(config)
    found = audience.list_subscribers(states=[SubscriberState.ACTIVE], limit=1)
    return _link(config, signer, found[0].id if found else _NOBODY), bool(found)


def _get(url: str) -> Answer:
    from feedpub.net import Fetcher

    # The operator's own address, so it may be on a private network.
    with Fetcher(allow_private=True, ports=None) as fetcher:
        found = fetcher.get(
            url, max_bytes=_MAX_BYTES, deadline_s=_DEADLINE_S, accept=("text/html",)
        )
    return Answer(found.body.decode("utf-8", "replace"), found.headers.get("date", ""))


def _get_shared(url: str) -> Document:
    from feedpub.net import Fetcher

    with Fetcher(allow_private=True, ports=None) as fetcher:
        found = fetcher.get(
            url, max_bytes=_MAX_FEED_BYTES, deadline_s=_DEADLINE_S, accept=_ANYTHING, origin=_ORIGIN
        )
    return Document(found.url, found.headers, found.body)


def _click(url: str) -> int:
    from feedpub.net import Fetcher

    with Fetcher(allow_private=True, ports=None) as fetcher:
        return fetcher.post_form(url, [("List-Unsubscribe", "One-Click")], deadline_s=_DEADLINE_S)


def _list_files(config: Config) -> Sequence[FileFact]:
    files = [(config.root / KEY_NAME, True)]
    if not config.has_server:
        files.insert(0, (config.database_path, True))
    elif config.database_password_file is not None:
        files.append((config.database_password_file, not config.database_password))
    if config.dkim is not None:
        files.append((config.dkim.key_file, True))
        if config.dkim.ed25519_key_file is not None:
            files.append((config.dkim.ed25519_key_file, True))
    files += [
        (section.password_file, not section.password)
        for section in (config.mail, config.bounces)
        if section is not None and section.password_file is not None
    ]
    return [FileFact(_name(config.root, path), _mode(path), needed) for path, needed in files]


def _name(root: Path, path: Path) -> str:
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return None
