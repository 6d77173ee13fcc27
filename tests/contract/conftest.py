from collections.abc import Iterator

import pytest

from tests.support.bucket import CREDENTIALS, Bucket, make_bucket, run_store


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Address of a store that speaks S3."""
    with run_store() as address:
        yield address


@pytest.fixture
def bucket(object_store: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, and the credentials for it in the environment."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return make_bucket(object_store)
