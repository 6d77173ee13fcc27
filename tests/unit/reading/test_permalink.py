from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedpub.reading import Dialect, PermalinkError, expand_permalink, read_article

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2026, 1, 1, 19, 4, 5, tzinfo=UTC)


def expand(
    pattern: str, generator: str, path: str = "_posts/2026-01-02-你好 World.md", **more: object
) -> str:
    options = {"title": "你好, C++ World!", "date": MOMENT, "categories": (("新闻", "AI"),)} | more
    return expand_permalink(pattern, generator=generator, path=path, zone=SHANGHAI, **options)  # type: ignore[arg-type]


NAME = "%E4%BD%A0%E5%A5%BD%20World"
DATED = f"2026-01-02-{NAME}"
DASHED = "%E4%BD%A0%E5%A5%BD-World"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (":year/:month/:day/:title/", f"2026/01/02/{DATED}/"),
        (":year/:i_month/:i_day/:name.html", f"2026/1/2/{DATED}.html"),
        (":category/:title/", f"%E6%96%B0%E9%97%BB/AI/{DATED}/"),
        (":hour:minute:second/:post_title/", "030405/%E4%BD%A0%E5%A5%BD-C-World/"),
        ("https://b.example/p/:title.html", f"https://b.example/p/{DATED}.html"),
        ("posts/:abbrlink/", "posts/4a17b156/"),
    ],
)
def test_hexos_patterns(pattern: str, expected: str) -> None:
    assert expand(pattern, "hexo", fields={"abbrlink": "4a17b156"}) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("pretty", f"%E6%96%B0%E9%97%BB/ai/2026/01/02/{DASHED}/"),
        ("date", f"%E6%96%B0%E9%97%BB/ai/2026/01/02/{DASHED}.html"),
        ("none", f"%E6%96%B0%E9%97%BB/ai/{DASHED}.html"),
        ("ordinal", f"%E6%96%B0%E9%97%BB/ai/2026/002/{DASHED}.html"),
        ("/:short_year/:slug:output_ext", "26/%E4%BD%A0%E5%A5%BD-world.html"),
    ],
)
def test_jekylls_patterns(pattern: str, expected: str) -> None:
    assert expand(pattern, "jekyll") == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/:year/:month/:slug/", "2026/01/%E4%BD%A0%E5%A5%BD-c++-world/"),
        ("/:sections/:contentbasename/", "posts/go/my-post/"),
        ("/:section/:monthname/:slugorcontentbasename/", "posts/january/my-post/"),
        ("/:filename.html", "my-post.html"),
    ],
)
def test_hugos_patterns(pattern: str, expected: str) -> None:
    assert expand(pattern, "hugo", path="content/posts/go/My Post/index.md") == expected


def test_a_slug_of_ones_own_is_taken() -> None:
    for generator, pattern in (("auto", ":title"), ("jekyll", ":title"), ("hugo", ":slug")):
        assert expand(pattern, generator, fields={"slug": "my-slug"}) == "my-slug"


@pytest.mark.parametrize("token", ["title", "slug"])
def test_hexos_slug_is_the_files_name_whatever_the_fields_say(token: str) -> None:
    fields = {"slug": "my-slug"}

    assert expand(f":{token}/", "hexo", path="_posts/a/2014-01-01-b.md", fields=fields) == (
        "a/2014-01-01-b/"
    )


@pytest.mark.parametrize(
    ("generator", "path", "expected"),
    [
        # getzola.org/documentation/content/page
        ("zola", "foo/index.md", "foo/"),
        ("zola", "a/2018-10-10-foo/index.md", "a/foo/"),
        ("zola", "a/2018-10-10_foo.md", "a/foo/"),
        ("zola", "a/foo.md", "a/foo/"),
        # 11ty.dev/docs/permalinks; filePathStem of 11ty.dev/docs/data-eleventy-supplied
        ("eleventy", "foo/index.md", "foo/"),
        ("eleventy", "a/2018-10-10-foo.md", "a/foo/"),
        ("eleventy", "2018-10-10-a/index.md", "2018-10-10-a/"),
        ("eleventy", "a/foo/foo.md", "a/foo/"),
        # docs.astro.build/en/guides/content-collections: the id of an entry
        ("astro", "foo/index.mdx", "foo/"),
        ("astro", "a/2018-10-10-foo.md", "a/2018-10-10-foo/"),
        ("auto", "a/foo/index.md", "a/foo/"),
        ("auto", "a/index-of-all.md", "a/index-of-all/"),
        ("hexo", "foo/index.md", "foo/index/"),
        *((name, "index.md", "") for name in ("eleventy", "astro", "auto")),
    ],
)
def test_a_page_bundle_is_called_as_its_folder(generator: str, path: str, expected: str) -> None:
    assert expand("/:title/", generator, path=path) == expected


@pytest.mark.parametrize("generator", ["zola", "eleventy", "astro", "auto"])
def test_a_file_at_the_root_brings_no_slash_along(generator: str) -> None:
    assert expand("/p-:title/", generator, path="foo.md") == "p-foo/"


def test_a_slug_of_zolas_replaces_the_last_part_only() -> None:
    for path in ("a/foo.md", "a/foo/index.md"):
        assert expand("/:title/", "zola", path=path, fields={"slug": "bar"}) == "a/bar/"


@pytest.mark.parametrize("pattern", [":year/:title/", ":id/"])
def test_a_pattern_that_asks_for_what_is_not_there_says_so(pattern: str) -> None:
    with pytest.raises(PermalinkError, match=r"the permalink pattern needs ':\w+'; add"):
        expand(pattern, "hexo", date=None)


def test_an_article_carries_its_permalink_or_a_warning() -> None:
    dialect = Dialect(zone=SHANGHAI, generator="hexo", permalink=":year/:title/")
    dated = b"---\ndate: 2026-01-02 03:04:05\n---\n"

    assert read_article(dated, path="a.md", dialect=dialect).permalink == "2026/a/"
    undated = read_article(b"x", path="a.md", dialect=dialect)
    assert undated.permalink is None
    assert undated.warnings == ("the permalink pattern needs ':year'; add a 'date'",)


def test_the_pinned_date_fills_the_permalink_in() -> None:
    dialect = Dialect(zone=SHANGHAI, generator="hexo", permalink=":year/:title/")

    article = read_article(b"x", path="a.md", dialect=dialect, published=MOMENT)

    assert article.permalink == "2026/a/"


@pytest.mark.parametrize("nasty", ['"><script>', "a b", "a\nb", "%", "?#", "../../x", "\\"])
def test_nothing_nasty_passes_into_an_address(nasty: str) -> None:
    for generator in ("auto", "hexo", "jekyll", "hugo"):
        address = expand(
            ":title/:slug/", generator, title=nasty, fields={"slug": nasty, "title": nasty}
        )

        assert not set(address) & set('"<> \n?#\\')
