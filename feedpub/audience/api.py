"""``Audience``: one method for each thing that people, or the editor, may ask for."""

from feedpub.audience import changing, forgetting, joining, looking
from feedpub.audience.desk import Desk, make_subscriber
from feedpub.audience.records import Records
from feedpub.errors import TokenError
from feedpub.model import (
    Choice,
    ForgetReport,
    Frequency,
    Subscriber,
)
from feedpub.ports.people import NoticeRow
from feedpub.subscribers import links
from feedpub.subscribers.addresses import parse_address
from feedpub.subscribers.notices import LINK_KINDS
from feedpub.tokens import Action

_EVER_S = 100 * 365 * 86_400


class Audience(Records):
    """Keeps the subscribers of one site; made by ``feedpub.wiring.open_audience``.

    Every method opens the store for itself, so an instance may be used by any number of threads
    as long as the store that it was given allows it.
    """

    def _open(self, desk: Desk, action: Action, token: str, *, ever: bool = False) -> NoticeRow:
        """Return the notice whose link carries a token, also one that expired if ``ever``.

        Raises:
            TokenError: It is not ours for this action, too old, or of somebody who was forgotten.
        """
        setup = self._setup
        oldest = _EVER_S if ever else int(setup.policy.token_age.total_seconds())
        row, subscriber = links.read_token(
            setup.signer, action, setup.now(), token, max_age_s=oldest
        )
        notice = desk.people.notice(row)
        if notice is None or (notice.subscriber, notice.kind) != (subscriber, LINK_KINDS[action]):
            raise TokenError("the link is used up; subscribe again")
        return notice

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
            LimitError: Too many ask, from this network or in all.
        """
        joining.subscribe(
            self._setup,
            address,
            choice=choice,
            frequency=frequency,
            language=language,
            source=source,
            wording=wording,
            version=version,
            network=network,
        )

    def confirm(self, token: str, *, source: str, network: str | None = None) -> Subscriber:
        """Make somebody a subscriber by the token of a confirmation mail; twice is harmless.

        Raises:
            TokenError: It is not ours, or older than 7 days.
        """
        with self._desk() as desk:
            notice = self._open(desk, Action.CONFIRM, token)
            return joining.confirm(desk, notice, source=source, network=network)

    def confirm_subscriber(self, subscriber: int, *, source: str) -> Subscriber:
        """Make somebody a subscriber who answered the confirmation mail by mail.

        Args:
            subscriber: Of the signed address that they answered to.
            source: Such as ``reply``.

        Raises:
            TokenError: They were not asked within the last 7 days.
        """
        with self._desk() as desk:
            notice = joining.find_confirmation(desk, subscriber)
            return joining.confirm(desk, notice, source=source, network=None)

    def renew(self, token: str, *, network: str | None) -> None:
        """Mail a fresh link to whoever has one that is too old, under the limits of ``subscribe``.

        Raises:
            TokenError: It is not ours, or its address is not kept any more.
            LimitError: Too many ask, from this network or in all.
        """
        with self._desk() as desk:
            notice = self._open(desk, Action.CONFIRM, token, ever=True)
            joining.ask_again(desk, notice, network=network)

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
        return joining.add(
            self._setup,
            address,
            choice=choice,
            frequency=frequency,
            language=language,
            confirmed=confirmed,
            source=source,
            wording=wording,
            version=version,
        )

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
        with self._desk(read_only=True) as desk:
            if action in LINK_KINDS:
                return make_subscriber(desk.get(self._open(desk, action, token).subscriber))
            subscriber = self._setup.signer.read(action, token)
            person = None if subscriber is None else desk.people.get(subscriber)
            if person is None or person.address is None:
                raise TokenError("the link is not complete, or not from here; copy the whole of it")
            return make_subscriber(person)

    def make_token(self, action: Action, *, notice: int, subscriber: int) -> str:
        """Return the token for the link of a notice, good for 7 days.

        Args:
            action: CONFIRM, ADDRESS, EXPORT or ERASE, as the notice's kind says.
            notice: Its row.
            subscriber: Whose it is.
        """
        return links.make_token(
            self._setup.signer, action, self._setup.now(), notice=notice, subscriber=subscriber
        )

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
        return changing.set_preferences(
            self._setup,
            subscriber,
            choice=choice,
            frequency=frequency,
            language=language,
            paused=paused,
            source=source,
            network=network,
        )

    def request_address(
        self, subscriber: int, address: str, *, source: str, network: str | None = None
    ) -> None:
        """Ask a new address of a subscriber for confirmation, under the limits of ``subscribe``.

        Raises:
            AddressError: It is no address.
            LimitError: Too many ask.
            SubscriberError: They are no subscriber.
        """
        joining.request_address(self._setup, subscriber, address, source=source, network=network)

    def change_address(self, token: str, *, source: str) -> Subscriber:
        """Take the new address by the token that was mailed to it.

        Raises:
            TokenError: It is not ours, or too old.
            SubscriberError: The new address is that of another subscriber by now.
        """
        with self._desk() as desk:
            notice = self._open(desk, Action.ADDRESS, token)
            return joining.change_address(desk, notice, source=source)

    def request_link(self, subscriber: int, action: Action) -> None:
        """Mail somebody a fresh link to EXPORT or ERASE; the link in each mail opens neither."""
        joining.request_link(self._setup, subscriber, action)

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
        with self._desk() as desk:
            person = desk.get(subscriber)
            left = changing.unsubscribe(desk, person, source=source, network=network)
            if goodbye:
                changing.say_goodbye(desk, person, left)
            return make_subscriber(left)

    def resubscribe(
        self, subscriber: int, *, source: str, network: str | None = None
    ) -> Subscriber:
        """Undo ``unsubscribe`` within 24 hours; later it takes ``subscribe`` and a confirmation.

        Raises:
            SubscriberError: They did not unsubscribe, or too long ago.
        """
        return changing.resubscribe(self._setup, subscriber, source=source, network=network)

    def can_return(self, subscriber: int) -> bool:
        """Return whether ``resubscribe`` would bring somebody back now."""
        with self._desk(read_only=True) as desk:
            return changing.can_return(desk, desk.get(subscriber))

    def remove(self, address: str, *, source: str) -> Subscriber:
        """End a subscription by the editor's hand, without a mail.

        Raises:
            AddressError: It is no address.
            SubscriberError: Nobody has it.
        """
        with self._desk() as desk:
            person = looking.find_person(desk, address)
            left = changing.unsubscribe(desk, person, source=source, network=None)
            return make_subscriber(left)

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
        return changing.record_bounce(
            self._setup, subscriber, code=code, hard=hard, message=message, delivery=delivery
        )

    def record_refusal(self, subscriber: int, *, delivery: int, code: str) -> bool:
        """Note that a server said at once that an address does not exist; see ``record_bounce``."""
        message = self._setup.signer.hash(Action.BOUNCE, f"delivery {delivery}")
        return self.record_bounce(
            subscriber, code=code, hard=True, message=message, delivery=delivery
        )

    def record_complaint(self, subscriber: int, *, message: bytes, source: str) -> bool:
        """Note that somebody called a mail spam: never mailed again; return whether that is new."""
        return changing.record_complaint(self._setup, subscriber, message=message, source=source)

    def forget(self, subscriber: int, *, source: str) -> ForgetReport:
        """Erase somebody: a keyed hash stays, so that no import brings them back.

        The database is compacted, so that its file holds nothing of them either.
        """
        return forgetting.forget(self._setup, subscriber, source=source)

    def forget_address(self, address: str, *, source: str) -> ForgetReport:
        """Erase whoever has an address, and bar it even if nobody has.

        Raises:
            AddressError: It is no address.
        """
        return forgetting.forget_address(self._setup, parse_address(address), source=source)

    def purge(self) -> int:
        """Erase those who never confirmed, and addresses of requests that were kept long enough.

        Returns:
            How many unconfirmed were erased.
        """
        return forgetting.purge(self._setup)
