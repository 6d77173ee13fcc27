"""How somebody becomes a subscriber: they ask, they confirm, or the editor vouches for them."""

import re

from feedpub.audience.desk import Desk, make_subscriber, read_wish, write_wish
from feedpub.audience.setup import AudienceSetup
from feedpub.errors import LimitError, SubscriberError, TokenError
from feedpub.model import Choice, Frequency, NoticeKind, Subscriber, SubscriberState
from feedpub.ports.people import NoticeRow, Person
from feedpub.subscribers.addresses import Address, mask_address, parse_address
from feedpub.subscribers.choices import tidy_choice
from feedpub.subscribers.limits import HOUR_S, Asker, identify_asker
from feedpub.subscribers.notices import COMPLAINED
from feedpub.subscribers.states import Change, Event
from feedpub.tokens import Action

_LANGUAGE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def subscribe(
    setup: AudienceSetup,
    address: str,
    *,
    choice: Choice,
    frequency: Frequency | None,
    language: str | None,
    source: str,
    wording: str,
    version: str,
    network: str | None,
) -> None:
    """See ``Audience.subscribe``."""
    parsed = parse_address(address)
    asker = identify_asker(setup.signer, parsed.mailbox, network)
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        check_limits(desk, asker)
        choice = tidy_choice(desk.tree, choice) if choice else ()
        language = check_language(language)
        wish = write_wish(choice, frequency, language)
        person, suppressed = desk.find(parsed.mailbox), desk.suppressed(parsed.mailbox)
        if not _may_ask(desk, asker):
            return
        desk.people.note_attempts(asker.keys, desk.now)
        if person is None:
            person = desk.add(parsed, choice=choice, frequency=frequency, language=language)
        else:
            desk.save(person)  # changes nothing, and takes as long
        desk.log(
            person.id, Event.ASKED, source=source, wording=wording, version=version,
            network=network, details=wish,
        )  # fmt: skip
        known = person.state == SubscriberState.ACTIVE and suppressed is None
        kind = NoticeKind.ALREADY if known else NoticeKind.CONFIRM
        desk.notify(person, kind, details=wish, suppressed=suppressed)


def check_language(language: str | None) -> str | None:
    """Return a language tag as it is.

    Raises:
        SubscriberError: It is none.
    """
    if language and not _LANGUAGE.fullmatch(language):
        raise SubscriberError(f"{language!r} is no language; give one such as zh-CN or en")
    return language or None


def check_limits(desk: Desk, asker: Asker) -> None:
    """Refuse what is too much from one place, or from all, whoever it is about.

    Raises:
        LimitError: It is.
    """
    policy, people, hour_ago = desk.setup.policy, desk.people, desk.now - HOUR_S
    from_there = 0 if asker.network is None else people.count_attempts(asker.network, hour_ago)
    from_all = people.count_attempts(asker.everybody, hour_ago)
    if from_there >= policy.network_asks or from_all >= policy.hourly_asks:
        raise LimitError("too many ask for mail at present; try again in an hour", retry_s=HOUR_S)


def _may_ask(desk: Desk, asker: Asker) -> bool:
    """Return whether another mail may be asked for in this name now; nobody is told."""
    policy, people = desk.setup.policy, desk.people
    asked = people.count_attempts(asker.person, -1)
    if asked >= policy.asks:
        return False
    day_ago = desk.now - int(policy.between_asks.total_seconds())
    return asked == 0 or people.count_attempts(asker.person, day_ago) == 0


def confirm(desk: Desk, notice: NoticeRow, *, source: str, network: str | None) -> Subscriber:
    """Make somebody a subscriber by the notice that they answered.

    Raises:
        TokenError: They left since, or called a mail of ours spam.
    """
    person = desk.get(notice.subscriber)
    if person.state == SubscriberState.ACTIVE:
        return make_subscriber(person)
    left = desk.people.last_event(person.id, Event.UNSUBSCRIBED)
    if person.state == SubscriberState.COMPLAINED or (left is not None and left > notice.created):
        raise TokenError("the link is used up; subscribe again", expired=True)
    choice, frequency, language = read_wish(notice.details)
    there = {node.id for node in desk.tree}
    wished = person._replace(
        # If all that they wanted is gone, they get nothing rather than everything.
        choice=tuple(one for one in choice if one in there) or choice,
        frequency=frequency,
        language=language,
    )
    person = _let_in(desk, wished, Event.CONFIRMED)
    desk.log(person.id, Event.CONFIRMED, source=source, network=network, details=notice.details)
    desk.notify(person, NoticeKind.WELCOME)
    return make_subscriber(person)


def _let_in(desk: Desk, wished: Person, event: Event) -> Person:
    """Make somebody a subscriber, whatever kept mail from them before."""
    person = desk.save(desk.activate(wished, event))
    _welcome_back(desk, person)
    return person


def _welcome_back(desk: Desk, person: Person) -> None:
    """Forget what kept mail from somebody who has just said that they want it."""
    mailbox = person.mailbox or ""
    desk.people.lift(desk.hash(mailbox))
    asker = identify_asker(desk.setup.signer, mailbox, None)
    desk.people.forget_attempts(asker.person)


