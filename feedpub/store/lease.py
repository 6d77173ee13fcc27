"""Who sends an issue, as its row has it, and whether they still can."""

import os
import socket
from collections.abc import Sequence
from functools import cache

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


def describe_holder(token: int) -> str:
    """Return what ``issues.holder`` has of this process."""
    return f"{name_host()} {os.getpid()} {token}"


def is_alive(held: Lease, now: int) -> bool:
    """Return whether somebody has a lease that is not over."""
    if held.until <= now or held.until > now + _ABSURD_S:
        return False
    if held.host != name_host():
        return True
    if held.pid == os.getpid():
        return held.token in held_here
    return _runs(held.pid)


def read_lease(row: Sequence[object]) -> Lease | None:
    """Return the lease of a row: holder, held_until, progressed."""
    holder, until, progressed = row
    if holder is None:
        return None
    try:
        host, pid, token = str(holder).rsplit(" ", 2)
        return Lease(host, int(pid), int(token), int(str(until)), int(str(progressed)))
    except ValueError as error:
        raise damaged("deliveries", f"holder {holder!r} makes no sense") from error


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # it is somebody else's, and there
    return True
