"""The API of the newsletter: prepare an issue, look at it, send it, see what became of it."""

from collections.abc import Sequence

from feedpub.errors import IssueError
from feedpub.mailing.archive import publish_archive
from feedpub.mailing.draft import AS_IT_IS, Hand
from feedpub.mailing.following import follow_settings
from feedpub.mailing.guarding import check_settings
from feedpub.mailing.looking import describe_issue, list_issues, look_at_newsletter
from feedpub.mailing.preparing import BY_SCHEDULE, Timing, check_restored, decide, prepare_issue
from feedpub.mailing.preview import make_plan, make_preview, make_test_mail
from feedpub.mailing.rehearsal import rehearse
from feedpub.mailing.reporting import report_to_operator
from feedpub.mailing.results import (
    IssueArticle,
    IssueStatus,
    NewsletterStatus,
    Plan,
    Preview,
    SendResult,
)
from feedpub.mailing.schedule import NotDue
from feedpub.mailing.sending import PLAIN, Choices, Run, load_digest
from feedpub.mailing.setup import MailSetup
from feedpub.mailing.sharing import Shares
from feedpub.model import DeliveryState, Frequency, Issue, IssueState
from feedpub.ports import Progress
from feedpub.ports.jobs import SHARE
from feedpub.ports.mailing import Listed
from feedpub.publishing.lookup import find_article
from feedpub.publishing.setup import open_transaction
from feedpub.sending import SendReport, Stop
from feedpub.sending.single import send_one

__all__ = ["Choices", "Hand", "Newsletter", "Timing"]

_SHOWN = 20


