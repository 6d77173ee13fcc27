"""What keeps a send back until a person has looked: its size, and what its links lead to."""

from collections.abc import Sequence

from feedpub.errors import ConfigError, IssueHeldError
from feedpub.mailing.setup import MailSetup

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
