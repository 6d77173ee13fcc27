"""One message by itself, outside of any ledger: a test, as often as somebody asks for it."""

from feedpub.errors import MailerRefusedError
from feedpub.model import Message
from feedpub.ports.mailing import Mailer, Reply


def send_one(mailer: Mailer, message: Message) -> None:
    """Send a message, and wait until it is accepted.

    Raises:
        MailerError: No connection is to be had.
        MailerRefusedError: It was not accepted.
    """
    connection = mailer.connect()
    try:
        reply = connection.offer(message) or connection.finish()
        if not _is_accepted(reply):
            raise MailerRefusedError(
                f"the mail was not accepted ({reply.code or 'no reply'} {reply.text}); see what"
                " 'feedpub doctor --smtp' says"
            )
    finally:
        connection.quit()


def _is_accepted(reply: Reply) -> bool:
    return reply.code // 100 == 2
