"""From settings to what the newsletter is given: who mails, how, and where answers go."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import urlsplit

from feedpub.config import bounces_schema
from feedpub.config import mail_schema as schema
from feedpub.config.find import make_absolute
from feedpub.config.resolve import Resolved
from feedpub.config.secrets import is_exposed
from feedpub.config.setting import Setting
from feedpub.config.values import (
    BouncesConfig,
    Config,
    DkimConfig,
    MailConfig,
    NewsletterConfig,
    Security,
    WebConfig,
)
from feedpub.errors import ConfigError
from feedpub.links import subscribe_url
from feedpub.model.newsletter import Frequency, Schedule

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_WAYS = (schema.MAIL_TYPE, schema.MAIL_HOST)
_SECRET_FILES = (
    schema.MAIL_PASSWORD_FILE,
    bounces_schema.BOUNCES_PASSWORD_FILE,
    schema.DKIM_KEY_FILE,
    schema.DKIM_ED25519_KEY_FILE,
)


def add_newsletter(resolved: Resolved, config: Config) -> Config:
    """Return a site's settings with all that is about mail; faults are added to ``resolved``."""
    newsletter = _build_newsletter(resolved, config)
    mail = _build_mail(resolved, config.root)
    dkim = _build_dkim(resolved, config.root)
    _check_files(resolved, config.root)
    _check_web(resolved)
    web_url = resolved.get(schema.WEB_URL)
    by_mail = subscribe_url(web_url) if web_url and newsletter else ""
    return replace(
        config,
        site=replace(config.site, subscribe_url=by_mail),
        newsletter=newsletter,
        mail=mail,
        dkim=dkim,
        web=WebConfig(web_url, resolved.get(schema.WEB_PROXIES), resolved.get(schema.WEB_METRICS)),
        bounces=_build_bounces(resolved, config.root, newsletter),
        warnings=tuple(resolved.warnings),
    )


def require_newsletter(config: Config) -> NewsletterConfig:
    """Return the newsletter of a site.

    Raises:
        ConfigError: None is scheduled.
    """
    if config.newsletter is None:
        raise ConfigError(
            'no newsletter is scheduled; add [newsletter] with a line such as weekly = "Fri 09:00"',
            path=str(config.path),
            key="newsletter.weekly",
        )
    return config.newsletter


def has_mailer(resolved: Resolved) -> bool:
    """Return whether the settings say how mail leaves: by any key of ``[mail]`` in the file.

    Of the variables two stand for it. Another one, left over in an environment, must not have a
    rehearsal mailed by whatever answers on this machine.
    """
    return any(
        resolved.is_set(one) and (one in _WAYS or resolved.origin(one).kind == "file")
        for one in schema.MAIL
    )


def _build_newsletter(resolved: Resolved, config: Config) -> NewsletterConfig | None:
    settings = (schema.DAILY, schema.WEEKLY, schema.MONTHLY)
    schedules = tuple(one for key in settings if (one := resolved.get(key)) is not None)
    if not schedules:
        _warn_of_no_schedule(resolved)
        return None
    sender = resolved.get(schema.FROM)
    if sender is None:
        if not resolved.has_failed(schema.FROM):
            first = next(key for key in settings if resolved.is_set(key))
            resolved.refuse(
                'from: a newsletter needs a sender; add from = "Name <news@example.com>"'
                " to [newsletter]",
                first,
            )
        return None
    return NewsletterConfig(
        schedules=schedules,
        sender=sender,
        default_frequency=_choose_frequency(resolved, schedules),
        title=resolved.get(schema.TITLE) or config.site.title,
        intro=make_absolute(config.root, resolved.get(schema.INTRO)),
        postal_address=_check_postal_address(resolved),
        reply_to=resolved.get(schema.REPLY_TO),
        subject=_check_subject(resolved),
        subject_prefix=resolved.get(schema.SUBJECT_PREFIX),
        content=resolved.get(schema.CONTENT),
        cards=resolved.get(schema.CARDS),
        section_cards=resolved.get(schema.SECTION_CARDS),
        languages=resolved.get(schema.LANGUAGES),
        max_age_days=resolved.get(schema.MAX_AGE_DAYS),
        max_recipients=resolved.get(schema.MAX_RECIPIENTS),
        utm=resolved.get(schema.UTM),
        on_success=resolved.get(schema.ON_SUCCESS),
        on_failure=resolved.get(schema.ON_FAILURE),
    )


def _warn_of_no_schedule(resolved: Resolved) -> None:
    if resolved.errors or not any(resolved.is_set(key) for key in schema.NEWSLETTER):
        return
    resolved.warnings.append(
        f"{resolved.path}: [newsletter] has no schedule, so there is no newsletter;"
        ' add weekly = "Fri 09:00"'
    )


