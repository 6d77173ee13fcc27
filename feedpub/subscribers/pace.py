"""How many mails somebody may expect, by how often there was something new."""

from collections.abc import Mapping, Sequence

from feedpub.model import Frequency

_DAY_S = 86_400
_WEEK_S = 7 * _DAY_S
_MONTH_DAYS = 365.25 / 12
WINDOW_S = 13 * _WEEK_S
"""So far back is looked: a quarter of a year."""

_LEAST_S = 4 * _WEEK_S


def count_mails(
    published: Sequence[int], *, now: int, whole: bool = True
) -> Mapping[Frequency, int]:
    """Return about how many mails a month each frequency makes for whoever chose everything.

    A digest without news is not sent, so it is the days and weeks with news that count.

    Args:
        published: When the latest articles were published, seconds since the epoch, any order.
        now: Likewise.
        whole: Whether these are all of the window; if not, its older part was left out.

    Returns:
        At least 1 each; empty where there was nothing new.
    """
    recent = [now - time for time in published if 0 <= now - time < WINDOW_S]
    if not recent:
        return {}
    span = max(recent) + 1
    # A young site is judged by what it is, but not by its first hours.
    days = (max(span, _LEAST_S) if whole else span) / _DAY_S
    times_a_month = _MONTH_DAYS / days

    def count(period_s: int) -> int:
        periods = len({age // period_s for age in recent})
        most = max(1, round(_MONTH_DAYS * _DAY_S / period_s))
        return min(most, max(1, round(periods * times_a_month)))

    return {Frequency.DAILY: count(_DAY_S), Frequency.WEEKLY: count(_WEEK_S), Frequency.MONTHLY: 1}
