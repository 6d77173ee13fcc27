"""``feedpub send``: build, ask, deliver, and tell what became of it."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from feedpub.cli.build import build_once
from feedpub.cli.exits import EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_INVALID, EXIT_LATER, EXIT_PARTLY
from feedpub.cli.issue import describe_counts
from feedpub.cli.loading import load_settings
from feedpub.cli.newsletter import FREQUENCY, make_hand, show_time
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import printable, say, warn, write_json
from feedpub.cli.progress import show_progress
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count
from feedpub.model import Frequency
from feedpub.signals import heed_signals

if TYPE_CHECKING:
    from feedpub.mailing.results import Plan, SendResult
    from feedpub.newsletter import Choices, Newsletter


@click.command(cls=SiteCommand)
@click.argument("frequency", type=FREQUENCY, required=False)
@click.option("--now", is_flag=True, help="Make an issue now, whatever the schedule says.")
@click.option("--dry-run", is_flag=True, help="Tell what would be sent; send nothing.")
@click.option("--test-to", metavar="ADDRESS", help="Send the next issue to this address only.")
@click.option("--subject", metavar="TEXT", help="Subject of this issue.")
@click.option("--lead", metavar="ARTICLE", help="The article that comes first.")
@click.option("--exclude", metavar="ARTICLE", multiple=True, help="Leave an article out.")
@click.option("--limit", type=click.IntRange(1), help="Send to so many at most, the rest later.")
@click.option("--rate", type=click.FloatRange(0.01), help="Messages a second at most.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask; needed where nobody can answer.")
@click.option("--max-recipients", type=click.IntRange(0), help="Agree to so many recipients.")
@click.option(
    "--unknown",
    type=click.Choice(["list", "resend", "skip"]),
    default="list",
    show_default=True,
    help="What to do with those of whom nobody knows whether they got it.",
)
@click.option("--catch-up", is_flag=True, help="Mail what was missed, however old it is.")
@click.option("--skip-missed", is_flag=True, help="Let old missed issues go.")
@click.option("--no-build", is_flag=True, help="Send of what is published; read nothing new.")
@click.option("--no-probe", is_flag=True, help="Do not look whether the links answer.")
@click.option("--offline", is_flag=True, help="Fetch no pictures in the build before.")
@pass_session
def send(session: Session, /, frequency: Frequency | None, **options: Any) -> None:
    """Build, then mail each subscriber what is new to them.

    FREQUENCY is daily, weekly or monthly; all that are due if it is left out. Running it again is
    harmless: nobody gets an issue twice, and what was interrupted goes on. Without [mail] in
    feedpub.toml it is a rehearsal, which writes the mails to the folder outbox.
    """
    if not options["no_build"]:
        build_once(session, load_settings(session, tell=True), offline=options["offline"])
    newsletter = session.wiring.open_newsletter(load_settings(session))
    frequencies = [frequency] if frequency else list(newsletter.frequencies)
    if options["test_to"]:
        _test(session, newsletter, frequencies[0], options)
        return
    if options["dry_run"]:
        _tell_plans(session, newsletter, frequencies, options)
        return
    with _stop_on_signals() as stop:
        results = [
            result
            for one in frequencies
            if (result := _send(session, newsletter, one, options, stop)) is not None
        ]
    if session.json:
        write_json(results)
    code = EXIT_INTERRUPTED if stop.interrupted else max(map(_exit_code, results), default=0)
    raise click.exceptions.Exit(code)


def _make_choices(
    newsletter: "Newsletter", options: dict[str, Any], agreed: int | None
) -> "Choices":
    from feedpub.newsletter import Choices, Timing

    return Choices(
        hand=make_hand(newsletter, options),
        timing=Timing(options["now"], options["catch_up"], options["skip_missed"]),
        agreed=agreed,
        unknown=options["unknown"],
        limit=options["limit"],
        rate_per_s=options["rate"],
        probe=not options["no_probe"],
    )


# Asking


def _test(
    session: Session, newsletter: "Newsletter", frequency: Frequency, options: dict[str, Any]
) -> None:
    preview = newsletter.test(frequency, options["test_to"], make_hand(newsletter, options))
    if session.json:
        write_json(
            {"to": options["test_to"], "subject": preview.subject, "bytes": len(preview.eml)}
        )
    done = "wrote outbox/test.eml:" if newsletter.is_rehearsal else "sent"
    say(f"{done} {printable(preview.subject)!r} to {printable(options['test_to'])}; nobody else")


def _tell_plans(
    session: Session,
    newsletter: "Newsletter",
    frequencies: list[Frequency],
    options: dict[str, Any],
) -> None:
    plans = []
    for frequency in frequencies:
        plan = newsletter.plan(frequency, _make_choices(newsletter, options, None))
        if plan is None:
            say(f"{frequency}: nothing to send")
        else:
            plans.append(plan)
            _show_plan(plan)
    if session.json:
        write_json(plans)


def _show_plan(plan: "Plan") -> None:
    say(f"{plan.key}: {printable(plan.subject)}")
    say(f"  articles    {plan.articles:,}")
    examples = f" ({', '.join(map(printable, plan.examples))} ...)" if plan.examples else ""
    say(f"  recipients  {plan.recipients:,}{examples}")
    say(f"  size        {plan.size / 1000:.0f} KB of HTML")
    if plan.resumes:
        say("  goes on with an issue that was frozen before")


def _agree(
    session: Session, newsletter: "Newsletter", frequency: Frequency, options: dict[str, Any]
) -> int | None:
    """Return to how many recipients a person agreed, None if nobody has to.

    Raises:
        UsageError: Nobody can be asked.
        Abort: They did not agree.
    """
    if options["yes"] or newsletter.is_rehearsal:
        agreed: int | None = options["max_recipients"]
        return agreed
    if not session.may_ask:
        raise click.UsageError("nobody is here to be asked; add --yes to send")
    plan = newsletter.plan(frequency, _make_choices(newsletter, options, None))
    if plan is None:
        return None
    _show_plan(plan)
    typed = click.prompt(
        f"Type the number of recipients to send to them ({plan.recipients})", err=True, type=int
    )
    if typed != plan.recipients:
        say("that is another number; nothing was sent")
        raise click.Abort
    return plan.recipients


# Sending


def _send(
    session: Session,
    newsletter: "Newsletter",
    frequency: Frequency,
    options: dict[str, Any],
    stop: "_Stop",
) -> "SendResult | None":
    agreed = _agree(session, newsletter, frequency, options)
    if stop.requested:
        return None
    choices = _make_choices(newsletter, options, agreed)
    with show_progress(session) as progress:
        result = newsletter.send(frequency, choices, stop=stop.stop, progress=progress)
    _tell(result)
    return result


class _Stop:
    """What a signal sets."""

    def __init__(self) -> None:
        from feedpub.sending import Stop

        self.stop: Stop = Stop()
        self.interrupted = False

    @property
    def requested(self) -> bool:
        return self.stop.requested


@contextmanager
def _stop_on_signals() -> Iterator[_Stop]:
    """Let SIGTERM and Ctrl-C finish the messages in hand; a second Ctrl-C ends at once."""
    stop = _Stop()

    def handle(number: int) -> None:
        if number == signal.SIGINT:
            if stop.interrupted:
                raise KeyboardInterrupt
            stop.interrupted = True
        stop.stop.request()

    with heed_signals(handle):
        yield stop


def _tell(result: "SendResult") -> None:
    from feedpub.mailing.results import End

    name = result.key or str(result.frequency)
    if result.end == End.NOT_DUE:
        when = f"; the next one is due {show_time(result.next_due)}" if result.next_due else ""
        say(f"{name}: nothing is due{when}")
    elif result.end == End.NOTHING:
        say(f"{name}: nothing to send ({', '.join(result.reasons)})")
    elif result.end == End.REHEARSED:
        say(
            f"{name}: a rehearsal of {count(result.articles, 'article')} for"
            f" {count(result.recipients, 'recipient')};"
            f" {count(len(result.files), 'mail')} in the folder outbox"
        )
    else:
        say(f"{name}: {count(result.articles, 'article')}; {describe_counts(result.counts)}")
    if result.end not in (End.NOTHING, End.NOT_DUE):
        for reason in result.reasons:
            warn(reason)
    if result.retry_at is not None:
        say(f"those who wait are tried again from {show_time(result.retry_at)}")
    if result.next_command:
        say(f"next: {result.next_command}")


def _exit_code(result: "SendResult") -> int:
    from feedpub.mailing.results import End
    from feedpub.sending import StopReason

    if result.end == End.REHEARSED:
        return 0 if sys.stderr.isatty() else EXIT_INVALID
    if result.stopped in (StopReason.UNREACHABLE, StopReason.TROUBLE, StopReason.LEASE):
        return EXIT_LATER
    if result.stopped == StopReason.REFUSED:
        return EXIT_FAILURE
    return EXIT_PARTLY if result.end == End.PARTLY else 0