def _choose_frequency(resolved: Resolved, schedules: Sequence[Schedule]) -> Frequency:
    scheduled = [one.frequency for one in schedules]
    chosen = resolved.get(schema.DEFAULT_FREQUENCY)
    if chosen is not None and chosen not in scheduled:
        resolved.refuse(
            f"default_frequency: nothing is scheduled {chosen}; use {' or '.join(scheduled)}",
            schema.DEFAULT_FREQUENCY,
        )
    elif chosen is not None:
        return chosen
    return Frequency.WEEKLY if Frequency.WEEKLY in scheduled else scheduled[0]


def _check_postal_address(resolved: Resolved) -> str:
    """Return the address that law wants in every mail, complaining where it is blank or missing."""
    found = resolved.get(schema.POSTAL_ADDRESS)
    if found or resolved.has_failed(schema.POSTAL_ADDRESS):
        return found
    if resolved.is_set(schema.POSTAL_ADDRESS):
        resolved.refuse(
            "postal_address: blank, and nothing is sent without one, which the law of many"
            ' countries wants; write "Street 1, City"',
            schema.POSTAL_ADDRESS,
        )
    elif has_mailer(resolved):
        resolved.warnings.append(
            f"{resolved.path}: [newsletter] has no postal_address, so nothing is sent; add"
            ' postal_address = "Street 1, City"'
        )
    return ""


def _check_subject(resolved: Resolved) -> str:
    subject = resolved.get(schema.SUBJECT)
    try:
        fields = {name for _, name, _, _ in Formatter().parse(subject) if name is not None}
    except ValueError:
        fields = {""}
    if not fields <= {"title", "count"}:
        resolved.refuse(
            f"subject: {subject!r} has braces that mean nothing; only {{title}} and {{count}} do",
            schema.SUBJECT,
        )
        return ""
    return subject


def _build_mail(resolved: Resolved, root: Path) -> MailConfig | None:
    if not has_mailer(resolved):
        _warn_of_lonely_variables(resolved)
        return None
    host, user = resolved.get(schema.MAIL_HOST) or "localhost", resolved.get(schema.MAIL_USER)
    port = resolved.get(schema.MAIL_PORT)
    security = resolved.get(schema.MAIL_SECURITY) or _guess_security(host, port)
    folder = resolved.get(schema.MAIL_FOLDER)
    kind = resolved.get(schema.MAIL_TYPE)
    if user and security == "none" and host not in LOOPBACK:
        resolved.refuse(
            f'security: the password would cross the net in the clear to {host}; use "starttls"',
            schema.MAIL_SECURITY,
        )
    if kind == "maildir" and folder is None:
        resolved.refuse('type: which maildir? add folder = "path" to [mail]', schema.MAIL_TYPE)
    return MailConfig(
        type=kind,
        host=host,
        port=port or {"tls": 465}.get(security, 587 if user else 25),
        security=security,
        user=user,
        password=resolved.get(schema.MAIL_PASSWORD),
        password_file=_optional(root, resolved.get(schema.MAIL_PASSWORD_FILE)),
        folder=_optional(root, folder),
        command=resolved.get(schema.MAIL_COMMAND) or ("/usr/sbin/sendmail",),
        connections=resolved.get(schema.MAIL_CONNECTIONS),
        per_domain=resolved.get(schema.MAIL_PER_DOMAIN),
        rate_per_s=resolved.get(schema.MAIL_RATE),
        messages_per_connection=resolved.get(schema.MAIL_MESSAGES),
        helo=resolved.get(schema.MAIL_HELO),
        timeout_s=resolved.get(schema.MAIL_TIMEOUT),
        ca_file=_optional(root, resolved.get(schema.MAIL_CA_FILE)),
    )


def _guess_security(host: str, port: int) -> Security:
    if host in LOOPBACK:
        return "none"
    return "tls" if port == 465 else "starttls"


def _warn_of_lonely_variables(resolved: Resolved) -> None:
    resolved.warnings += [
        f"{resolved.origin(setting)}: there is no [mail], so it does nothing;"
        " name the mail server by FEEDPUB_MAIL_HOST, or in feedpub.toml"
        for setting in schema.MAIL
        if resolved.is_set(setting)
    ]


def _build_dkim(resolved: Resolved, root: Path) -> DkimConfig | None:
    if not any(resolved.is_set(key) for key in schema.DKIM):
        return None
    _check_together(resolved, (schema.DKIM_DOMAIN, schema.DKIM_SELECTOR, schema.DKIM_KEY_FILE))
    second: tuple[Setting[Any], ...] = (schema.DKIM_ED25519_SELECTOR, schema.DKIM_ED25519_KEY_FILE)
    if any(resolved.is_set(key) for key in second):
        _check_together(resolved, second)
    key_file = resolved.get(schema.DKIM_KEY_FILE)
    if key_file is None:
        return None
    return DkimConfig(
        domain=resolved.get(schema.DKIM_DOMAIN),
        selector=resolved.get(schema.DKIM_SELECTOR),
        key_file=make_absolute(root, key_file),
        ed25519_selector=resolved.get(schema.DKIM_ED25519_SELECTOR),
        ed25519_key_file=_optional(root, resolved.get(schema.DKIM_ED25519_KEY_FILE)),
    )


