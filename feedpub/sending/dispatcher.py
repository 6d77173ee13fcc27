"""Hands claims to connections, one at a time, within the limits of rate and domain."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping

from feedpub.deliveries import put_off
from feedpub.ports.mailing import Change, Claim, Ledger, Outcome
from feedpub.sending.options import SendOptions
from feedpub.subscribers.addresses import find_domain

_BATCH = 256
# Of domains that have as many connections as they may; the ledger may hold them in a row.
_MOST_WAITING = 1024
# Whoever unsubscribes after the claim is mailed nevertheless, so a slow run claims little.
_AHEAD_S = 10


class Dispatcher:
    """Claims batches of an issue and gives them out; used by several threads.

    Attributes:
        skipped: How many rows turned out to be of people who are not mailed any more.
        deferred: How many were put off since their domain is paused.
    """

    def __init__(
        self,
        issue: int,
        ledger: Ledger,
        options: SendOptions,
        *,
        now: Callable[[], int],
        paused: Mapping[str, str],
    ) -> None:
        """Prepare a round: what becomes due later is for the next one.

        Args:
            issue: Its id.
            ledger: Whose lease is ours.
            options: The limits.
            now: The time.
            paused: Domains that get nothing; may grow.
        """
        self.skipped = 0
        self.deferred = 0
        self._issue, self._ledger, self._options = issue, ledger, options
        self._now, self._paused = now, paused
        self._ready: deque[Claim] = deque()
        self._put_off: list[Outcome] = []
        self._busy: Counter[str] = Counter()
        self._given = 0
        self._next_slot = 0.0
        self._dry = False
        self._closed = False
        self._changed = threading.Condition()

    def take(self, *, wait: bool, holding: str | None = None) -> Claim | None:
        """Return the next claim.

        Args:
            wait: Whether to wait until a limit allows one; otherwise None is returned.
            holding: The domain that the caller's connection delivers to at present, of which it
                lets go by ``leave``.

        Returns:
            None if there is none, for the moment or at all.
        """
        with self._changed:
            while not self._closed:
                pause = self._next_slot - time.monotonic() if self._options.rate else 0.0
                if pause <= 0:
                    claim = self._pick(holding)
                    if claim is not None:
                        return self._give(claim)
                    if not self._ready:
                        return None
                if not wait:
                    return None
                self._changed.wait(pause if pause > 0 else None)
        return None

    def _pick(self, holding: str | None) -> Claim | None:
        """Return a claim that no limit forbids; the buffer is empty if there is nothing left."""
        while True:
            if self._ready:
                if not self._paused and not self._options.per_domain:
                    return self._ready.popleft()
                if (claim := self._pick_by_domain(holding)) is not None:
                    return claim
            if self._dry or len(self._ready) >= _MOST_WAITING:
                return None
            self._dry = not self._refill()

    def _pick_by_domain(self, holding: str | None) -> Claim | None:
        most = self._options.per_domain
        waiting: list[Claim] = []
        found = None
        while self._ready and found is None:
            claim = self._ready.popleft()
            domain = find_domain(claim.address)
            if domain in self._paused:
                self._put_off.append(put_off(claim, self._paused[domain], self._now()))
            elif most and self._busy[domain] - (domain == holding) >= most:
                waiting.append(claim)
            else:
                found = claim
        self._ready.extendleft(reversed(waiting))
        if self._put_off:
            self._write_put_off()
        return found

    def _write_put_off(self) -> None:
        outcomes, self._put_off = self._put_off, []
        self.deferred += len(outcomes)
        self._ledger.commit([Change(outcomes)], self._now())

    def _refill(self) -> bool:
        options = self._options
        limit = _BATCH
        if options.rate:
            limit = min(limit, max(options.connections, int(options.rate * _AHEAD_S)))
        if options.limit:
            limit = min(limit, options.limit - self._given)
        while limit > 0:
            claims, skipped = self._ledger.claim(self._issue, now=self._now(), limit=limit)
            self.skipped += skipped
            if claims:
                self._ready.extend(claims)
                return True
            if not skipped:
                return False
        return False

    def _give(self, claim: Claim) -> Claim:
        self._given += 1
        if self._options.per_domain:
            self._busy[find_domain(claim.address)] += 1
        if self._options.rate:
            start = max(self._next_slot, time.monotonic())
            self._next_slot = start + 1 / self._options.rate
        return claim

    def leave(self, claim: Claim) -> None:
        """Let others deliver to a claim's domain, whose message is done with."""
        if self._options.per_domain:
            with self._changed:
                self._forget(claim)

    def _forget(self, claim: Claim) -> None:
        domain = find_domain(claim.address)
        self._busy[domain] -= 1
        if self._busy[domain] <= 0:
            del self._busy[domain]
        self._changed.notify_all()

    def put_back(self, claim: Claim) -> None:
        """Take back a claim that nothing was done about, to be the next one."""
        with self._changed:
            self._given -= 1
            self._ready.appendleft(claim)
            if self._options.per_domain:
                self._forget(claim)
            self._changed.notify()

    def rest(self, seconds: float) -> bool:
        """Wait; return whether the run goes on."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, seconds)
            return not self._closed

    @property
    def has_left(self) -> bool:
        """Whether something that was claimed has not been given out."""
        with self._changed:
            return bool(self._ready)

    def close(self) -> None:
        """Give out nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
