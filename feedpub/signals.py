"""The signals that end a run, heard for the time of a block."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def heed_signals(handle: Callable[[int], None]) -> Iterator[None]:
    """Have SIGTERM and Ctrl-C do this within the block, and what they did before after it.

    Args:
        handle: Is given the number of the signal, in the main thread, in the middle of whatever
            that is at: it may take no lock.

    Raises:
        ValueError: This is not the main thread.
    """
    ends = (signal.SIGTERM, signal.SIGINT)
    before = {one: signal.signal(one, lambda number, _frame: handle(number)) for one in ends}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
