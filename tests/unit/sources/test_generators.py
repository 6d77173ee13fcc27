"""A blog is recognised by its configuration, and what that says is taken over."""

from pathlib import Path

import pytest

from feedpub.sources.generators import GENERATORS, Blog, detect_blog
from tests.support.blogs import BLOGS, write_blog

EXPECTED: dict[str, Blog] = {
    "hexo": Blog("hexo", "_config.yml", "source/_posts", title="纸上谈兵",
             url="https://blog.example.cn/child/", zone="Asia/Shanghai", language="zh-CN",
             permalink=":year/:month/:day/:title/", author="张三", description="一个博客"),
    "jekyll": Blog("jekyll", "_config.yml", "_posts", title="Notes",
             url="https://ann.example.cn/notes/", zone="Europe/London", language="en-GB",
             permalink="/:categories/:year/:month/:day/:title/", author="Ann",
             description="two lines"),
    "hugo": Blog("hugo", "hugo.toml", "content/posts", title="H", url="https://hugo.example.cn/",
             zone="Asia/Tokyo", language="en-us", permalink="/posts/:year/:slug/", author="B",
             description="D", exclude=("_index*", "*/_index*"), public="static"),
    "zola": Blog("zola", "config.toml", "content/blog", title="Z", url="https://zola.example.cn/",
             language="de", permalink="blog/:title/", author="C",
             exclude=("_index*", "*/_index*"), public="static"),
    "astro": Blog("astro", "astro.config.mjs", "src/content/blog", title="Astro's blog",
             url="https://astro.example.cn/docs/", permalink="blog/:title/", description="about",
             public="public"),
    "eleventy": Blog("eleventy", "eleventy.config.js", "content/blog", title="Eleventy",
             url="https://eleven.example.cn/", language="en", permalink="blog/:title/",
             author="E",
             public="public"),
    "pelican": Blog("pelican", "pelicanconf.py", "content", title="Pel",
             url="https://pelican.example.cn/", zone="Europe/Rome", language="it",
             permalink="posts/:year/:month/:title/", author="P", exclude=("pages/*",)),
    "nikola": Blog("nikola", "conf.py", "blog", title="Nik", url="https://nikola.example.cn/",
             zone="Asia/Shanghai", language="zh_cn", permalink="journal/:title/", author="N",
             public="files"),
}  # fmt: skip


@pytest.mark.parametrize("generator", EXPECTED)
def test_a_blog_is_recognised_and_read(tmp_path: Path, generator: str) -> None:
    write_blog(tmp_path, BLOGS[generator])

    assert detect_blog(tmp_path) == EXPECTED[generator]
    assert detect_blog(tmp_path, generator) == EXPECTED[generator]


def test_there_is_a_case_for_every_generator() -> None:
    assert set(EXPECTED) == set(BLOGS) == set(GENERATORS)


def test_an_empty_folder_is_no_blog(tmp_path: Path) -> None:
    assert detect_blog(tmp_path) is None


def test_a_blog_is_not_taken_for_one_of_another_generator(tmp_path: Path) -> None:
    write_blog(tmp_path, BLOGS["hexo"])

    assert detect_blog(tmp_path, "jekyll") is None


@pytest.mark.parametrize(
    "url", ["http://example.com", "https://www.example.org/", "http://localhost:4000", "", "/"]
)
def test_the_address_that_a_generator_comes_with_is_none(tmp_path: Path, url: str) -> None:
    write_blog(tmp_path, {"_config.yml": f"title: T\nurl: '{url}'\n", "scaffolds/post.md": ""})

    blog = detect_blog(tmp_path)

    assert blog is not None
    assert blog.url == ""


BROKEN = {
    "hexo": {"_config.yml": "a: [\n\tb: !!x", "source/_posts/a.md": ""},
    "hugo": {"hugo.toml": "= nothing", "content/a.md": ""},
    "pelican": {"pelicanconf.py": "def (", "content/a.md": ""},
    "astro": {"astro.config.mjs": "\x00\ufffd{{{"},
    "jekyll": {"_config.yml": "title: " + "[" * 600, "_posts/a.md": ""},
}


@pytest.mark.parametrize("generator", BROKEN)
def test_a_broken_configuration_still_names_the_generator(tmp_path: Path, generator: str) -> None:
    write_blog(tmp_path, BROKEN[generator])

    blog = detect_blog(tmp_path)

    assert blog is not None
    assert (blog.generator, blog.title, blog.url) == (generator, "", "")


def test_a_program_is_read_and_never_run(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\nSITENAME = 'S'\nSITEURL = str(1/0)\n"
    write_blog(tmp_path, {"pelicanconf.py": trap})

    blog = detect_blog(tmp_path)

    assert blog is not None
    assert blog.title == "S"
    assert not (tmp_path / "ran").exists()


def test_a_title_that_would_move_the_cursor_is_made_harmless(tmp_path: Path) -> None:
    write_blog(tmp_path, {"_config.yml": 'title: "a\\e[2Jb\\nc"\n', "scaffolds/post.md": ""})

    blog = detect_blog(tmp_path)

    assert blog is not None
    assert blog.title == "a[2Jb c"


def test_a_nikola_blog_without_posts_setting_has_the_usual_folder(tmp_path: Path) -> None:
    write_blog(tmp_path, {"conf.py": "BLOG_TITLE = 'N'\nPRETTY_URLS = False\n"})

    blog = detect_blog(tmp_path)

    assert blog is not None
    assert (blog.articles, blog.permalink) == ("posts", "posts/:title.html")


@pytest.mark.parametrize(
    ("config", "permalink"),
    [
        ("", "/posts/:sections/:slugorcontentbasename/"),
        ('[permalinks]\nposts = "/:sections[1:]/:slug/"', "/posts/:sections/:slug/"),
        ('[permalinks.page]\nposts = "/:year/:slug/"', "/:year/:slug/"),
    ],
)
def test_a_hugo_pattern_begins_with_its_section(
    tmp_path: Path, config: str, permalink: str
) -> None:
    write_blog(
        tmp_path, {"hugo.toml": f"baseURL = 'https://h.cn/'\n{config}", "content/posts/a.md": ""}
    )

    blog = detect_blog(tmp_path)

    assert blog is not None
    assert blog.permalink == permalink


DEFAULTS = """
defaults:
- scope: {path: ''}
  values: {layout: post}
- scope: {path: '', type: posts}
  values: {permalink: /posts/:title/}
- scope: {path: '', type: tabs}
  values: {permalink: /:title/}
"""


@pytest.mark.parametrize(
    "config",
    [
        DEFAULTS,
        "collections: {posts: {permalink: /posts/:title/}}\n",
        "defaults: nonsense\npermalink: /posts/:title/\n",
    ],
)
def test_jekyll_s_defaults_for_posts_are_looked_at(tmp_path: Path, config: str) -> None:
    write_blog(tmp_path, {"_config.yml": f"baseurl: ''\n{config}", "_posts/a.md": ""})

    blog = detect_blog(tmp_path)

    assert blog is not None
    assert blog.permalink == "/posts/:title/"
