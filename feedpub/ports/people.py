"""The rows that the audience and its store pass to one another; instants are epoch seconds."""

from typing import NamedTuple

from feedpub.model import Choice


class Person(NamedTuple):
    """A subscriber as the store keeps them.

    Attributes:
        id: Row; 0 before it has one.
        address: As mail is sent to it; None once erased.
        mailbox: The form that tells two addresses apart; None once erased.
        state: A ``SubscriberState``.
        created: When they were first known.
        confirmed: When they last said yes.
        choice: Ids of categories, ascending; none means all.
        frequency: None means that of the site.
        language: None means that of the site.
        paused: Whether they want no mail for now.
        since: Articles first seen before it were mailed, or missed on purpose; None where the
            issue's own window holds.
    """

    id: int
    address: str | None
    mailbox: str | None
    state: int
    created: int
    confirmed: int | None = None
    choice: Choice = ()
    frequency: str | None = None
    language: str | None = None
    paused: bool = False
    since: int | None = None


class ConsentRow(NamedTuple):
    """One line of the consent log; see ``feedpub.model.Consent``."""

    subscriber: int
    at: int
    event: str
    source: str = ""
    wording: str = ""
    version: str = ""
    network: str | None = None
    details: str = ""


class NoticeRow(NamedTuple):
    """A mail to one person.

    Attributes:
        id: Row.
        subscriber: Row.
        kind: A ``NoticeKind``.
        details: JSON of what it is about; empty if there is nothing to say.
        state: A ``DeliveryState``.
        created: When it was asked for.
    """

    id: int
    subscriber: int
    kind: str
    details: str
    state: int
    created: int
