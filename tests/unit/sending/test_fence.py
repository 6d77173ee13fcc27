"""What one connection commits for all that have come to the fence."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from feedpub.errors import StoreError
from feedpub.model import DeliveryState
from feedpub.ports.mailing import Change, Outcome
from feedpub.sending.fence import Fence

SENT = Outcome(1, DeliveryState.SENT)


def test_what_is_submitted_is_committed_before_anybody_passes() -> None:
    committed: list[Change] = []

    def commit(changes: Sequence[Change]) -> list[bool]:
        committed.extend(changes)
        return [True] * len(changes)

    fence = Fence(commit)

    assert fence.submit([SENT], 2).wait()
    assert committed == [Change([SENT], 2)]
    fence.close()


def test_each_is_told_its_own_answer() -> None:
    fence = Fence(lambda changes: [change.crossing == 1 for change in changes])

    tickets = [fence.submit([], crossing) for crossing in (1, 2, 1)]

    assert [ticket.wait() for ticket in tickets] == [True, False, True]
    fence.close()


def test_a_failed_commit_lets_nobody_pass_and_leaves_nobody_waiting() -> None:
    def commit(changes: Sequence[Change]) -> list[bool]:
        raise StoreError("disk full")

    fence = Fence(commit)

    assert not fence.submit([SENT], 2).wait()
    assert isinstance(fence.error, StoreError)
    assert fence.unsaved == [SENT]
    fence.close()


def test_those_who_wait_share_a_commit() -> None:
    batches: list[int] = []
    entered, go_on = threading.Event(), threading.Event()

    def commit(changes: Sequence[Change]) -> list[bool]:
        batches.append(len(changes))
        entered.set()
        go_on.wait(10)
        return [True] * len(changes)

    fence = Fence(commit)
    with ThreadPoolExecutor() as lines:
        first = lines.submit(fence.submit([], 0).wait)
        entered.wait(10)
        tickets = [fence.submit([], crossing) for crossing in range(1, 6)]
        others = [lines.submit(ticket.wait) for ticket in tickets]
        go_on.set()

        assert all(line.result(10) for line in (first, *others))
    assert batches == [1, 5]
    fence.close()


def test_on_a_slow_disk_it_waits_for_the_other_connections() -> None:
    batches: list[int] = []

    def commit(changes: Sequence[Change]) -> list[bool]:
        batches.append(len(changes))
        time.sleep(0.8)
        return [True] * len(changes)

    fence = Fence(commit)
    with fence.line(), fence.line(), ThreadPoolExecutor() as lines:
        fence.submit([], 0).wait()
        first = lines.submit(fence.submit([], 1).wait)
        time.sleep(0.02)
        second = lines.submit(fence.submit([], 2).wait)
        assert first.result(10)
        assert second.result(10)
    fence.close()

    assert batches == [1, 2]


def test_on_a_slow_disk_nobody_waits_for_those_who_wait_for_the_server() -> None:
    fence = Fence(lambda changes: [True] * len(changes))
    fence._last_s = 4.0

    with fence.line(), fence.line():
        start = time.monotonic()
        assert fence.submit([], 1).wait()

    assert time.monotonic() - start < 3


def test_after_its_end_nobody_passes() -> None:
    fence = Fence(lambda changes: [True] * len(changes))
    fence.close()

    assert not fence.submit([], 1).wait()


def test_what_nobody_waited_for_is_committed_at_the_end() -> None:
    committed: list[Change] = []

    def commit(changes: Sequence[Change]) -> list[bool]:
        committed.extend(changes)
        return [True] * len(changes)

    fence = Fence(commit)
    fence.submit([SENT], None)
    fence.close()

    assert committed == [Change([SENT])]
