"""Which mails to one person go out."""

import pytest

from feedpub.model import NoticeKind as Kind
from feedpub.model import SubscriberState as State
from feedpub.subscribers.notices import may_mail


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", State)
def test_nothing_is_mailed_to_who_called_our_mail_spam(kind: Kind, state: State) -> None:
    assert not may_mail(kind, state, "complained")
    assert not may_mail(kind, State.COMPLAINED, None)


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_mailed_to_who_was_erased_meanwhile(kind: Kind) -> None:
    assert not may_mail(kind, State.ERASED, None)


@pytest.mark.parametrize("suppressed", [None, "bounced", "erased"])
def test_a_request_is_answered_where_mail_came_back_before(suppressed: str | None) -> None:
    assert may_mail(Kind.CONFIRM, State.BOUNCED, suppressed)
    assert may_mail(Kind.CONFIRM, State.PENDING, suppressed)
    assert may_mail(Kind.ADDRESS, State.ACTIVE, suppressed)


@pytest.mark.parametrize("kind", [Kind.WELCOME, Kind.GOODBYE, Kind.ALREADY, Kind.EXPORT])
def test_nothing_else_is_mailed_where_mail_came_back(kind: Kind) -> None:
    assert not may_mail(kind, State.ACTIVE, "bounced")


def test_a_goodbye_is_for_those_who_are_still_gone() -> None:
    assert may_mail(Kind.GOODBYE, State.UNSUBSCRIBED, None)
    assert not may_mail(Kind.GOODBYE, State.ACTIVE, None)


def test_a_welcome_is_for_those_who_are_still_there() -> None:
    assert may_mail(Kind.WELCOME, State.ACTIVE, None)
    assert not may_mail(Kind.WELCOME, State.UNSUBSCRIBED, None)
