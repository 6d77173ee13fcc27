"""A site with a newsletter that nobody has subscribed to yet."""

import subprocess
from pathlib import Path

import pytest

from tests.support.real_site import RealSite
from tests.support.subscribers import Run

NEWSLETTER = """
[newsletter]
weekly = "Fri 09:00"
daily = "07:30"
from = "News <news@example.com>"
postal_address = "1 Street, Town"
"""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> RealSite:
    """A site with some categories and a newsletter."""
    site = RealSite.create(tmp_path_factory.mktemp("subscribers") / "site")
    with (site.root / "feedpub.toml").open("a") as file:
        file.write(NEWSLETTER)
    for name, categories in (("town", "[News, Town]"), ("food", "[生活, 美食]")):
        site.post(f"{name}.md", name, date="2026-01-02 09:00", categories=categories)
    site.build_well()
    return site


@pytest.fixture
def site(template: RealSite, tmp_path: Path) -> RealSite:
    return template.copy(tmp_path / "site")


@pytest.fixture
def run(site: RealSite) -> Run:
    def run(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        return site.run("subscribers", *words, **options)  # type: ignore[arg-type]

    return run
