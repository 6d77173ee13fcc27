"""What the operator is told by the hooks of the settings, and how often."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from feedpub.errors import FeedpubError
from feedpub.mailing.results import End, SendResult
from feedpub.mailing.setup import MailSetup
from feedpub.model import DeliveryState, Frequency
from feedpub.publishing.setup import open_transaction

Hook = Callable[[bool, str], None]


@contextmanager
def report_to_operator(hook: Hook, frequency: Frequency) -> Iterator[list[SendResult]]:
    """Run the hook of the settings with the outcome of a run, whatever it is."""
    told: list[SendResult] = []
    try:
        yield told
    except FeedpubError as error:
        hook(False, f"{frequency}: {error}")
        raise
    for result in told:
        report_end(hook, result)


def report_end(hook: Hook, result: SendResult) -> None:
    """Run the hook with where an issue stands in the end; not if nothing was to be sent."""
    if result.end == End.PARTLY:
        hook(False, f"{result.key}: " + "; ".join(result.reasons))
    elif result.end == End.SENT:
        sent = result.counts.get(DeliveryState.SENT, 0)
        hook(True, f"{result.key}: sent to {sent}")


def report_trouble(setup: MailSetup, job: str, message: str) -> None:
    """Run the hook with what a job of a worker met with, unless a worker has noted such before.

    Args:
        setup: Of the newsletter.
        job: Its name.
        message: For the operator.
    """
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        known = {failure.name for failure in catalog.agenda.failures()}
    if job not in known:
        setup.hook(False, message)
