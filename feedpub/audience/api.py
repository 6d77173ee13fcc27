"""``Audience``: one method for each thing that people, or the editor, may ask for."""

from collections.abc import Iterator, Sequence

from feedpub.audience.setup import AudienceSetup
from feedpub.model import (
    Category,
    Choice,
    ForgetReport,
    Frequency,
    ImportOptions,
    ImportReport,
    Subscriber,
    SubscriberRecord,
    SubscriberState,
)
from feedpub.ports import Progress
from feedpub.tokens import Action


class Audience:
    """Keeps the subscribers of one site; made by ``feedpub.wiring.open_audience``.

    Every method opens the store for itself, so an instance may be used by any number of threads
    as long as the store that it was given allows it.
    """

    def __init__(self, setup: AudienceSetup) -> None:
        self._setup = setup

    # Choices

    @property
    def frequencies(self) -> tuple[Frequency, ...]:
        """The digests that the site sends, oftenest first; empty if it sends none."""
        raise NotImplementedError

    @property
    def default_frequency(self) -> Frequency | None:
        """The digest that somebody gets who chose none."""
        raise NotImplementedError

    def list_categories(self) -> tuple[Category, ...]:
        """Return every category that can be chosen, depth-first, without the root."""
        raise NotImplementedError

    def resolve_choice(self, asked: Sequence[str]) -> Choice:
        """Return the choice that names, paths such as ``a/b`` or folders (slugs) mean.

        A category below another chosen one is left out; nothing, or the root, means all.

        Raises:
            CategoryError: There is no such category; names the nearest.
        """
        raise NotImplementedError

    # Coming

    def subscribe(
        self,
        address: str,
        *,
        choice: Choice = (),
        frequency: Frequency | None = None,
        language: str | None = None,
        source: str,
        wording: str,
        version: str,
        network: str | None,
    ) -> None:
        """Ask an address for confirmation; the same, and as fast, whether it is known or not.

        Nobody is told whether a mail goes out. To an address that is subscribed already goes a
        mail that says so, under the same limits; to one whose owner called our mail spam, none.

        Args:
            address: As typed.
            choice: Of ``resolve_choice``; holds once it is confirmed.
            frequency: None means that of the site.
            language: BCP 47; None means that of the site.
            source: Where, such as ``form``.
            wording: What was agreed to, as it was shown.
            version: Of the wording.
            network: IP address of the request; None if there is none.

        Raises:
            AddressError: It is no address (of any known or unknown person alike).
        """
        raise NotImplementedError

    def confirm(self, token: str, *, source: str, network: str | None = None) -> Subscriber:
        """Make somebody a subscriber by the token of a confirmation mail; twice is harmless.

        Raises:
            TokenError: It is not ours, or older than 7 days.
        """
        raise NotImplementedError

    def confirm_subscriber(self, subscriber: int, *, source: str) -> Subscriber:
        """Make somebody a subscriber who answered the confirmation mail by mail.

        Args:
            subscriber: Of the signed address that they answered to.
            source: Such as ``reply``.

        Raises:
            TokenError: They were not asked within the last 7 days.
        """
        raise NotImplementedError

    def add(
        self,
        address: str,
        *,
        choice: Choice = (),
        frequency: Frequency | None = None,
        language: str | None = None,
        confirmed: bool = False,
        source: str,
        wording: str = "",
        version: str = "",
    ) -> Subscriber:
        """Add somebody by the editor's hand.

        Args:
            address: As typed.
            choice: Of ``resolve_choice``.
            frequency: None means that of the site.
            language: None means that of the site.
            confirmed: They agreed elsewhere: no confirmation mail, and a suppression is lifted.
            source: Where they agreed.
            wording: To what.
            version: Of the wording.

        Raises:
            AddressError: It is no address.
            SubscriberError: It is suppressed, and ``confirmed`` does not lift that.
        """
        raise NotImplementedError

    # Links of mails

    def find(self, action: Action, token: str) -> Subscriber:
        """Return whom a token of a mail belongs to; changes nothing.

        Args:
            action: UNSUBSCRIBE or PREFERENCES, whose tokens stand in each mail and never expire
                (``Signer.sign`` over the subscriber's id); or CONFIRM, ADDRESS, EXPORT or ERASE,
                whose tokens expire (``make_token``).
            token: As it came.

        Raises:
            TokenError: It is not ours, too old, or of somebody who was forgotten.
        """
        raise NotImplementedError

    def make_token(self, action: Action, notice: int) -> str:
        """Return the token for the link of a notice, good for 7 days.

        Args:
            action: CONFIRM, ADDRESS, EXPORT or ERASE, as the notice's kind says.
            notice: Its row.
        """
        raise NotImplementedError

    # Changing

    def set_preferences(
        self,
        subscriber: int,
        *,
        choice: Choice,
        frequency: Frequency | None,
        language: str | None,
        paused: bool = False,
        source: str,
        network: str | None = None,
    ) -> Subscriber:
        """Replace all that somebody chose; a new frequency repeats and skips no article.

        Raises:
            SubscriberError: They are no subscriber.
        """
        raise NotImplementedError

    def request_address(self, subscriber: int, address: str, *, source: str) -> None:
        """Ask a new address of a subscriber for confirmation, under the limits of ``subscribe``.

        Raises:
            AddressError: It is no address.
            SubscriberError: They are no subscriber.
        """
        raise NotImplementedError

    def change_address(self, token: str, *, source: str) -> Subscriber:
        """Take the new address by the token that was mailed to it.

        Raises:
            TokenError: It is not ours, or too old.
            SubscriberError: The new address is that of another subscriber by now.
        """
        raise NotImplementedError

    def request_link(self, subscriber: int, action: Action) -> None:
        """Mail somebody a fresh link to EXPORT or ERASE; the link in each mail opens neither."""
        raise NotImplementedError

    # Going

    def unsubscribe(
        self,
        subscriber: int,
        *,
        source: str,
        network: str | None = None,
        goodbye: bool = False,
    ) -> Subscriber:
        """End a subscription; twice is harmless.

        Args:
            subscriber: Their row.
            source: Such as ``one-click``, ``page``, ``mail``.
            network: IP address of the request.
            goodbye: Whether to mail that it is done. Not after one-click or by mail: whoever
                pressed the button of a mail program wants no further mail, and would call it spam.
        """
        raise NotImplementedError

    def resubscribe(
        self, subscriber: int, *, source: str, network: str | None = None
    ) -> Subscriber:
        """Undo ``unsubscribe`` within 24 hours; later it takes ``subscribe`` and a confirmation.

        Raises:
            SubscriberError: They did not unsubscribe, or too long ago.
        """
        raise NotImplementedError

    def remove(self, address: str, *, source: str) -> Subscriber:
        """End a subscription by the editor's hand, without a mail.

        Raises:
            AddressError: It is no address.
            SubscriberError: Nobody has it.
        """
        raise NotImplementedError

    def record_bounce(
        self,
        subscriber: int,
        *,
        code: str,
        hard: bool,
        message: bytes,
        delivery: int | None = None,
    ) -> bool:
        """Note that a mail came back; a hard one, or the third soft one in 30 days, ends it.

        Args:
            subscriber: Their row.
            code: Enhanced status code, such as ``5.1.1``.
            hard: Whether it says that the address does not exist.
            message: Hash of the report, which may be read twice.
            delivery: Row of the ledger.

        Returns:
            Whether the address is suppressed by it.
        """
        raise NotImplementedError

    def record_complaint(self, subscriber: int, *, message: bytes, source: str) -> bool:
        """Note that somebody called a mail spam: never mailed again; return whether that is new."""
        raise NotImplementedError

    def forget(self, subscriber: int, *, source: str) -> ForgetReport:
        """Erase somebody: a keyed hash stays, so that no import brings them back.

        The database is compacted, so that its file holds nothing of them either.
        """
        raise NotImplementedError

    def forget_address(self, address: str, *, source: str) -> ForgetReport:
        """Erase whoever has an address, and bar it even if nobody has.

        Raises:
            AddressError: It is no address.
        """
        raise NotImplementedError

    def purge(self) -> int:
        """Erase those who never confirmed, and addresses of requests that were kept long enough.

        Returns:
            How many unconfirmed were erased.
        """
        raise NotImplementedError

    # Looking

    def get(self, subscriber: int) -> Subscriber:
        """Return a subscriber by row.

        Raises:
            SubscriberError: There is none.
        """
        raise NotImplementedError

    def show(self, address: str) -> SubscriberRecord:
        """Return all that is known of whoever has an address.

        Raises:
            AddressError: It is no address.
            SubscriberError: Nobody has it.
        """
        raise NotImplementedError

    def export(self, subscriber: int) -> dict[str, object]:
        """Return all that is known of somebody, for themselves, as JSON knows it.

        Raises:
            SubscriberError: They are no subscriber.
        """
        raise NotImplementedError

    def list_subscribers(
        self,
        *,
        states: Sequence[SubscriberState] = (),
        category: str | None = None,
        frequency: Frequency | None = None,
        limit: int | None = None,
    ) -> list[Subscriber]:
        """Return subscribers in the order that they came; those who were erased never.

        Args:
            states: Any of these; all if empty.
            category: Whoever gets news of it, by whatever they chose.
            frequency: Whoever gets this digest.
            limit: At most.

        Raises:
            CategoryError: There is no such category.
        """
        raise NotImplementedError

    def counts(self) -> dict[SubscriberState, int]:
        """Return how many there are in each state."""
        raise NotImplementedError

    # Files

    def import_csv(
        self, data: bytes, options: ImportOptions, *, progress: Progress | None = None
    ) -> ImportReport:
        """Take in a list of subscribers; suppressed addresses stay suppressed.

        Args:
            data: CSV of whichever program, or one address a line.
            options: How.
            progress: Is told of stage, rows done, and rows in all.

        Raises:
            ListError: It cannot be read, has no column of addresses, or has a known address
                under ``on_conflict`` FAIL; nothing of it was kept.
        """
        raise NotImplementedError

    def export_csv(self, *, states: Sequence[SubscriberState] = ()) -> Iterator[str]:
        """Yield a CSV of subscribers, safe to open in a spreadsheet; ``import_csv`` reads it."""
        raise NotImplementedError
