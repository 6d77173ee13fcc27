from pathlib import Path

import pytest

from tests.support.people import PeopleSite, built_site

__all__ = ["built_site"]


@pytest.fixture
def site(built_site: Path, tmp_path: Path) -> PeopleSite:
    """A site with subscribers, categories and a clock that stands still."""
    return PeopleSite(tmp_path / "site", built_site)
