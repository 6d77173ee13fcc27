import pytest

from feedpub.digest.plan import Plan
from feedpub.messages import Sender
from feedpub.model import Issue
from feedpub.tokens import Signer
from tests.support import mails


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer(b"a secret of tests")


@pytest.fixture(scope="session")
def sender() -> Sender:
    return mails.SENDER


@pytest.fixture(scope="session")
def webless() -> Sender:
    return mails.WEBLESS


@pytest.fixture(scope="session")
def issue() -> Issue:
    return mails.ISSUE


@pytest.fixture(scope="session")
def plan() -> Plan:
    return mails.PLAN
