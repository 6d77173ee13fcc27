"""The same articles give the same bytes, whatever machine, process or order made them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from feedpub.config import load_config
from feedpub.wiring import create_site
from tests.support.blog import Blog
from tests.support.processes import clean_environment
from tests.support.settings import SITE


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of enough articles to be worth several processes."""
    blog = Blog(tmp_path_factory.mktemp("written"))
    for number in range(90):
        blog.write(
            f"{number % 7}/{number:03}.md",
            f"Text {number // 2} with a [link](../{number % 5}/x.html).",
            title=f"Title {number // 2}",
            date=f"2025-{1 + number % 12:02}-{1 + number % 27:02} 08:00:00",
            categories=[[f"c{number % 5}", f"d{number % 3}"], [f"c{number % 4}"]],
            tags=["a", "b", f"t{number % 9}"],
        )
    return blog.place(".")


def build(articles: Path, site: Path, *, jobs: int, seed: int) -> dict[str, bytes]:
    shutil.copytree(articles, site / "articles")
    (site / "feedpub.toml").write_text(f'{SITE}title = "A site"\n[build]\njobs = {jobs}\n')
    create_site(load_config(site / "feedpub.toml", {}))
    subprocess.run(
        [sys.executable, "-m", "feedpub", "-C", str(site), "build"],
        env=clean_environment(PYTHONHASHSEED=str(seed)),
        check=True,
        capture_output=True,
    )
    feeds = site / "feeds"
    return {
        str(path.relative_to(feeds)): path.read_bytes()
        for path in feeds.rglob("*")
        if path.is_file()
    }


def test_jobs_and_hash_seed_change_no_byte(articles: Path, tmp_path: Path) -> None:
    one = build(articles, tmp_path / "one", jobs=1, seed=1)
    two = build(articles, tmp_path / "two", jobs=2, seed=2)

    assert len(one) > 60
    assert one == two
