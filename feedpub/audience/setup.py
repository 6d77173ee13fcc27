"""What the audience is given: rules as values, the outside world as ports."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from feedpub.audience.store import Catalog, OpenStore
from feedpub.model import Frequency
from feedpub.tokens import Signer


@dataclass(frozen=True, slots=True)
class Policy:
    """What protects people from mail that they did not ask for.

    Attributes:
        token_age: How long the link of a mail holds, and an unconfirmed address is kept.
        between_asks: At most one confirmation mail per address in this time ...
        asks: ... and this many until one is confirmed.
        network_asks: Confirmation mails per network in an hour.
        hourly_asks: Confirmation mails in all in an hour.
        undo: How long somebody who left can come back by the page that they left by.
        network_kept: How long the address of a request stays in the consent log.
        soft_bounces: Mails returned for now, within ``soft_window``, that end a subscription.
        soft_window: See there.
    """

    token_age: timedelta = timedelta(days=7)
    between_asks: timedelta = timedelta(hours=24)
    asks: int = 3
    network_asks: int = 20
    hourly_asks: int = 500
    undo: timedelta = timedelta(hours=24)
    network_kept: timedelta = timedelta(days=90)
    soft_bounces: int = 3
    soft_window: timedelta = timedelta(days=30)


class Traces(Protocol):
    """Files beside the database in which an address may stand."""

    def clean(
        self, spellings: Sequence[str], erase: Callable[[Catalog], None]
    ) -> tuple[list[str], list[str]]:
        """Take an address out of mails of rehearsals and out of copies of the database.

        Args:
            spellings: Of the address.
            erase: Does it within one copy.

        Returns:
            The files that do not hold it any more, and those that still do.
        """
        ...


@dataclass(frozen=True, slots=True)
class AudienceSetup:
    """A site's subscribers, wired.

    Attributes:
        open_store: Opens the store.
        signer: Of the site's secret.
        clock: Now, aware.
        default_frequency: Of subscribers who chose none, or one that is not sent; None if the
            site sends no newsletter.
        frequencies: Those that are sent.
        traces: What forgetting has to look at besides the database; None if nothing.
        policy: The limits.
    """

    open_store: OpenStore
    signer: Signer
    clock: Callable[[], datetime]
    default_frequency: Frequency | None = None
    frequencies: tuple[Frequency, ...] = ()
    traces: Traces | None = None
    policy: Policy = field(default_factory=Policy)

    def now(self) -> int:
        """Return the time in whole seconds since the epoch."""
        return int(self.clock().astimezone(UTC).timestamp())

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Catalog]:
        """Open the store for one transaction; give its catalog."""
        with self.open_store(read_only=read_only) as store, store.transaction() as catalog:
            yield catalog
