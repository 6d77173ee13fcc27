from pathlib import Path

import pytest

from tests.support.people import PeopleSite, built_site

__all__ = ["built_site"]


@pytest.fixture
def site(built_site: Path, tmp_path: Path) -> PeopleSite:
    """A site with an empty maildir for what comes back."""
    site = PeopleSite(tmp_path / "site", built_site)
    for name in ("new", "cur", "tmp"):
        (site.config.root / "bounces" / name).mkdir(parents=True)
    return site
