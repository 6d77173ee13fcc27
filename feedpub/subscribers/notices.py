"""Which mails to one person go out."""

from feedpub.model import NoticeKind, SubscriberState
from feedpub.tokens import Action

LINK_KINDS = {
    Action.CONFIRM: NoticeKind.CONFIRM,
    Action.ADDRESS: NoticeKind.ADDRESS,
    Action.EXPORT: NoticeKind.EXPORT,
    Action.ERASE: NoticeKind.ERASE,
}
"""The mail that carries the link of an action that expires."""

COMPLAINED = SubscriberState.COMPLAINED.name.lower()


def may_mail(kind: NoticeKind, state: SubscriberState, suppressed: str | None) -> bool:
    """Return whether a notice may be mailed.

    The answer to a request is mailed to an address that bounced or was erased before, since only
    so can its owner come back; nothing is mailed to somebody who called our mail spam.

    Args:
        kind: Of the mail.
        state: Of the subscriber when it is about to leave.
        suppressed: Why the address that it goes to is suppressed; None if it is not.
    """
    if COMPLAINED in (suppressed, state.name.lower()) or state == SubscriberState.ERASED:
        return False
    if kind == NoticeKind.CONFIRM:
        return True
    if kind == NoticeKind.GOODBYE:
        return state == SubscriberState.UNSUBSCRIBED and suppressed is None
    if kind in (NoticeKind.EXPORT, NoticeKind.ERASE):
        return suppressed is None
    return state == SubscriberState.ACTIVE and (suppressed is None or kind == NoticeKind.ADDRESS)
