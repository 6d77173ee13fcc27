"""What comes to the fence at once, said to a server in one statement.

A statement outside of a transaction is one by itself: one message, one answer, one commit, and the
driver waits until the server is ready again, which it is after the commit. Said row by row, with a
beginning and an end, it takes the sender five times as long, and the server twice.
"""

from collections.abc import Iterator
from functools import lru_cache

from feedpub.deliveries import sources
from feedpub.model import DeliveryState
from feedpub.store.database import FenceRows
from feedpub.store.fence import first_tried
from feedpub.store.ledger_statements import SETTLE, join_states

# All rows are of one form, with NULL for what stays as it is. Texts throughout, whose types the
# first row tells: of numbers the driver makes types by their size, and each would be a new plan.
_FIRST = (
    "(${}::bigint, ${}::smallint, ${}::bigint, ${}::text, ${}::text, ${}::bigint, ${}::boolean,"
    " ${}::smallint, ${}::bigint)"
)
_COLUMNS = 9
_ROW = f"({', '.join(['${}'] * _COLUMNS)})"
_ARROWS = " OR ".join(
    f"v.state = {int(state)} AND d.state IN ({join_states(sources(state))})"
    for state in (DeliveryState.COMMITTING, *SETTLE)
)
_NOTHING = (None,) * _COLUMNS

_Row = tuple[str | None, ...]


def make_fence(rows: FenceRows) -> tuple[bytes, list[str | None]]:
    """Return the statement that writes at least one row, and its values.

    It returns id and new state of each row that changed. Of a delivery that is named twice, only
    what is named first counts.
    """
    known: dict[int, _Row] = {}
    for delivery, row in _list_rows(rows):
        known.setdefault(delivery, row)
    # Rows of nothing, so that there are a dozen statements, each prepared once, and not hundreds.
    size = 1 << (len(known) - 1).bit_length()
    values: list[str | None] = [str(rows.token)]
    for row in known.values():
        values += row
    values += _NOTHING * (size - len(known))
    return _make_statement(rows.issue, size), values


def _list_rows(rows: FenceRows) -> Iterator[tuple[int, _Row]]:
    now = str(rows.now)
    for outcome in rows.outcomes:
        first = now if first_tried(outcome, rows.now) is not None else None
        delivery, state, code, reply, not_before, tried, bounced = outcome
        yield (
            delivery,
            (
                str(delivery), str(int(state)), now, code, reply, str(not_before),
                str(int(bounced)), str(int(tried)), first,
            ),
        )  # fmt: skip
    committing = str(int(DeliveryState.COMMITTING))
    for delivery in rows.crossing:
        yield delivery, (str(delivery), committing, None, None, None, None, None, "0", None)


@lru_cache(maxsize=64)
def _make_statement(issue: int, size: int) -> bytes:
    """Return a statement; the issue stands in it, so that a plan has one partition and not all."""
    numbers = iter(range(2, 2 + size * _COLUMNS))
    places = ((next(numbers) for _ in range(_COLUMNS)) for _ in range(size))
    listed = ", ".join(
        (_ROW if index else _FIRST).format(*place) for index, place in enumerate(places)
    )
    return (
        "UPDATE deliveries d SET state = v.state, at = coalesce(v.at, d.at),"  # noqa: S608 # only places, no values
        " code = coalesce(v.code, d.code), reply = coalesce(v.reply, d.reply),"
        " not_before = coalesce(v.not_before, d.not_before),"
        " bounced = coalesce(v.bounced, d.bounced), attempts = d.attempts + v.tried,"
        " first_try = coalesce(d.first_try, v.first_try)"
        f" FROM (VALUES {listed})"
        " AS v (id, state, at, code, reply, not_before, bounced, tried, first_try)"
        f" WHERE d.issue = {int(issue)} AND d.id = v.id AND d.token = $1::bigint AND ({_ARROWS})"
        " RETURNING d.id, d.state"
    ).encode()
