"""From when on somebody is owed articles, so that no change of mind repeats or skips one.

An issue brings a recipient what was first seen in ``[since or starts, ends)``. It ends when it is
prepared, and takes the ``since`` of everybody of its frequency away: from then on the windows of
that frequency, which follow one another without a gap, hold for them. So somebody without a
``since`` has got everything up to the end of the last issue of their frequency.
"""


def since_after_change(
    since: int | None, *, last_end: int | None, joined: int, next_start: int | None
) -> int | None:
    """Return the ``since`` of a subscriber who leaves one frequency for another.

    Args:
        since: Theirs so far.
        last_end: End of the last issue of the frequency that they leave; None if there was none.
        joined: When they became a subscriber.
        next_start: End of the last issue of the frequency that they take; None if there was none.
    """
    if since is not None:
        return since
    if last_end is not None:
        return last_end
    # Nothing was sent yet: they are owed what came since they joined, and as any newcomer
    # whatever else stands in the issue that is under way.
    return None if next_start is not None and next_start <= joined else joined


def since_after_pause(since: int | None, *, paused: int, last_end: int | None) -> int | None:
    """Return the ``since`` of a subscriber who wants mail again.

    Args:
        since: Theirs so far.
        paused: When the pause began.
        last_end: End of the last issue of their frequency; None if there was none.
    """
    if last_end is None or last_end <= paused:
        return since  # no issue went out meanwhile, so nothing was missed
    return last_end


def since_after_return(*, received: int | None, next_start: int | None) -> int | None:
    """Return the ``since`` of somebody who was no subscriber for a while.

    As any newcomer they get the issue that is under way, without what they had in another one.

    Args:
        received: Latest end of the issues that they got; None if they never got one.
        next_start: End of the last issue of the frequency that they take; None if there was none.
    """
    if received is None or (next_start is not None and received <= next_start):
        return None
    return received
