from collections.abc import Iterator

import pytest

from feedpub.testing import MemoryStore


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    """What is kept of jobs, in memory."""
    made = MemoryStore()
    yield made
    made.close()
