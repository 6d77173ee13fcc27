"""``feedpub subscribers``: who gets the newsletter."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteGroup
from feedpub.cli.output import printable, say, write, write_json, write_table
from feedpub.cli.session import Session, pass_session
from feedpub.cli.subscriber_files import STATES, export_, import_
from feedpub.errors import AddressError
from feedpub.model import Frequency, Subscriber, SubscriberRecord, SubscriberState

if TYPE_CHECKING:
    from feedpub.audience import Audience

T = TypeVar("T")
_FREQUENCIES = [frequency.value for frequency in Frequency]


@click.group(cls=SiteGroup)
def subscribers() -> None:
    """Keep the list of who gets the newsletter."""


subscribers.add_command(import_)
subscribers.add_command(export_)


def _open(session: Session) -> "Audience":
    return session.wiring.open_audience(load_settings(session))


def _checked(call: Callable[[], T]) -> T:
    """Call something with an address that was typed; one that is none is a mistake in the call."""
    try:
        return call()
    except AddressError as error:
        raise click.UsageError(str(error)) from error


@subscribers.command()
@click.argument("address")
@click.option("--category", "categories", multiple=True, help="Only this; may be given again.")
@click.option("--frequency", type=click.Choice(_FREQUENCIES), help="By default that of the site.")
@click.option("--language", help="Such as zh-CN or en; by default that of the site.")
@click.option("--confirmed", is_flag=True, help="They agreed elsewhere: ask for no confirmation.")
@click.option("--source", default="editor", help="Where they agreed, for the consent log.")
@pass_session
def add(
    session: Session,
    /,
    address: str,
    categories: tuple[str, ...],
    frequency: str | None,
    language: str | None,
    confirmed: bool,
    source: str,
) -> None:
    """Add a subscriber, or change what one chose.

    ADDRESS gets a mail to confirm, unless --confirmed says that they agreed elsewhere.
    """
    audience = _open(session)
    _check_frequency(audience, frequency)
    choice = audience.resolve_choice(categories)
    subscriber = _checked(
        lambda: audience.add(
            address,
            choice=choice,
            frequency=None if frequency is None else Frequency(frequency),
            language=language,
            confirmed=confirmed,
            source=source,
        )
    )
    if session.json:
        write_json(to_json(audience, subscriber))
    if subscriber.state == SubscriberState.ACTIVE:
        say(f"{_masked(subscriber)} is a subscriber")
    else:
        say(f"{_masked(subscriber)} is asked to confirm, with the next mails that go out")


def _check_frequency(audience: "Audience", frequency: str | None) -> None:
    """Refuse a digest that never goes out; they would be given another one unasked."""
    sent = [one.value for one in audience.frequencies]
    if frequency is not None and sent and frequency not in sent:
        raise click.UsageError(
            f"no {frequency} digest is scheduled; choose {' or '.join(sent)}, or add"
            f" {frequency} to [newsletter]"
        )


@subscribers.command()
@click.argument("address")
@click.option("--source", default="editor", help="Why, for the consent log.")
@pass_session
def remove(session: Session, address: str, source: str) -> None:
    """End the subscription of ADDRESS, without a mail.

    What they agreed to stays in the consent log, and no import brings them back. To erase
    them use: feedpub subscribers forget.
    """
    audience = _open(session)
    subscriber = _checked(lambda: audience.remove(address, source=source))
    if session.json:
        write_json(to_json(audience, subscriber))
    say(f"{_masked(subscriber)} gets no more mail")


@subscribers.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these.")
@click.option("--category", help="Only who gets news of it.")
@click.option("--frequency", type=click.Choice(_FREQUENCIES), help="Only who gets this digest.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@pass_session
def list_(
    session: Session,
    states: tuple[str, ...],
    category: str | None,
    frequency: str | None,
    limit: int | None,
) -> None:
    """List subscribers, in the order that they came."""
    audience = _open(session)
    found = audience.list_subscribers(
        states=[SubscriberState[state.upper()] for state in states],
        category=category,
        frequency=None if frequency is None else Frequency(frequency),
        limit=limit,
    )
    if session.json:
        names = _name_categories(audience)
        write_json([_to_json(one, names) for one in found])
    else:
        write_table(
            ("address", "state", "frequency", "categories", "since"),
            [_to_row(audience, one) for one in found],
        )
    sums = ", ".join(f"{number} {state.name.lower()}" for state, number in _sums(audience))
    say(f"{len(found)} listed; in all: {sums or 'nobody'}")


def _sums(audience: "Audience") -> list[tuple[SubscriberState, int]]:
    counts = audience.counts()
    return [(one, counts[one]) for one in counts if one != SubscriberState.ERASED]


def _to_row(audience: "Audience", subscriber: Subscriber) -> tuple[object, ...]:
    state = subscriber.state.name.lower() + (", paused" if subscriber.paused else "")
    frequency = subscriber.frequency or audience.default_frequency or ""
    return (
        subscriber.address,
        state,
        frequency,
        len(subscriber.choice) or "all",
        f"{subscriber.created:%Y-%m-%d}",
    )


@subscribers.command()
@click.argument("address")
@pass_session
def show(session: Session, address: str) -> None:
    """Show all that is known of ADDRESS.

    That is preferences, consent log and mails.
    """
    audience = _open(session)
    record = _checked(lambda: audience.show(address))
    if session.json:
        write_json(audience.export(record.subscriber.id))
    else:
        _write_record(audience, record)


def _write_record(audience: "Audience", record: SubscriberRecord) -> None:
    subscriber, names = record.subscriber, _name_categories(audience)
    chosen = ", ".join(names.get(one, str(one)) for one in subscriber.choice)
    suppressed = f", never mailed again: {record.suppressed}" if record.suppressed else ""
    write(f"{printable(subscriber.address)}: {subscriber.state.name.lower()}{suppressed}")
    write(f"categories: {printable(chosen or 'all')}")
    write(f"frequency: {subscriber.frequency or f'{audience.default_frequency} (of the site)'}")
    write(f"language: {subscriber.language or 'of the site'}")
    if subscriber.paused:
        write("paused")
    for one in record.consents:
        details = "" if one.details == "{}" else one.details
        rest = (one.source, one.wording, one.version, one.network or "", details)
        write(f"{one.at:%Y-%m-%d %H:%M} {one.event}: {printable('; '.join(filter(None, rest)))}")
    sums = ", ".join(f"{number} {state}" for state, number in record.deliveries.items())
    write(f"digests: {sums or 'none'}; mails that came back: {record.bounces}")


@subscribers.command()
@click.argument("address")
@click.option("-y", "--yes", is_flag=True, help="Do it without asking.")
@click.option("--source", default="editor", help="Why, for the consent log.")
@pass_session
def forget(session: Session, address: str, yes: bool, source: str) -> None:
    """Erase ADDRESS from the site, for good.

    A keyed hash stays, which tells nobody the address and keeps every import from bringing
    it back; only a confirmation of its owner does. Copies of the database in the site's folder
    and mails of rehearsals are cleaned too.
    """
    audience = _open(session)
    if not yes:
        if not session.may_ask:
            raise click.UsageError("this cannot be undone; add --yes to do it")
        click.confirm("Erase all that is known of this address?", abort=True, err=True)
    report = _checked(lambda: audience.forget_address(address, source=source))
    if session.json:
        write_json(report)
    say("forgotten" if report.known else "nobody had this address; it is barred from imports now")
    if not report.compacted:
        say("another run was reading the database; type this again when it is done, so that"
            " nothing is left in the file")  # fmt: skip
    for path in report.cleaned:
        say(f"cleaned: {printable(path)}")
    for path in report.left:
        say(f"still names the address, delete or edit it: {printable(path)}")
    say("copies elsewhere hold it until you delete them")


def to_json(audience: "Audience", subscriber: Subscriber) -> dict[str, Any]:
    """Return a subscriber as JSON knows it, with the names of categories."""
    return _to_json(subscriber, _name_categories(audience))


def _to_json(subscriber: Subscriber, names: dict[int, str]) -> dict[str, Any]:
    return {
        "address": subscriber.address,
        "state": subscriber.state.name.lower(),
        "categories": [names.get(one, str(one)) for one in subscriber.choice],
        "frequency": subscriber.frequency,
        "language": subscriber.language,
        "paused": subscriber.paused,
        "created": subscriber.created,
        "confirmed": subscriber.confirmed,
    }


def _name_categories(audience: "Audience") -> dict[int, str]:
    return {node.id: "/".join(node.path) for node in audience.list_categories()}


def _masked(subscriber: Subscriber) -> str:
    from feedpub.audience import mask_address

    return printable(mask_address(subscriber.address))
