"""What keeps a send back until a person has looked: its size, and what its links lead to."""

import re
from collections.abc import Sequence
from html import unescape
from typing import TYPE_CHECKING

from feedpub.errors import ConfigError, IssueHeldError
from feedpub.mailing.setup import MailSetup
from feedpub.model import Frequency, Issue
from feedpub.publishing.setup import open_transaction

if TYPE_CHECKING:
    from feedpub.digest import FrozenDigest

FREE_RECIPIENTS = 10
"""So few may get a first issue, or a suddenly larger one, without a question."""


def check_settings(setup: MailSetup) -> None:
    """Refuse to mail from a site that does not say who it is.

    Raises:
        ConfigError: Something is missing that every mail needs.
    """
    if not setup.letterhead.postal_address:
        raise ConfigError(
            "no postal address; law wants one in every mail: add"
            ' postal_address = "..." to [newsletter]',
            key="newsletter.postal_address",
        )
    if not setup.has_address:
        raise ConfigError(
            'no site.url, so the links of the mails would lead nowhere; add url = "https://..."'
            " to [site]",
            key="site.url",
        )


def check_size(
    key: str,
    recipients: int,
    *,
    largest: int,
    limit: int,
    agreed: int | None,
    command: str,
) -> None:
    """Hold what is a site's first mass send, or much larger than its last.

    Args:
        key: Of the issue.
        recipients: Who would get it.
        largest: Recipients of the last issue that was sent.
        limit: Set by the operator, 0 for none.
        agreed: A person agreed to so many recipients; None if nobody did.
        command: What to type to agree.

    Raises:
        IssueHeldError: Nobody agreed to so many.
    """
    if agreed is not None and recipients <= agreed:
        return
    reason = ""
    if agreed is not None:
        reason = f"more than the {agreed:,} that were agreed to"
    elif limit and recipients > limit:
        reason = f"more than max_recipients = {limit}"
    elif recipients > FREE_RECIPIENTS and largest == 0:
        reason = "the first mass send of this site"
    elif recipients > FREE_RECIPIENTS and recipients > 2 * largest:
        reason = f"more than twice the {largest:,} of the last issue"
    if reason:
        raise IssueHeldError(
            f"{key}: {recipients:,} recipients, {reason}; look at it with 'feedpub preview', then"
            f" type: {command} --yes --max-recipients {recipients}",
            key=key,
            recipients=recipients,
        )


def check_links(setup: MailSetup, key: str, urls: Sequence[str]) -> None:
    """Hold an issue whose links do not answer: the site may not have been published yet.

    Raises:
        IssueHeldError: One does not.
    """
    silent = {url: why for url, why in setup.probe(urls).items() if why is not None}
    for url, why in silent.items():
        raise IssueHeldError(
            f"{key}: a link of the mails does not answer ({url}: {why}); publish the site first,"
            " or send without looking with --no-probe",
            key=key,
        )


def check_age(setup: MailSetup, issue: Issue) -> None:
    """Hold an issue that a machine forgot about for long: its news are old by now.

    Raises:
        IssueHeldError: It is such a one.
    """
    age = setup.clock() - issue.scheduled
    if age > setup.max_age(issue.frequency):
        raise IssueHeldError(
            f"{issue.key}: prepared {age.days} days ago and not sent to everybody; send the rest"
            f" with: feedpub send {issue.frequency} --catch-up, or let it go with --skip-missed",
            key=issue.key,
        )


def check_issue(
    setup: MailSetup,
    frequency: Frequency,
    key: str,
    recipients: int,
    digest: "FrozenDigest",
    *,
    agreed: int | None = None,
    probe: bool = True,
) -> None:
    """Hold an issue of which nothing was sent yet, if a person has to look first.

    Args:
        setup: Of the newsletter.
        frequency: Of the issue.
        key: Likewise.
        recipients: Likewise.
        digest: Likewise.
        agreed: A person agreed to so many recipients; None if nobody did.
        probe: Whether links are looked at.

    Raises:
        IssueHeldError: They have.
    """
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        largest = catalog.issues.largest_sent()
        members = catalog.issues.members(setup.audience_of(frequency), 1)
    check_size(
        key,
        recipients,
        largest=largest,
        limit=setup.max_recipients,
        agreed=agreed,
        command=f"feedpub send {frequency}",
    )
    if probe:
        # The link by which one of the recipients unsubscribes, too; to look changes nothing.
        own = [setup.unsubscribe_link(member.subscriber) for member in members]
        check_links(setup, key, [*_list_links(digest), *filter(None, own)])


_IMAGE = re.compile(rb'<img [^>]*src="(https?://[^"]+)"')


def _list_links(digest: "FrozenDigest") -> list[str]:
    """Return where the first article of the mails and its picture are."""
    plan = digest.plan((), "", 0)
    if plan is None:
        return []
    links = [article.url for article in digest.articles[:1] if article.url]
    html = b"".join(piece for block in plan.html for piece in block if isinstance(piece, bytes))
    if picture := _IMAGE.search(html):
        links.append(unescape(picture[1].decode()))
    return links
