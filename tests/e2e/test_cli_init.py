"""``init`` in the blog of any generator, then ``build``, and nothing in between."""

import json
from pathlib import Path

import pytest

from tests.support.blogs import ADDRESSES, BLOGS, write_blog
from tests.support.programs import finish


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
