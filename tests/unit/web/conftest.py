from pathlib import Path

import pytest

from tests.support.people import PeopleSite


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was built; for copies."""
    root = tmp_path_factory.mktemp("built")
    PeopleSite(root)
    return root


@pytest.fixture
def site(built_site: Path, tmp_path: Path) -> PeopleSite:
    """A site with subscribers, categories and a clock that stands still."""
    return PeopleSite(tmp_path / "site", built_site)
