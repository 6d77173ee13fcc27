"""What every test may ask for."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.bytecode import compile_package, import_share
from tests.support.compiled import compile_once
from tests.support.coverage_data import remove_broken
from tests.support.memory import use_memory
from tests.support.order import deal_out, find_group
from tests.support.postgres import REASON, Cluster, find_binaries

if TYPE_CHECKING:
    from tests.support.bucket import Bucket

# A shell that starts the tests in the background has them ignore Ctrl-C, and with them every
# program that they start, to press it on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).resolve().parent.parent
# What these test is a process of its own, or counted by the unit tests, too.
_NOT_COUNTED = ("bench", "corpus", "e2e")

# Tests share two cores, so no example has a deadline; a test that must be fast counts its work.
settings.register_profile("default", deadline=None, max_examples=100)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=100,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", deadline=None, max_examples=5_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files; then read the diff"
    )


def pytest_configure(config: pytest.Config) -> None:
    use_memory()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_package(REPOSITORY / "feedpub")
    compile_once()
    # HYPOTHESIS_PROFILE=thorough pytest ...; CI must not fail by chance.
    settings.load_profile(
        os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    import_share(session.config)


def pytest_xdist_auto_num_workers() -> int:
    """Run twice as many processes as there are cores: half of them wait for a server or a child."""
    from feedpub.workers import count_cores

    return 2 * count_cores()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of the coverage who would only be slow: to count takes as long as the test."""
    folders = [REPOSITORY / "tests" / name for name in _NOT_COUNTED]
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker("no_cover")
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if count > 1:
        units = REPOSITORY / "tests" / "unit"
        short = [item for item in items if item.path.is_relative_to(units)]
        known = set(short)
        long = [(find_group(item.path), item) for item in items if item not in known]
        items[:] = deal_out(long, short, count)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    """Take away what killed processes left of their coverage, before all of it is read."""
    result = yield
    remove_broken(REPOSITORY)
    return result


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder ``shared`` beside the checkout: articles of others, which the project may not ship."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("needs the folder 'shared' beside the checkout")
    return folder


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten instead of compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server of PostgreSQL, one for each process of the tests."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(REASON)
    made = Cluster(binaries)
    yield made
    made.remove()


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """Address of a new site's database on that server."""
    url = cluster.create()
    yield url
    cluster.drop(url)


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Address of a store that speaks S3, one for each process of the tests."""
    from tests.support.bucket import run_store

    with run_store() as address:
        yield address


@pytest.fixture
def bucket(object_store: str, monkeypatch: pytest.MonkeyPatch) -> "Bucket":
    """An empty bucket, and the credentials for it in the environment."""
    from tests.support.bucket import CREDENTIALS, make_bucket

    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return make_bucket(object_store)