def ask_again(desk: Desk, notice: NoticeRow, *, network: str | None) -> None:
    """Mail a fresh link in place of one that is too old, if that may be asked for now.

    Raises:
        LimitError: Too many ask.
    """
    person = desk.get(notice.subscriber)
    asker = identify_asker(desk.setup.signer, person.mailbox or "", network)
    check_limits(desk, asker)
    if not _may_ask(desk, asker):
        return
    desk.people.note_attempts(asker.keys, desk.now)
    desk.log(person.id, Event.ASKED, source="renewal", network=network, details=notice.details)
    suppressed = desk.suppressed(person.mailbox or "")
    desk.notify(person, NoticeKind.CONFIRM, details=notice.details, suppressed=suppressed)


def find_confirmation(desk: Desk, subscriber: int) -> NoticeRow:
    """Return the confirmation mail that somebody answered by mail.

    Raises:
        TokenError: They were not asked lately.
    """
    notice = desk.people.last_notice(subscriber, NoticeKind.CONFIRM)
    oldest = desk.now - int(desk.setup.policy.token_age.total_seconds())
    if notice is None or notice.created < oldest:
        raise TokenError("nothing was asked lately; subscribe again", expired=True)
    return notice


def add(
    setup: AudienceSetup,
    address: str,
    *,
    choice: Choice,
    frequency: Frequency | None,
    language: str | None,
    confirmed: bool,
    source: str,
    wording: str,
    version: str,
) -> Subscriber:
    """See ``Audience.add``."""
    parsed = parse_address(address)
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        choice = tidy_choice(desk.tree, choice)
        wish = write_wish(choice, frequency, check_language(language))
        if not confirmed:
            _check_mailable(desk, parsed)
        person = desk.find(parsed.mailbox) or desk.add(parsed)
        wished = desk.set_frequency(person, frequency, source=source)._replace(
            choice=choice, language=language or None
        )
        if confirmed:
            person = _let_in(desk, wished, Event.ADDED)
            desk.log(
                person.id, Event.ADDED, source=source, wording=wording, version=version,
                details=wish,
            )  # fmt: skip
        elif person.state == SubscriberState.ACTIVE:
            person = desk.save(wished)
            desk.log(person.id, Change.PREFERENCES, source=source, details=wish)
        else:
            person = _ask(desk, person, wished, wish, source)
        return make_subscriber(person)


def _check_mailable(desk: Desk, address: Address) -> None:
    if reason := desk.suppressed(address.mailbox):
        raise SubscriberError(
            f"{mask_address(address.text)} is never mailed again ({reason}); "
            "add it with --confirmed if its owner asked for it since"
        )


def _ask(desk: Desk, person: Person, wished: Person, wish: str, source: str) -> Person:
    """Have the editor's confirmation mail sent, if there was none lately."""
    asker = identify_asker(desk.setup.signer, person.mailbox or "", None)
    if not _may_ask(desk, asker):
        raise SubscriberError(
            f"{mask_address(person.address or '')} was asked for confirmation lately; "
            "wait for the answer"
        )
    desk.people.note_attempts([asker.person], desk.now)
    if person.state == SubscriberState.PENDING:
        person = desk.save(wished)
    desk.log(person.id, Event.ASKED, source=source, details=wish)
    desk.notify(person, NoticeKind.CONFIRM, details=wish)
    return person


def request_address(
    setup: AudienceSetup, subscriber: int, address: str, *, source: str, network: str | None
) -> None:
    """See ``Audience.request_address``."""
    parsed = parse_address(address)
    asker = identify_asker(setup.signer, parsed.mailbox, network)
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        person = desk.get(subscriber)
        check_limits(desk, asker)
        if not _may_ask(desk, asker) or parsed.text == person.address:
            return
        desk.people.note_attempts(asker.keys, desk.now)
        desk.log(person.id, Change.ADDRESS, source=source, network=network)
        suppressed = desk.suppressed(parsed.mailbox)
        desk.notify(person, NoticeKind.ADDRESS, details=parsed.text, suppressed=suppressed)


def change_address(desk: Desk, notice: NoticeRow, *, source: str) -> Subscriber:
    """Take the address that a notice was mailed to.

    Raises:
        SubscriberError: It is that of another subscriber, or its owner wants no mail.
    """
    person, parsed = desk.get(notice.subscriber), parse_address(notice.details)
    other = desk.find(parsed.mailbox)
    taken = other is not None and other.state == SubscriberState.ACTIVE
    if desk.suppressed(parsed.mailbox) == COMPLAINED or (
        other is not None and other.id != person.id and taken
    ):
        raise SubscriberError("the new address cannot be taken: it is that of another subscriber")
    if other is not None and other.id != person.id:
        # Its owner, who has just answered, had left or never confirmed: one row is enough.
        desk.people.erase([other.id])
    person = desk.save(person._replace(address=parsed.text, mailbox=parsed.mailbox))
    _welcome_back(desk, person)
    desk.log(person.id, Change.ADDRESS, source=source, details="confirmed")
    return make_subscriber(person)


def request_link(setup: AudienceSetup, subscriber: int, action: Action) -> None:
    """See ``Audience.request_link``."""
    kind = {Action.EXPORT: NoticeKind.EXPORT, Action.ERASE: NoticeKind.ERASE}[action]
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        person = desk.get(subscriber)
        last = desk.people.last_notice(person.id, kind)
        waited = None if last is None else desk.now - last.created
        if waited is None or waited >= setup.policy.between_asks.total_seconds():
            desk.notify(person, kind, suppressed=desk.suppressed(person.mailbox or ""))
