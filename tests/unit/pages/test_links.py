"""Links between published files."""

from urllib.parse import quote, unquote, urljoin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feedpub.pages.links import link_between, web_url

BASE = "https://blog.example/feeds/"
NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=8
).filter(lambda name: name not in {".", ".."})
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@given(PATHS, PATHS)
def test_a_relative_link_always_leads_where_it_should(page: str, target: str) -> None:
    assume(not page.startswith(f"{target}/"))  # a file is no folder

    link = link_between(page, target)

    assert unquote(urljoin(BASE + quote(page), link)) == BASE + target


@pytest.mark.parametrize(
    ("page", "target", "link"),
    [
        ("index.html", "all/index.html", "all/index.html"),
        ("a/b/index.html", "a/b/rss.xml", "rss.xml"),
        ("a/b/index.html", "a/index.html", "../index.html"),
        ("articles/x.html", "media/中.jpg", "../media/%E4%B8%AD.jpg"),
        ("index.html", "javascript:x", "javascript%3Ax"),
    ],
)
def test_a_link_is_as_short_as_it_can_be(page: str, target: str, link: str) -> None:
    assert link_between(page, target) == link


@pytest.mark.parametrize("url", ["https://a.example/", "http://a.example/x?y#z"])
def test_a_web_address_is_kept(url: str) -> None:
    assert web_url(url) == url


@pytest.mark.parametrize(
    "url", ["", "javascript:x", "mailto:a@b.example", "https:x", "/x", "http://["]
)
def test_any_other_address_is_dropped(url: str) -> None:
    assert web_url(url) == ""
