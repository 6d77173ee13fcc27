"""What the send ledger says to the database; ``?`` stands for a value.

A delivery is named by its issue, too: that tells PostgreSQL which partition it is in.

States of deliveries: 0 queued, 1 sending, 2 committing, 3 sent, 4 failed, 5 unknown, 6 skipped.
Of issues and subscribers, 1 is sending and active.
"""

from collections.abc import Iterable

from feedpub.deliveries import OPEN, sources
from feedpub.model import DeliveryState


def join_states(states: Iterable[DeliveryState]) -> str:
    """Return states as SQL lists them."""
    return ", ".join(str(int(state)) for state in states)


STATE = "SELECT state FROM issues WHERE id = ?"
SENDERS = "SELECT host, pid, token, held_until, progressed, shared FROM senders WHERE issue = ?"
JOIN = """
INSERT INTO senders (issue, token, shared, host, pid, held_until, progressed)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
RENEW = """
UPDATE senders SET held_until = ?, progressed = CASE WHEN ? THEN ? ELSE progressed END
WHERE issue = ? AND token = ? AND EXISTS (SELECT 1 FROM issues WHERE id = ? AND state = 1)
"""
LEAVE = "DELETE FROM senders WHERE issue = ? AND token = ?"
HOLD = "SELECT 1 FROM senders WHERE issue = ? AND token = ?"
CLAIM = """
SELECT d.id, d.subscriber, s.address, s.state, s.paused, s.mailbox,
       c.choice, c.language, c.since, d.attempts, d.first_try
FROM deliveries d JOIN subscribers s ON s.id = d.subscriber JOIN selections c ON c.id = d.selection
WHERE d.issue = ? AND d.state = 0 AND d.not_before <= ?
  AND EXISTS (SELECT 1 FROM issues WHERE id = ? AND state = 1)
ORDER BY d.not_before, d.id LIMIT ?
"""
TAKE = "UPDATE deliveries SET state = 1, token = ? WHERE issue = ? AND id = ?"
SKIP = "UPDATE deliveries SET state = 6, at = ?, reply = ? WHERE issue = ? AND id = ?"
CROSS = "UPDATE deliveries SET state = 2 WHERE issue = ? AND id = ? AND state = 1 AND token = ?"
_REQUEUE = "UPDATE deliveries SET state = 0, token = NULL WHERE issue = ? AND state = 1"
# They keep their token, so that a sender that lives after all may say how it ended.
_DOUBT = """
UPDATE deliveries SET state = 5, at = ?, code = '', reply = ?, attempts = attempts + 1,
                      first_try = coalesce(first_try, ?)
WHERE issue = ? AND state = 2"""
# A look at every row of an issue, which is not for whoever comes and goes a thousand times.
_LOST = " AND token NOT IN (SELECT token FROM senders WHERE issue = ?)"
_OURS = " AND id = ? AND token = ?"
REQUEUE_LOST, DOUBT_LOST = _REQUEUE + _LOST, _DOUBT + _LOST
REQUEUE_OURS, DOUBT_OURS = _REQUEUE + _OURS, _DOUBT + _OURS
SETTLE = {
    state: (
        f"UPDATE deliveries SET state = {int(state)}, at = ?, code = ?, reply = ?, not_before = ?,"  # noqa: S608 # a number of ours
        " bounced = ?, attempts = attempts + ?,"
        " first_try = coalesce(first_try, ?)"
        f" WHERE issue = ? AND id = ? AND token = ? AND state IN ({join_states(sources(state))})"
    )
    for state in DeliveryState
    if state not in OPEN or state is DeliveryState.QUEUED
}
IS_SENT_BY = "SELECT 1 FROM senders WHERE issue = ? LIMIT 1"
IS_QUEUED = "SELECT 1 FROM deliveries WHERE issue = ? AND state = 0 LIMIT 1"
SUM_UP = "SELECT count(*), count(*) FILTER (WHERE state < 3) FROM deliveries WHERE issue = ?"
FINISH = "UPDATE issues SET state = ?, finished = ? WHERE id = ? AND state = 1 AND recipients = ?"
# To group them would sort all rows, which takes tens of megabytes for a million.
COUNT = "SELECT {counts} FROM deliveries WHERE issue = ?".format(  # noqa: S608 # numbers of ours
    counts=", ".join(f"count(*) FILTER (WHERE state = {int(state)})" for state in DeliveryState)
)
LIST = """
SELECT d.id, d.subscriber, coalesce(s.address, ''), d.state, d.attempts, d.at, d.not_before,
       coalesce(d.code, ''), coalesce(d.reply, '')
FROM deliveries d JOIN subscribers s ON s.id = d.subscriber
WHERE d.issue = ? AND d.id > ? AND d.state IN ({states}) ORDER BY d.id LIMIT ?
"""
BOUNCED = """
SELECT d.id, d.subscriber, d.code FROM deliveries d JOIN subscribers s ON s.id = d.subscriber
WHERE d.issue = ? AND d.id > ? AND d.state = 4 AND d.bounced AND s.state = 1
ORDER BY d.id LIMIT ?
"""
RESOLVE = (
    "UPDATE deliveries SET state = ?, at = ?, reply = ?, not_before = 0, token = NULL,"
    " attempts = 0, first_try = NULL, bounced = FALSE WHERE issue = ? AND state IN ({states})"
)
