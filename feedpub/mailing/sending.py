"""One run of ``send`` for one frequency: go on with what is on its way, then make what is due."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from feedpub.deliveries import OPEN
from feedpub.errors import IssueHeldError
from feedpub.mailing.archive import publish_archive
from feedpub.mailing.composing import Composing
from feedpub.mailing.draft import AS_IT_IS, Draft, Hand
from feedpub.mailing.guarding import check_age, check_issue
from feedpub.mailing.preparing import BY_SCHEDULE, Timing, decide, prepare_issue
from feedpub.mailing.results import End, SendResult
from feedpub.mailing.schedule import Due, NotDue
from feedpub.mailing.setup import MailSetup
from feedpub.model import DeliveryState, Frequency, Issue, IssueState
from feedpub.model.instants import to_instant
from feedpub.ports import Progress
from feedpub.ports.mailing import Ledger, Mailer
from feedpub.publishing.setup import open_transaction
from feedpub.sending import SendOptions, SendReport, Stop, deliver

if TYPE_CHECKING:
    from feedpub.digest import FrozenDigest

Unknown = Literal["list", "resend", "skip"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a run of ``send`` was told; see ``Newsletter.send``."""

    hand: Hand = AS_IT_IS
    timing: Timing = BY_SCHEDULE
    agreed: int | None = None
    unknown: Unknown = "list"
    limit: int | None = None
    rate_per_s: float | None = None
    probe: bool = True


PLAIN = Choices()
"""Nothing was asked for but to send."""


class Run:
    """Sends the issues of one frequency; the sender's lock is held."""

    def __init__(
        self,
        setup: MailSetup,
        mailer: Mailer,
        frequency: Frequency,
        choices: Choices,
        *,
        stop: Stop,
        progress: Progress,
    ) -> None:
        self._setup, self._mailer = setup, mailer
        self._frequency, self._choices = frequency, choices
        self._stop, self._progress = stop, progress

    def send(self) -> SendResult:
        """Deliver what is due.

        Raises:
            IssueHeldError: A person has to look first.
            BusyError: Another run sends it.
            MailerError: No mail can be sent.
        """
        resumed = [self._resume(issue) for issue in self._list_unfinished()]
        if resumed and (resumed[-1].stopped is not None or self._stop.requested):
            return resumed[-1]
        due = decide(self._setup, self._frequency, self._choices.timing)
        if isinstance(due, NotDue):
            if resumed:
                return replace(resumed[-1], next_due=due.next)
            return SendResult(self._frequency, End.NOT_DUE, next_due=due.next)
        result = self._send_due(due)
        return _join(result, [one for one in resumed if one.end == End.PARTLY])

    def _list_unfinished(self) -> list[Issue]:
        with open_transaction(self._setup.site.open_store, read_only=True) as catalog:
            found: Sequence[Issue] = catalog.issues.unfinished()
        return [issue for issue in found if issue.frequency == self._frequency]

    # An issue that was frozen before

    def _resume(self, issue: Issue) -> SendResult:
        self._check_age(issue)
        if issue.state == IssueState.PREPARED:
            self._check(issue.key, issue.recipients, load_digest(self._setup, issue))
        with self._setup.open_ledger() as ledger:
            self._resolve_unknown(ledger, issue)
            return self._deliver(ledger, issue)

    def _check_age(self, issue: Issue) -> None:
        timing = self._choices.timing
        if timing.catch_up:
            return
        try:
            check_age(self._setup, issue)
        except IssueHeldError:
            if not timing.skip_missed:
                raise
            with self._setup.open_ledger() as ledger:
                ledger.resolve(
                    issue.id,
                    [DeliveryState.QUEUED],
                    DeliveryState.SKIPPED,
                    int(self._setup.clock().timestamp()),
                    reason="too old, skipped by the operator",
                )

    def _resolve_unknown(self, ledger: Ledger, issue: Issue) -> None:
        if self._choices.unknown == "list":
            return
        resend = self._choices.unknown == "resend"
        ledger.resolve(
            issue.id,
            [DeliveryState.UNKNOWN],
            DeliveryState.QUEUED if resend else DeliveryState.SKIPPED,
            int(self._setup.clock().timestamp()),
            reason="sent again by the operator" if resend else "left by the operator",
        )

    # A new one

    def _send_due(self, due: Due) -> SendResult:
        issue, draft = prepare_issue(
            self._setup, due, self._choices.hand, self._progress, approve=self._approve
        )
        if issue.state == IssueState.EMPTY:
            return SendResult(
                self._frequency, End.NOTHING, issue.key, draft.articles, reasons=(issue.note,)
            )
        with self._setup.open_ledger() as ledger:
            return self._deliver(ledger, issue)

    def _approve(self, draft: Draft) -> None:
        if draft.digest is not None:
            self._check(draft.due.key, draft.recipients, draft.digest)

    def _check(self, key: str, recipients: int, digest: "FrozenDigest") -> None:
        choices = self._choices
        check_issue(
            self._setup,
            self._frequency,
            key,
            recipients,
            digest,
            agreed=choices.agreed,
            probe=choices.probe,
        )

    # Delivery

    def _deliver(self, ledger: Ledger, issue: Issue) -> SendResult:
        setup = self._setup
        setup.back_up()
        digest = load_digest(setup, issue)
        publish_archive(setup, issue)
        report = deliver(
            issue.id,
            ledger=ledger,
            mailer=self._mailer,
            compose=Composing(digest, setup.make_composer(issue), setup.site.open_store),
            options=self._options(),
            clock=setup.clock,
            stop=self._stop,
            progress=self._progress,
            on_bounces=setup.suppress,
        )
        return sum_up(ledger, issue, report)

    def _options(self) -> SendOptions:
        choices, options = self._choices, self._setup.options
        if choices.limit is not None:
            options = replace(options, limit=choices.limit)
        if choices.rate_per_s is not None:
            options = replace(options, rate=choices.rate_per_s)
        return options