class Newsletter:
    """Makes and sends the issues of one site; made by ``feedpub.wiring.open_newsletter``.

    It reads what is published: build first, so that an issue has the latest news.
    """

    def __init__(self, setup: MailSetup) -> None:
        self._setup = setup
        self._shares = Shares(setup)

    @property
    def is_rehearsal(self) -> bool:
        """Whether nothing is mailed, since no mailer is configured."""
        return self._setup.mailer is None

    @property
    def frequencies(self) -> tuple[Frequency, ...]:
        """Those that are scheduled."""
        return tuple(schedule.frequency for schedule in self._setup.schedules)

    # Sending

    def send(
        self,
        frequency: Frequency,
        choices: Choices = PLAIN,
        *,
        stop: Stop | None = None,
        progress: Progress | None = None,
    ) -> SendResult:
        """Deliver what is due: confirmations, what is on its way, then the issue that is due now.

        Running it again is harmless, and goes on where it was stopped.

        Args:
            frequency: Whose issue.
            choices: What was asked for besides.
            stop: Set to finish the messages in hand and come back.
            progress: Is told how far it is.

        Raises:
            ConfigError: Settings that every mail needs are missing.
            IssueHeldError: A person has to look first.
            BusyError: Another run sends.
            MailerError: No mail can be sent.
            CorruptStoreError: The database is damaged; nothing was sent.
        """
        setup = self._setup
        check_settings(setup)
        if setup.mailer is None:
            return rehearse(setup, frequency, choices, progress or _ignore)
        with report_to_operator(setup.hook, frequency) as told, setup.lock():
            setup.check()
            check_restored(setup)
            follow_settings(setup)
            if setup.send_notices is not None:
                setup.send_notices(stop)
            run = Run(
                setup,
                setup.mailer,
                frequency,
                choices,
                stop=stop or Stop(),
                progress=progress or _ignore,
            )
            result = run.send()
            told.append(result)
        return result

    def prepare_due(self, frequency: Frequency) -> Issue | None:
        """Freeze the issue that is due, and have workers send it.

        The jobs that do so are deferred in the transaction that makes the rows. What ``send``
        would hold is held: the operator is told once, and lets it through by ``send``.

        Returns:
            The issue, perhaps one with nothing in it; None if none is due, or nothing is mailed.

        Raises:
            ConfigError: Settings that every mail needs are missing.
            IssueHeldError: A person has to look first.
            BusyError: Another run holds the site.
        """
        return self._shares.prepare(frequency)

    def deliver(self, key: str, *, limit: int = SHARE, stop: Stop | None = None) -> SendReport:
        """Send a share of an issue beside others who do so, in other processes or threads.

        To whom is decided here, by what is due in the ledger; whoever comes too late sends
        nothing. What is about the whole issue is done by the share that finishes it.

        Args:
            key: Of the issue.
            limit: Recipients at most; 0 for all that are due.
            stop: Set to finish the messages in hand and come back.

        Raises:
            IssueError: There is none of this key.
            IssueHeldError: A person has to look first.
            BusyError: A run that does not share sends it.
            MailerError: The mail server is in trouble; the rest is for later.
            MailerRefusedError: It does not want us; somebody has to act.
        """
        return self._shares.deliver(self._find(key), limit=limit, stop=stop or Stop())

    def test(
        self,
        frequency: Frequency,
        address: str,
        hand: Hand = AS_IT_IS,
        *,
        progress: Progress | None = None,
    ) -> Preview:
        """Mail the issue that would be next to one address; nothing is marked as sent.

        Raises:
            IssueError: There is no news to show.
            MailerError: No mail can be sent.
        """
        check_settings(self._setup)
        mail = make_test_mail(self._setup, frequency, address, hand, progress or _ignore)
        if self._setup.mailer is None:
            self._setup.outbox.put("test.eml", mail.message.data)
        else:
            send_one(self._setup.mailer, mail.message)
        return mail.preview

    def plan(
        self,
        frequency: Frequency,
        choices: Choices = PLAIN,
        *,
        progress: Progress | None = None,
    ) -> Plan | None:
        """Return what ``send`` would do now; None if there is nothing to do.

        Raises:
            IssueHeldError: A person has to look first.
        """
        return make_plan(self._setup, frequency, choices, progress or _ignore)

    def preview(
        self,
        frequency: Frequency,
        *,
        subscriber: int | None = None,
        language: str = "",
        hand: Hand = AS_IT_IS,
        progress: Progress | None = None,
    ) -> Preview:
        """Return the next issue as one mail; without news, as if the last ones were news.

        Args:
            frequency: Whose issue.
            subscriber: As they would get it; as somebody who chose nothing if None.
            language: Of the words around the articles; that of the site if empty.
            hand: What the editor wants.
            progress: Is told how far it is.
        """
        return make_preview(
            self._setup,
            frequency,
            subscriber=subscriber,
            language=language,
            hand=hand,
            progress=progress or _ignore,
        )

    def find_article(self, article: str) -> int:
        """Return the row of an article, for ``Hand``.

        Args:
            article: Its id, its path, or the end of its path.

        Raises:
            ArticleError: There is none, or more than one.
        """
        with open_transaction(self._setup.site.open_store, read_only=True) as catalog:
            return find_article(catalog, article).id

    # Issues

    def prepare(
        self,
        frequency: Frequency,
        hand: Hand = AS_IT_IS,
        timing: Timing = BY_SCHEDULE,
        *,
        progress: Progress | None = None,
    ) -> Issue | None:
        """Freeze the issue that is due, for ``send`` to deliver later; None if none is due.

        Raises:
            IssueError: It exists.
            IssueHeldError: A person has to look first.
        """
        check_settings(self._setup)
        check_restored(self._setup)
        follow_settings(self._setup)
        due = decide(self._setup, frequency, timing)
        if isinstance(due, NotDue):
            return None
        issue, _ = prepare_issue(self._setup, due, hand, progress or _ignore)
        return issue

    def issues(self, limit: int | None = _SHOWN) -> list[IssueStatus]:
        """Return the last issues with their sums, newest first."""
        return list_issues(self._setup, limit)

    def show(self, key: str) -> tuple[IssueStatus, list[IssueArticle]]:
        """Return an issue with its sums, and its articles.

        Raises:
            IssueError: There is none of this key.
        """
        issue = self._find(key)
        articles: list[IssueArticle] = []
        with open_transaction(self._setup.site.open_store, read_only=True) as catalog:
            has_content = bool(catalog.issues.content(issue.id))
        if has_content:
            digest = load_digest(self._setup, issue)
            with open_transaction(self._setup.site.open_store, read_only=True) as catalog:
                hidden = catalog.issues.hidden([article.id for article in digest.articles])
            articles = [
                IssueArticle(one.id, one.title, one.url, one.id in hidden)
                for one in digest.articles
            ]
        with self._setup.open_ledger() as ledger:
            return describe_issue(ledger, issue), articles

    def recipients(self, key: str, states: Sequence[DeliveryState]) -> list[Listed]:
        """Return the recipients of an issue who stand in some states.

        Raises:
            IssueError: There is no such issue.
        """
        issue = self._find(key)
        with self._setup.open_ledger() as ledger:
            return list(ledger.rows(issue.id, states))

    def resend(
        self, key: str, states: Sequence[DeliveryState], deliveries: Sequence[int] | None = None
    ) -> int:
        """Queue recipients again who failed, or of whom nobody knows; ``send`` delivers to them.

        Returns:
            How many.

        Raises:
            IssueError: There is no such issue, or it was dropped.
        """
        return self._resolve(key, states, DeliveryState.QUEUED, "sent again by hand", deliveries)

    def give_up(
        self, key: str, states: Sequence[DeliveryState], deliveries: Sequence[int] | None = None
    ) -> int:
        """Leave recipients out who failed, or of whom nobody knows; return how many.

        Raises:
            IssueError: There is no such issue, or it was dropped.
        """
        return self._resolve(key, states, DeliveryState.SKIPPED, "left out by hand", deliveries)

    def _resolve(
        self,
        key: str,
        states: Sequence[DeliveryState],
        to: DeliveryState,
        reason: str,
        deliveries: Sequence[int] | None,
    ) -> int:
        issue = self._find(key)
        if issue.state in (IssueState.DROPPED, IssueState.EMPTY):
            raise IssueError(f"{key}: the issue is {issue.state.name.lower()}; nobody gets it")
        now = int(self._setup.clock().timestamp())
        with self._setup.open_ledger() as ledger:
            return ledger.resolve(issue.id, states, to, now, reason=reason, deliveries=deliveries)

    def drop(self, key: str) -> Issue:
        """Never send an issue, or the rest of it; its articles do not come in the next one.

        Raises:
            IssueError: It is sent already, or there is none.
        """
        return self._move(
            key,
            (IssueState.PREPARED, IssueState.SENDING, IssueState.STOPPED),
            IssueState.DROPPED,
            "dropped by hand",
        )

    def stop(self, key: str) -> Issue:
        """Send no more of an issue until ``resume``; a sender that is at work stops, too.

        Raises:
            IssueError: It is not on its way.
        """
        on_the_way = (IssueState.PREPARED, IssueState.SENDING)
        return self._move(key, on_the_way, IssueState.STOPPED, "stopped by hand")

    def resume(self, key: str) -> Issue:
        """Let the next ``send`` go on with a stopped issue.

        Raises:
            IssueError: It was not stopped.
        """
        return self._move(key, (IssueState.STOPPED,), IssueState.SENDING, "")

    def _move(self, key: str, allowed: Sequence[IssueState], state: IssueState, note: str) -> Issue:
        issue = self._find(key)
        if issue.state not in allowed:
            words = " or ".join(one.name.lower() for one in allowed)
            raise IssueError(
                f"{key}: the issue is {issue.state.name.lower()}, not {words}; see 'feedpub status'"
            )
        now = self._setup.clock()
        if state == IssueState.DROPPED:
            with self._setup.open_ledger() as ledger:
                ledger.resolve(
                    issue.id,
                    [DeliveryState.QUEUED],
                    DeliveryState.SKIPPED,
                    int(now.timestamp()),
                    reason=note,
                )
        with open_transaction(self._setup.site.open_store) as catalog:
            finished = now if state == IssueState.DROPPED else None
            catalog.issues.set_state(issue.id, state, note=note, finished=finished)
        return self._find(key)

    def _find(self, key: str) -> Issue:
        with open_transaction(self._setup.site.open_store, read_only=True) as catalog:
            found: Issue | None = catalog.issues.get(key)
            if found is None:
                known = [issue.key for issue in catalog.issues.recent(3)]
        if found is None:
            hint = f"the last ones are {', '.join(known)}" if known else "there is none yet"
            raise IssueError(f"{key}: no such issue; {hint}")
        return found

    # The whole

    def publish_archive(self) -> list[str]:
        """Bring the pages of the sent issues up to date; return the paths that changed."""
        with self._setup.site.lock():
            return publish_archive(self._setup)

    def status(self) -> NewsletterStatus:
        """Return the last issues and when the next ones are due."""
        return look_at_newsletter(self._setup)


def _ignore(_stage: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""