def _check_together(resolved: Resolved, settings: Sequence[Setting[Any]]) -> None:
    """Refuse keys that mean something only together, naming those that are missing."""
    missing = [
        one.name for one in settings if not resolved.get(one) and not resolved.has_failed(one)
    ]
    if missing:
        place = next((one for one in schema.DKIM if resolved.is_set(one)), settings[0])
        resolved.refuse(
            f"[{place.section}] needs {', '.join(one.name for one in settings)} together;"
            f" add {' and '.join(missing)}",
            place,
        )


def _build_bounces(
    resolved: Resolved, root: Path, newsletter: NewsletterConfig | None
) -> BouncesConfig:
    address = resolved.get(bounces_schema.BOUNCES_ADDRESS) or (
        newsletter.sender.address if newsletter else ""
    )
    security = resolved.get(bounces_schema.IMAP_SECURITY)
    _check_imap(resolved)
    return BouncesConfig(
        address=address,
        unsubscribe=resolved.get(bounces_schema.BOUNCES_UNSUBSCRIBE) or address,
        maildir=_optional(root, resolved.get(bounces_schema.BOUNCES_MAILDIR)),
        imap_host=resolved.get(bounces_schema.IMAP_HOST),
        imap_port=resolved.get(bounces_schema.IMAP_PORT) or (993 if security == "tls" else 143),
        imap_security=security,
        imap_ca_file=_optional(root, resolved.get(bounces_schema.IMAP_CA_FILE)),
        imap_user=resolved.get(bounces_schema.IMAP_USER),
        imap_folder=resolved.get(bounces_schema.IMAP_FOLDER) or "INBOX",
        password=resolved.get(bounces_schema.BOUNCES_PASSWORD),
        password_file=_optional(root, resolved.get(bounces_schema.BOUNCES_PASSWORD_FILE)),
    )


def _check_imap(resolved: Resolved) -> None:
    """Refuse what of a mailbox does not go together."""
    host = resolved.get(bounces_schema.IMAP_HOST)
    if not host:
        _warn_of_lonely_imap(resolved)
        return
    if resolved.get(bounces_schema.BOUNCES_MAILDIR):
        resolved.refuse("imap_host: there is a maildir, too; remove one", bounces_schema.IMAP_HOST)
    if not resolved.get(bounces_schema.IMAP_USER):
        resolved.refuse(
            "imap_host: who logs in? add imap_user to [bounces]", bounces_schema.IMAP_HOST
        )
    if resolved.get(bounces_schema.IMAP_SECURITY) == "none" and host not in LOOPBACK:
        resolved.refuse(
            f'imap_security: the password would cross the net in the clear to {host}; use "tls"',
            bounces_schema.IMAP_SECURITY,
        )


def _warn_of_lonely_imap(resolved: Resolved) -> None:
    if resolved.is_set(bounces_schema.BOUNCES_PASSWORD):
        resolved.warnings.append(
            f"{resolved.origin(bounces_schema.BOUNCES_PASSWORD)}: there is no bounces.imap_host,"
            " so it does nothing"
        )


_LONGEST_WEB_URL = 300


def _check_web(resolved: Resolved) -> None:
    parts = urlsplit(resolved.get(schema.WEB_URL))
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        resolved.refuse(
            f"url: {parts.geturl()!r}: mail programs unsubscribe by https only (RFC 8058);"
            " write https://",
            schema.WEB_URL,
        )
    if len(parts.geturl()) > _LONGEST_WEB_URL:
        resolved.refuse(
            f"url: {len(parts.geturl())} characters; links of mails have to stay on one line, so"
            f" give one of at most {_LONGEST_WEB_URL}",
            schema.WEB_URL,
        )


def _check_files(resolved: Resolved, root: Path) -> None:
    """Refuse secrets that others can read, and authorities that are not there.

    A missing secret is missed when it is used.
    """
    for setting in (schema.MAIL_CA_FILE, bounces_schema.IMAP_CA_FILE):
        written = resolved.get(setting)
        if written is not None and not make_absolute(root, written).is_file():
            resolved.refuse(
                f"{setting.name}: there is no file {written!r}; correct it, or remove the line to"
                " trust the authorities of the system",
                setting,
            )
    for setting in _SECRET_FILES:
        written = resolved.get(setting)
        if written is not None and is_exposed(make_absolute(root, written)):
            resolved.refuse(
                f"{setting.name}: others can read {written!r}; type: chmod 600 {written}", setting
            )


def _optional(root: Path, written: str | None) -> Path | None:
    return None if written is None else make_absolute(root, written)
