"""What a connection answers itself, and what it leaves to a thread."""

from types import SimpleNamespace
from typing import Any

import pytest

from feedpub.web.connections import Loop, QuickChannel


def make_channel(*, error: object = None, waiting: int = 0) -> Any:
    """Return a connection with one request, for which everything would be at hand."""
    channel: Any = QuickChannel.__new__(QuickChannel)
    request = SimpleNamespace(error=error, command="GET", path="/", headers={}, found=None)
    channel.requests, channel.total_outbufs_len = [request], waiting
    channel.server = SimpleNamespace(find=lambda *_: "file")
    return channel


def test_a_request_for_what_is_at_hand_can_be_answered() -> None:
    assert make_channel()._can_answer()


@pytest.mark.parametrize("state", [{"error": object()}, {"waiting": 1}], ids=["wrong", "waiting"])
def test_who_has_not_read_the_last_answer_waits_for_a_thread(state: dict[str, Any]) -> None:
    assert not make_channel(**state)._can_answer()


def test_only_the_loop_keeps_what_it_reads() -> None:
    given: list[object] = []
    listener: Any = SimpleNamespace(
        add_task=given.append, pull_trigger=lambda: given.append("wake")
    )
    loop = Loop(lambda *_: None)
    channel = make_channel()

    loop.adopt(listener)
    listener.add_task(channel)
    listener.pull_trigger()
    loop.begin()
    listener.add_task(channel)
    listener.pull_trigger()

    assert given == [channel, "wake"]
    assert channel._is_due
