"""Messages without a ledger: rehearsals, and tests to one's own address."""

from collections.abc import Iterable

from feedpub.deliveries import judge
from feedpub.model import DeliveryState, Message
from feedpub.ports.mailing import Connection, Mailer, Reply
from feedpub.sending.options import Stop


def send_directly(
    messages: Iterable[Message], mailer: Mailer, *, stop: Stop | None = None
) -> tuple[int, Reply | None]:
    """Send messages over one connection, one after the other; nothing is remembered.

    Args:
        messages: Made as they are needed.
        mailer: How they leave.
        stop: Ends it early.

    Returns:
        How many were accepted, and the first reply that refused one, after which no other was
        tried; None if none was refused.

    Raises:
        MailerError: There is no connection to be had.
    """
    sent = 0
    connection: Connection | None = None
    try:
        for message in messages:
            if stop is not None and stop.requested:
                break
            if connection is None or not connection.usable:
                connection = mailer.connect()
            reply = connection.offer(message) or connection.finish()
            if judge(reply).state is not DeliveryState.SENT:
                return sent, reply
            sent += 1
    finally:
        if connection is not None:
            connection.quit()
    return sent, None
