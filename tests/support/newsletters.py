"""A newsletter that does nothing, says what a test wants, and remembers what it was asked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from feedpub.mailing.results import (
    End,
    IssueArticle,
    IssueStatus,
    NewsletterStatus,
    Plan,
    Preview,
    SenderStatus,
    SendResult,
)
from feedpub.model import DeliveryState, Frequency, Issue, IssueState
from feedpub.ports.mailing import Listed

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)
ISSUE = Issue(
    1, "weekly/2026-11-27", Frequency.WEEKLY, NOW, NOW, NOW, IssueState.FINISHED,
    articles=5, recipients=120, created=NOW,
)  # fmt: skip
SENT = SendResult(Frequency.WEEKLY, End.SENT, ISSUE.key, 5, 120, {DeliveryState.SENT: 120})
PLAN = Plan(Frequency.WEEKLY, ISSUE.key, "五篇文章", 5, 120, 40_000, ("a***@example.com",))


@dataclass
class FakeNewsletter:
    """Stands for ``feedpub.newsletter.Newsletter``.

    Attributes:
        result: Of ``send``.
        made_plan: Of ``plan``.
        error: Raised by ``send``, if set.
        is_rehearsal: Whether no mailer is configured.
        frequencies: Those that are scheduled.
        rows: Recipients, in whatever state.
        calls: Name and arguments, in order.
    """

    result: SendResult = SENT
    made_plan: Plan | None = PLAN
    error: BaseException | None = None
    is_rehearsal: bool = False
    frequencies: tuple[Frequency, ...] = (Frequency.WEEKLY,)
    rows: tuple[Listed, ...] = ()
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def send(self, frequency: Frequency, choices: Any, **_: Any) -> SendResult:
        self.calls.append(("send", (frequency, choices)))
        if self.error is not None:
            raise self.error
        return self.result

    def plan(self, frequency: Frequency, choices: Any) -> Plan | None:
        self.calls.append(("plan", (frequency, choices)))
        return self.made_plan

    def test(self, frequency: Frequency, address: str, hand: Any) -> Preview:
        self.calls.append(("test", (frequency, address, hand)))
        return self._preview()

    def preview(self, frequency: Frequency, **options: Any) -> Preview:
        self.calls.append(("preview", (frequency, options)))
        return self._preview()

    def _preview(self) -> Preview:
        html = "<style>@media (prefers-color-scheme: dark) {}</style><p>五篇</p>"
        return Preview(ISSUE.key, "五篇文章", html, "五篇\n\x1b[31m", b"Subject: x\r\n\r\n", 5)

    def find_article(self, article: str) -> int:
        self.calls.append(("find_article", article))
        return len(article)

    def prepare(self, frequency: Frequency, hand: Any, timing: Any, **_: Any) -> Issue | None:
        self.calls.append(("prepare", (frequency, hand, timing)))
        return ISSUE

    def issues(self, limit: int) -> list[IssueStatus]:
        self.calls.append(("issues", limit))
        return [IssueStatus(ISSUE, {DeliveryState.SENT: 118, DeliveryState.FAILED: 2})]

    def show(self, key: str) -> tuple[IssueStatus, list[IssueArticle]]:
        self.calls.append(("show", key))
        status = IssueStatus(
            ISSUE, {DeliveryState.SENT: 120}, (SenderStatus("host", 7, NOW),), NOW, "next"
        )
        return status, [IssueArticle(3, "标题", "https://e.example/", hidden=True)]

    def recipients(self, key: str, states: Any) -> list[Listed]:
        self.calls.append(("recipients", (key, states)))
        return list(self.rows)

    def drop(self, key: str) -> Issue:
        self.calls.append(("drop", key))
        return ISSUE

    def stop(self, key: str) -> Issue:
        self.calls.append(("stop", key))
        return ISSUE

    def resume(self, key: str) -> Issue:
        self.calls.append(("resume", key))
        return ISSUE

    def resend(self, key: str, states: Any, deliveries: Any) -> int:
        self.calls.append(("resend", (key, states, deliveries)))
        return 2

    def give_up(self, key: str, states: Any, deliveries: Any) -> int:
        self.calls.append(("give_up", (key, states, deliveries)))
        return 2

    def status(self) -> NewsletterStatus:
        return NewsletterStatus(
            (IssueStatus(ISSUE, {DeliveryState.SENT: 120}),),
            {Frequency.WEEKLY: NOW},
            {"active": 120},
            self.is_rehearsal,
        )

    def asked(self, name: str) -> Any:
        """Return the arguments of the only call of a name."""
        (found,) = (arguments for called, arguments in self.calls if called == name)
        return found