def sum_up(ledger: Ledger, issue: Issue, report: SendReport) -> SendResult:
    """Return where an issue stands after a run."""
    counts = ledger.counts(issue.id)
    next_due = ledger.next_due(issue.id)
    waiting = sum(counts.get(state, 0) for state in OPEN)
    unknown = counts.get(DeliveryState.UNKNOWN, 0)
    failed = counts.get(DeliveryState.FAILED, 0)
    is_whole = not (waiting or unknown or failed)
    return SendResult(
        issue.frequency,
        End.SENT if is_whole else End.PARTLY,
        issue.key,
        issue.articles,
        issue.recipients,
        counts,
        retry_at=to_instant(next_due) if waiting and next_due else None,
        stopped=None if report.stopped is None else report.stopped.reason,
        reasons=tuple(_explain(report, issue.key)),
        next_command=suggest_command(issue, counts),
    )


def _explain(report: SendReport, key: str) -> Iterator[str]:
    """Yield what hindered a run, a line each."""
    if report.stopped is not None:
        yield report.stopped.text
    for domain, reply in report.paused.items():
        yield f"{domain} refuses our mail for now: {reply}"
    if report.held:
        yield (
            f"{report.held:,} addresses do not exist, too many to believe; look at them with"
            f" 'feedpub issue show {key} --state failed', and unsubscribe those that are gone"
        )
    if report.deferred:
        yield f"{report.deferred:,} were put off by their servers and are tried again"


def _join(result: SendResult, partly: Sequence[SendResult]) -> SendResult:
    """Return a new issue's result together with older ones that did not reach everybody."""
    if not partly:
        return result
    if result.end == End.NOTHING:
        return partly[-1]
    left = (f"{one.key}: {one.next_command}" for one in partly if one.next_command)
    return replace(result, end=End.PARTLY, reasons=(*result.reasons, *left))


def suggest_command(issue: Issue, counts: Mapping[DeliveryState, int]) -> str:
    """Return what to type next about an issue; empty if it is done with."""
    if issue.state == IssueState.STOPPED:
        return f"feedpub issue stop --undo {issue.key}"
    if issue.state in (IssueState.DROPPED, IssueState.EMPTY):
        return ""
    if any(counts.get(state) for state in OPEN):
        return f"feedpub send {issue.frequency}"
    unsure = [one for one in (DeliveryState.UNKNOWN, DeliveryState.FAILED) if counts.get(one)]
    states = "".join(f" --state {one.name.lower()}" for one in unsure)
    return f"feedpub issue show {issue.key}{states}" if states else ""


def load_digest(setup: MailSetup, issue: Issue) -> "FrozenDigest":
    """Return the digest of an issue as it was frozen."""
    from feedpub.digest import FrozenDigest

    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        return FrozenDigest.from_bytes(catalog.issues.content(issue.id))
