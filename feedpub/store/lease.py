"""Who sends an issue, as the table of senders has it, and whether they still can."""

import os
import socket
from collections.abc import Iterable, Sequence
from functools import cache

from feedpub.errors import BusyError
from feedpub.ports.mailing import Lease
from feedpub.store.engine import damaged

# A lease that ends so far ahead was written by a clock that has been put right since.
_ABSURD_S = 3600

held_here: set[int] = set()
"""Tokens of the leases of this process: its own number proves nothing where it is always 1."""


@cache
def name_host() -> str:
    """Return the name of this machine."""
    return socket.gethostname() or "localhost"


def is_alive(held: Lease, now: int) -> bool:
    """Return whether somebody has a lease that is not over."""
    if held.until <= now or held.until > now + _ABSURD_S:
        return False
    if held.host != name_host():
        return True
    if held.pid == os.getpid():
        return held.token in held_here
    return _runs(held.pid)


def check_company(issue: int, alive: Sequence[Lease], *, shared: bool) -> None:
    """Refuse to send beside others, unless all of them share.

    Raises:
        BusyError: Somebody has to wait.
    """
    in_the_way = [one for one in alive if not (shared and one.shared)]
    if in_the_way:
        first, others = in_the_way[0], len(in_the_way) - 1
        more = f" and {others} more" if others else ""
        raise BusyError(
            f"issue {issue} is being sent by process {first.pid} on {first.host}{more};"
            " wait for it, see 'feedpub status'"
        )


def read_leases(rows: Iterable[Sequence[object]]) -> list[Lease]:
    """Return the leases of rows of ``ledger_statements.SENDERS``.

    Raises:
        CorruptStoreError: A row makes no sense.
    """
    return [_read_lease(row) for row in rows]


def _read_lease(row: Sequence[object]) -> Lease:
    host, *numbers, shared = row
    try:
        pid, token, until, progressed = (int(str(number)) for number in numbers)
    except ValueError as error:
        raise damaged("senders", f"row {tuple(row)!r} makes no sense") from error
    return Lease(str(host), pid, token, until, progressed, bool(shared))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # it is somebody else's, and there
    return True
