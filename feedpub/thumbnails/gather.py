"""Many URLs, politely and within a budget."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from feedpub.errors import FetchError
from feedpub.net.urls import host_of

Result = TypeVar("Result")


class _Turns:
    """URLs by host: one host after the other, and no host more often at once than it may be."""

    def __init__(self, urls: Iterable[str], per_host: int) -> None:
        self._per_host = per_host
        self._busy: dict[str, int] = {}
        self._waiting: dict[str, deque[str]] = {}
        for url in dict.fromkeys(urls):
            self._waiting.setdefault(host_of(url), deque()).append(url)
        self._order = deque(self._waiting)

    def take(self) -> str | None:
        """Return the next URL that may be fetched now, None if all hosts are busy or done."""
        for _ in range(len(self._order)):
            host = self._order[0]
            self._order.rotate(-1)
            if self._waiting[host] and self._busy.get(host, 0) < self._per_host:
                self._busy[host] = self._busy.get(host, 0) + 1
                return self._waiting[host].popleft()
        return None

    def give_back(self, url: str) -> None:
        """Say that a URL is done."""
        host = host_of(url)
        self._busy[host] -= 1
        if not self._waiting[host] and host in self._order:
            self._order.remove(host)

    def rest(self) -> list[str]:
        """Return what was never taken, host by host in the order given."""
        return [url for urls in self._waiting.values() for url in urls]


def gather(
    urls: Iterable[str],
    fetch: Callable[[str, float], Result],
    done: Callable[[str, Result | FetchError], None],
    *,
    budget_s: float,
    at_most: int,
    per_host: int,
) -> list[str]:
    """Fetch URLs until all are done or the time is up; return those that are left.

    Args:
        urls: Each is fetched once.
        fetch: Called in threads with a URL and the seconds that are left; raises FetchError.
        done: Called in this thread, once a finished URL, as they finish.
        budget_s: Seconds in all; what has begun is given them too, and no more.
        at_most: Fetches at once.
        per_host: Fetches at once from one host.
    """
    end = time.monotonic() + budget_s
    turns = _Turns(urls, per_host)
    running: dict[Future[Result], str] = {}
    late: list[str] = []
    with ThreadPoolExecutor(at_most, thread_name_prefix="feedpub-picture") as threads:
        while True:
            while len(running) < at_most and (left := end - time.monotonic()) > 0:
                if (url := turns.take()) is None:
                    break
                running[threads.submit(fetch, url, left)] = url
            if not running:
                return late + turns.rest()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                url = running.pop(future)
                turns.give_back(url)
                error = future.exception()
                if error is None:
                    done(url, future.result())
                elif not isinstance(error, FetchError):
                    raise error
                elif error.retry and time.monotonic() >= end:
                    # It was our budget that ran out, not the server that failed.
                    late.append(url)
                else:
                    done(url, error)
