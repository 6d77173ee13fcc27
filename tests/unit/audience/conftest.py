import pytest

from tests.support.audience import House


@pytest.fixture
def house() -> House:
    """Subscribers of a site with some categories; nobody is there yet."""
    return House()
