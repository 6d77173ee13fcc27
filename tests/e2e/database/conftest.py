"""A site that was built and changed since, for whoever does something to its database."""

from pathlib import Path

import pytest

from tests.support.generations import write_first, write_second
from tests.support.real_site import RealSite


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> RealSite:
    """A site that was built, and changed since; bodies larger than a page of the database."""
    site = RealSite.create(tmp_path_factory.mktemp("database") / "site", entries=2)
    write_first(site)
    for number in range(6):
        body = f"paragraph {number}. " * 1_500
        site.post(f"long{number}.md", f"Long {number}", date=f"2025-08-0{number + 1}", body=body)
    site.build_well()
    write_second(site)
    return site


@pytest.fixture
def site(template: RealSite, tmp_path: Path) -> RealSite:
    return template.copy(tmp_path / "site")


@pytest.fixture(scope="session")
def wanted(template: RealSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed build publishes."""
    site = template.copy(tmp_path_factory.mktemp("wanted") / "site")
    site.build_well()
    return site.published()
