"""A run over one issue: lines that send through one fence, and a watch that keeps the lease."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from feedpub.deliveries import Breaker, judge, put_back, settle
from feedpub.errors import MailerError, MailerRefusedError
from feedpub.model import DeliveryState, Message
from feedpub.ports import Progress
from feedpub.ports.mailing import (
    Claim,
    Connection,
    Ledger,
    Mailer,
    Outcome,
    Recovery,
    Reply,
)
from feedpub.sending.bounced import OnBounces, hand_on_bounces
from feedpub.sending.dispatcher import Dispatcher
from feedpub.sending.fence import Fence, Ticket
from feedpub.sending.leaving import AGAIN_S, leave
from feedpub.sending.line import Job, Line
from feedpub.sending.options import SendOptions, SendReport, Stop, Stopped, StopReason
from feedpub.subscribers.addresses import find_domain

_log = logging.getLogger(__name__)

Compose = Callable[[Claim], Message | None]
"""Makes the message of a claim, None if nothing is in it; called by several threads."""

_TICK_S = 0.1
_LEAVE_S = 1.0


def deliver(
    issue: int,
    *,
    ledger: Ledger,
    mailer: Mailer,
    compose: Compose,
    clock: Callable[[], datetime],
    options: SendOptions | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
    on_bounces: OnBounces | None = None,
) -> SendReport:
    """Send what is due of an issue.

    Whoever calls this alone holds the site's lock for sending, so that a second run of the same
    machine does not even come here; the lease keeps those of other machines away, and the fence
    holds where both fail. Runs that share the issue need no lock.

    Args:
        issue: Its id.
        ledger: Where its recipients are.
        mailer: How mail leaves.
        compose: Makes the messages.
        clock: Aware.
        options: The limits.
        stop: Ends the run early.
        progress: Is told ``send``, how many deliveries of this run are done with, and of how many.
        on_bounces: Has addresses suppressed that do not exist.

    Raises:
        BusyError: Another run sends this issue, and not both of them share it.
        StoreError: The ledger cannot be read or written. Nothing was sent after that.
        Exception: What ``compose`` raised. Nothing was sent after that.
    """
    run = _Run(issue, ledger, mailer, compose, clock, options or SendOptions())
    recovered = ledger.acquire(issue, run.now(), shared=run.shared)
    if recovered is None:
        text = f"issue {issue} is stopped, dropped or finished; see 'feedpub issue list'"
        stopped = Stopped(StopReason.CLOSED, text)
        counts = {} if run.shared else ledger.counts(issue)
        return SendReport(issue, counts=counts, stopped=stopped)
    return run.go(recovered, stop or Stop(), progress, on_bounces)


class _Run:
    """The state that lines share; its public methods are safe for threads."""

    def __init__(
        self,
        issue: int,
        ledger: Ledger,
        mailer: Mailer,
        compose: Compose,
        clock: Callable[[], datetime],
        options: SendOptions,
    ) -> None:
        self._issue, self._ledger, self._mailer = issue, ledger, mailer
        self._compose, self._clock, self._options = compose, clock, options
        self._lock = threading.Lock()
        self._tally: Counter[DeliveryState] = Counter()
        limit = options.trouble_limit or 20 + 2 * options.connections
        self._breaker = Breaker(limit)
        self._stopped: Stopped | None = None
        self._error: BaseException | None = None
        self._unreachable: MailerError | None = None
        self._aborted = False
        self._over = threading.Event()
        self._dispatcher = self._begin_round()

    def _begin_round(self) -> Dispatcher:
        return Dispatcher(
            self._issue, self._ledger, self._options, now=self.now, paused=self._breaker.paused
        )

    def _end_round(self) -> None:
        with self._lock:
            self._tally[DeliveryState.SKIPPED] += self._dispatcher.skipped
            self._tally[DeliveryState.QUEUED] += self._dispatcher.deferred
        self._dispatcher.skipped = self._dispatcher.deferred = 0

    # What lines ask for

    @property
    def capacity(self) -> int:
        return max(1, self._options.messages_per_connection)

    @property
    def is_stopping(self) -> bool:
        return self._stopped is not None or self._error is not None

    @property
    def shared(self) -> bool:
        return self._options.shared

    def now(self) -> int:
        return int(self._clock().timestamp())

    def line(self) -> AbstractContextManager[None]:
        return self._fence.line()

    def connect(self) -> Connection:
        return self._mailer.connect()

    def rest(self, failures: int) -> bool:
        pauses = self._options.reconnect_s
        return failures <= len(pauses) and self._dispatcher.rest(pauses[failures - 1])

    def give_up(self, error: MailerError) -> None:
        _log.warning("cannot connect: %s", error)
        self._unreachable = error
        if isinstance(error, MailerRefusedError):
            self.halt(StopReason.REFUSED, str(error))

    def next(self, outcomes: list[Outcome], *, wait: bool, holding: Claim | None) -> Job | None:
        try:
            domain = find_domain(holding.address) if holding and self._options.per_domain else None
            while (claim := self._dispatcher.take(wait=wait, holding=domain)) is not None:
                message = self._compose(claim)
                if message is not None:
                    return Job(claim, message)
                outcomes.append(self._skip(claim))
        except Exception as error:  # noqa: BLE001 - kept for the end of the run, which raises it
            self.fail(error)
        return None

    def _skip(self, claim: Claim) -> Outcome:
        self._dispatcher.leave(claim)
        with self._lock:
            self._tally[DeliveryState.SKIPPED] += 1
        return Outcome(claim.delivery, DeliveryState.SKIPPED, reply="nothing in it", tried=False)

    def put_back(self, claim: Claim) -> None:
        self._dispatcher.put_back(claim)

    def submit(self, outcomes: list[Outcome], crossing: int | None) -> Ticket:
        return self._fence.submit(outcomes, crossing)

    def lose(self) -> None:
        if self._fence.error is not None:
            self.fail(self._fence.error)
        else:
            self.halt(StopReason.LEASE, "another sender took over")

    def settle(self, claim: Claim, reply: Reply) -> Outcome:
        self._dispatcher.leave(claim)
        verdict = judge(reply)
        if self._aborted and verdict.state is DeliveryState.QUEUED:
            return put_back(claim)  # it is we who hung up
        outcome = settle(claim, verdict, self.now())
        with self._lock:
            self._tally[outcome.state] += outcome.tried
            self._breaker.count(find_domain(claim.address), verdict, timed_out=reply.timed_out)
            refusal, trouble = self._breaker.refusal, self._breaker.trouble
        if refusal is not None:
            self.halt(StopReason.REFUSED, refusal)
        elif trouble is not None:
            self.halt(StopReason.TROUBLE, trouble)
        return outcome

    def halt(self, reason: StopReason, text: str) -> None:
        """Let lines finish their messages in hand, and begin nothing more."""
        if self._stopped is None:
            _log.warning("sending stops: %s", text)
            self._stopped = Stopped(reason, text)
        self._dispatcher.close()

    def fail(self, error: BaseException) -> None:
        """Stop because of a defect, which is raised when the lines have ended."""
        self._error = self._error or error
        self._dispatcher.close()

    # What the main thread does

    def go(
        self,
        recovered: Recovery,
        stop: Stop,
        progress: Progress | None,
        on_bounces: OnBounces | None,
    ) -> SendReport:
        self._fence = Fence(lambda changes: self._ledger.commit(changes, self.now()))
        self._stop, self._progress = stop, progress
        finished = False
        try:
            self._total = self._count_queued()
            threading.Thread(target=self._keep_lease, name="lease", daemon=True).start()
            self._send_rounds()
        except BaseException as error:
            self.fail(error)
            raise
        finally:
            self._over.set()
            finished = self._tidy()
        return self._report(recovered, on_bounces, finished=finished)

    def _count_queued(self) -> int:
        if self.shared and self._options.limit:
            return self._options.limit  # to count a large issue takes longer than a share of it
        return self._ledger.counts(self._issue).get(DeliveryState.QUEUED, 0)

    def _send_rounds(self) -> None:
        patience_s = self._options.patience_s
        while True:
            before = self._done
            self._send_round()
            if self.is_stopping or not patience_s:
                return
            due = self._ledger.next_due(self._issue)
            pause_s = 0 if due is None else due - self.now()
            if due is None or pause_s > patience_s or (pause_s <= 0 and self._done == before):
                return
            patience_s -= max(0, pause_s)
            if not self._sleep(pause_s):
                return
            self._end_round()
            self._dispatcher = self._begin_round()

    def _send_round(self) -> None:
        lines = [Line(self) for _ in range(max(1, min(self._options.connections, self._total)))]
        threads = [
            threading.Thread(target=self._work, args=(line,), name=f"line {number}", daemon=True)
            for number, line in enumerate(lines, 1)
        ]
        for thread in threads:
            thread.start()
        self._watch(lines, threads)
        self._tell_progress()
        if self._unreachable is not None and self._dispatcher.has_left and not self.is_stopping:
            self.halt(StopReason.UNREACHABLE, str(self._unreachable))

    def _work(self, line: Line) -> None:
        try:
            line.work()
        except BaseException as error:  # noqa: BLE001 - kept for the end of the run, which raises it
            self.fail(error)

    def _watch(self, lines: Sequence[Line], threads: Sequence[threading.Thread]) -> None:
        deadline: float | None = None
        while waiting := [thread for thread in threads if thread.is_alive()]:
            waiting[0].join(_TICK_S)
            self._tick()
            if deadline is None and self._stop.requested:
                deadline = time.monotonic() + self._options.grace_s
            if deadline is not None and time.monotonic() > deadline:
                if self._aborted:
                    return  # what does not even come back from that holds nothing beyond the fence
                self._abort(lines)
                deadline = time.monotonic() + _LEAVE_S

    def _abort(self, lines: Sequence[Line]) -> None:
        self._aborted = True
        for line in lines:
            if (connection := line.connection) is not None:
                connection.abort()

    def _sleep(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.is_stopping:
            time.sleep(min(_TICK_S, left))
            self._tick()
        return not self.is_stopping

    def _tick(self) -> None:
        if self._stop.requested:
            self.halt(StopReason.SIGNAL, "told to stop")
        self._tell_progress()

    def _tell_progress(self) -> None:
        if self._progress is not None:
            self._progress("send", self._done, self._total)

    def _keep_lease(self) -> None:
        """Renew it until the run is over; in a thread, since a build may hold the database."""
        before = 0
        while not self._over.wait(self._options.renew_s):
            done = self._done
            try:
                ours = self._ledger.renew(self._issue, self.now(), moved=done > before)
            except Exception as error:  # noqa: BLE001 - kept for the end of the run
                self.fail(error)
                return
            before = done
            if not ours:
                text = "the issue was stopped, or another sender took over"
                self.halt(StopReason.LEASE, text)
                return

    @property
    def _done(self) -> int:
        with self._lock:
            done = sum(self._tally.values())
        return done + self._dispatcher.skipped + self._dispatcher.deferred

    # The end

    def _tidy(self) -> bool:
        """Put back what is ours; return whether the issue is finished.

        A process that was told to stop does not wait for a build that holds the database.
        """
        found: list[bool] = []
        in_time = _LEAVE_S if self._stop.requested else None
        thread = threading.Thread(target=self._close, args=(found,), daemon=True)
        thread.start()
        thread.join(in_time)
        self._error = self._error or self._fence.error
        if self._error is not None:
            raise self._error
        return bool(found and found[0])

    def _close(self, found: list[bool]) -> None:
        try:
            self._fence.close()
            pauses_s = AGAIN_S if self.shared else ()
            unsaved, stop = self._fence.unsaved, self._stop
            found.append(
                leave(self._issue, self._ledger, unsaved, self.now, pauses_s=pauses_s, stop=stop)
            )
        except BaseException as error:  # noqa: BLE001 - raised by the main thread
            self.fail(error)

    def _report(
        self, recovered: Recovery, on_bounces: OnBounces | None, *, finished: bool
    ) -> SendReport:
        partly = self.shared and not finished
        hurries = self._stopped is not None and self._stopped.reason is StopReason.SIGNAL
        if partly or (hurries and not self.shared):
            bounced = held = 0  # a later run finds them
        else:
            bounced, held = hand_on_bounces(self._ledger, self._issue, on_bounces)
        self._end_round()
        tally = self._tally
        return SendReport(
            self._issue,
            sent=tally[DeliveryState.SENT],
            failed=tally[DeliveryState.FAILED],
            deferred=tally[DeliveryState.QUEUED],
            unknown=tally[DeliveryState.UNKNOWN] + recovered.unknown,
            skipped=tally[DeliveryState.SKIPPED],
            counts={} if partly else self._ledger.counts(self._issue),
            finished=finished,
            next_try=self._ledger.next_due(self._issue),
            paused=dict(self._breaker.paused),
            bounced=bounced,
            held=held,
            recovered=recovered,
            stopped=self._stopped,
        )
