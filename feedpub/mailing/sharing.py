"""Issues as workers send them: frozen by one, and sent in shares by any number at once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from feedpub.errors import (
    BusyError,
    ConfigError,
    FeedpubError,
    IssueError,
    MailerError,
    MailerRefusedError,
)
from feedpub.mailing.archive import page_path, publish_archive
from feedpub.mailing.composing import Composing
from feedpub.mailing.draft import AS_IT_IS, Draft
from feedpub.mailing.following import follow_settings
from feedpub.mailing.guarding import check_age, check_issue, check_settings
from feedpub.mailing.preparing import (
    BY_SCHEDULE,
    check_restored,
    decide,
    make_prepare_job,
    prepare_issue,
)
from feedpub.mailing.reporting import report_end, report_trouble
from feedpub.mailing.schedule import Due, NotDue
from feedpub.mailing.sending import load_digest, sum_up
from feedpub.mailing.setup import MailSetup
from feedpub.model import Frequency, Issue, IssueState
from feedpub.ports.jobs import make_share_job
from feedpub.ports.mailing import Ledger
from feedpub.publishing.setup import open_transaction
from feedpub.sending import SendOptions, SendReport, Stop, Stopped, StopReason, deliver
from feedpub.sending.kept import KeptConnections

_MOST_ISSUES = 2
"""Kept ready at once: there is one on its way, and perhaps the end of another one."""

_REST_S = {StopReason.UNREACHABLE: 20, StopReason.TROUBLE: 20, StopReason.REFUSED: 300}
"""How long this process leaves a mail server alone, of which other shares would ask the same."""


class Shares:
    """Prepares issues and sends shares of them; used by several threads.

    What is dear is kept between two shares: what the mails of an issue have in common, and
    connections to the mail server.
    """

    def __init__(self, setup: MailSetup) -> None:
        """Keep nothing yet.

        Args:
            setup: Of the newsletter.
        """
        self._setup = setup
        self._connections = (
            None
            if setup.mailer is None
            else KeptConnections(setup.mailer, messages=setup.options.messages_per_connection)
        )
        self._ready: OrderedDict[int, Composing] = OrderedDict()
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._rest_until = 0.0
        self._trouble: tuple[type[MailerError], str] | None = None

    # The issue that is due

    def prepare(self, frequency: Frequency) -> Issue | None:
        """Freeze the issue that is due and defer its shares; None if none is due."""
        setup = self._setup
        if setup.mailer is None:
            return None
        with self._reporting(make_prepare_job(frequency).name):
            check_settings(setup)
            setup.check()
            check_restored(setup)
            follow_settings(setup)
            due = decide(setup, frequency, BY_SCHEDULE)
            return None if isinstance(due, NotDue) else self._freeze(due)

    def _freeze(self, due: Due) -> Issue | None:
        setup = self._setup
        try:
            issue, _ = prepare_issue(
                setup, due, AS_IT_IS, _ignore, approve=self._approve, share=True
            )
        except IssueError:
            if self._exists(due.key):  # another worker was faster
                return None
            raise
        if issue.state == IssueState.SENDING:
            setup.back_up()
            publish_archive(setup, issue)
        return issue

    def _approve(self, draft: Draft) -> None:
        if draft.digest is not None:
            due = draft.due
            check_issue(self._setup, due.frequency, due.key, draft.recipients, draft.digest)

    def _exists(self, key: str) -> bool:
        with open_transaction(self._setup.site.open_store, read_only=True) as catalog:
            return catalog.issues.get(key) is not None

    # A share of one

    def deliver(self, issue: Issue, *, limit: int, stop: Stop) -> SendReport:
        """Send to some of those who are due; see ``Newsletter.deliver``."""
        if self._connections is None:
            raise ConfigError("nothing to mail with; add [mail]", key="mail")
        if issue.state not in (IssueState.PREPARED, IssueState.SENDING):
            text = f"{issue.key}: the issue is {issue.state.name.lower()}"
            return SendReport(issue.id, stopped=Stopped(StopReason.CLOSED, text))
        self._check_rest()
        with self._reporting(make_share_job(issue.key).name):
            compose = self._make_ready(issue)
            report = self._send(issue, compose, self._connections, limit, stop)
            self._raise_trouble(report)
        return report

    def _make_ready(self, issue: Issue) -> Composing:
        """Return what makes the mails of an issue, whose page is there before any of them."""
        check_age(self._setup, issue)
        with self._lock:
            if issue.id not in self._ready:
                self._ready[issue.id] = self._begin(issue)
                if len(self._ready) > _MOST_ISSUES:
                    self._ready.popitem(last=False)
            self._ready.move_to_end(issue.id)
            return self._ready[issue.id]

    def _begin(self, issue: Issue) -> Composing:
        setup = self._setup
        check_settings(setup)
        check_restored(setup)
        digest = load_digest(setup, issue)
        if issue.state == IssueState.PREPARED:  # by hand, and nobody looked at it since
            check_issue(setup, issue.frequency, issue.key, issue.recipients, digest)
            setup.back_up()
        if setup.site.make_pages is not None and not setup.site.target.exists(page_path(issue)):
            publish_archive(setup, issue)
        return Composing(digest, setup.make_composer(issue), setup.site.open_store)

    def _send(
        self,
        issue: Issue,
        compose: Composing,
        connections: KeptConnections,
        limit: int,
        stop: Stop,
    ) -> SendReport:
        setup = self._setup
        with setup.open_ledger() as ledger:
            report = deliver(
                issue.id,
                ledger=ledger,
                mailer=connections,
                compose=compose,
                options=self._make_options(ledger, issue, limit),
                clock=setup.clock,
                stop=stop,
                on_bounces=setup.suppress,
            )
            if report.finished:
                report_end(setup.hook, sum_up(ledger, issue, report))
        return report

    def _make_options(self, ledger: Ledger, issue: Issue, limit: int) -> SendOptions:
        """Return the limits of a share: the rate is that of all who send, whoever they are."""
        options = replace(self._setup.options, shared=True, limit=limit)
        if options.rate:
            now = int(self._setup.clock().timestamp())
            others = sum(one.until > now for one in ledger.senders(issue.id))
            options = replace(options, rate=options.rate / (others + 1))
        return options

    # Trouble

    @contextmanager
    def _reporting(self, job: str) -> Iterator[None]:
        """Tell the operator what a job meets with, once for as long as it does.

        Workers try again and again, and keep what went wrong where ``status`` shows it.
        """
        try:
            yield
        except BusyError:
            raise
        except FeedpubError as error:
            with self._lock:
                is_news = job not in self._told
                self._told.add(job)
            if is_news:
                report_trouble(self._setup, job, str(error))
            raise
        with self._lock:
            self._told.discard(job)

    def _check_rest(self) -> None:
        with self._lock:
            if self._trouble is None:
                return
            if time.monotonic() < self._rest_until:
                kind, text = self._trouble
                raise kind(text)
            self._trouble = None

    def _raise_trouble(self, report: SendReport) -> None:
        stopped = report.stopped
        if stopped is None or stopped.reason not in _REST_S:
            return
        kind = MailerRefusedError if stopped.reason == StopReason.REFUSED else MailerError
        with self._lock:
            self._trouble = kind, stopped.text
            self._rest_until = time.monotonic() + _REST_S[stopped.reason]
        raise kind(stopped.text)


def _ignore(_stage: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""
