"""``init`` in the blog of any generator, then ``build``, and nothing in between."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.blogs import ADDRESSES, BLOGS, write_blog
from tests.support.programs import PROGRAM, environment, finish


@pytest.mark.parametrize("generator", BLOGS)
def test_a_blog_s_feeds_link_to_where_the_blog_puts_its_posts(
    tmp_path: Path, generator: str
) -> None:
    write_blog(tmp_path, BLOGS[generator])

    made = finish("init", "--no-input", "--json", cwd=tmp_path)
    built = finish("build", "--strict", "--offline", cwd=tmp_path)

    assert json.loads(made.stdout)["generator"] == generator
    assert built.returncode == 0, built.stderr.decode()
    (feed,) = tmp_path.glob("**/feeds/all/feed.json")
    (item,) = json.loads(feed.read_text("utf-8"))["items"]
    assert (item["title"], item["url"]) == ("Hello", ADDRESSES[generator])


def test_settings_and_ignored_files_survive_a_disk_without_room(tmp_path: Path) -> None:
    assert finish("init", "--no-input", cwd=tmp_path).returncode == 0
    ignored, settings = tmp_path / ".gitignore", tmp_path / "feedpub.toml"
    ignored.write_text("# mine\n" * 500)
    before = settings.read_bytes(), ignored.read_bytes()

    done = subprocess.run(
        ["sh", "-c", f"ulimit -f 1; exec {shlex.join(PROGRAM)} --no-input init --force"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 1
    assert "feedpub.toml: " in done.stderr
    assert "make room" in done.stderr
    assert (settings.read_bytes(), ignored.read_bytes()) == before
