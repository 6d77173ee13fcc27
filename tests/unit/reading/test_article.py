import pickle
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from feedpub.model import DateKind, ReadArticle
from feedpub.reading import is_article_name, why_no_article

Read = Callable[..., ReadArticle]


def post(fields: str, body: str = "body") -> str:
    return f"---\n{fields}\n---\n{body}"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("'a &#123;b&#125;'", "a {b}"),
        ("'R&amp;D &lt; 3'", "R&D < 3"),
        ("List<String> &amp; Map<K, V>", "List<String> & Map<K, V>"),
        ("'a <b>bold</b> <em class=x>word</em>'", "a bold word"),
        ("'&lt;script&gt;alert(1)&lt;/script&gt; x'", "alert(1) x"),
        ("'<scr<b>ipt>x'", "x"),
        ("'  many   blanks  '", "many blanks"),
        ("|\n  three\n  lines\n  long", "three lines long"),
        ('"a\\u0000b\\x0bc"', "abc"),
        ("🥇　全角", "🥇 全角"),
        ("'" + "长" * 1200 + "'", "长" * 999 + "…"),
        ("'<br>'", "a-post"),
        ("''", "a-post"),
        ("", "a-post"),
        ("null", "a-post"),
        ("{a: b}", "{a: b}"),
    ],
)
def test_a_title_is_one_plain_line(read: Read, title: str, expected: str) -> None:
    assert read(post(f"title: {title}")).title == expected


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("posts/2021-03-04-a-b.md", "a-b"),
        ("2017-2-5-zeroes.md", "zeroes"),
        ("2021-03-04.md", "2021-03-04"),
        ("my-trip/index.md", "my-trip"),
        ("index.md", "index"),
        ("中文.md", "中文"),
    ],
)
def test_without_a_title_the_name_of_the_file_is_it(read: Read, path: str, title: str) -> None:
    assert read("body", path=path).title == title


@pytest.mark.parametrize("path", ["_posts/2021-03-04-a.md", "2021-03-04_a.rst", "x/2021-3-4-a.md"])
def test_without_a_date_the_day_in_the_files_name_is_it(read: Read, path: str) -> None:
    article = read("body", "jekyll", path=path)

    assert (article.date, article.date_kind) == (
        datetime(2021, 3, 3, 16, tzinfo=UTC),
        DateKind.NAIVE,
    )


def test_a_field_wins_over_the_files_name(read: Read) -> None:
    article = read(post("date: 2022-01-01T00:00:00Z"), path="2021-03-04-a.md")

    assert article.date == datetime(2022, 1, 1, tzinfo=UTC)


def test_an_invalid_date_is_missing_and_warns(read: Read) -> None:
    article = read(post("date: Invalid Date"))

    assert (article.date, article.date_kind) == (None, DateKind.MISSING)
    assert article.warnings[0].startswith("line 2: 'Invalid Date' is no date;")


def test_an_unreadable_update_only_warns(read: Read) -> None:
    article = read(post("updated: soon"))

    assert article.updated is None
    assert "'soon' is no date" in article.warnings[0]


@pytest.mark.parametrize(
    ("generator", "fields", "attribute"),
    [
        ("astro", "pubDate: 'Jul 08 2022'", "date"),
        ("hugo", "date: 2020-01-01\npublishDate: 2022-07-08", "date"),
        ("jekyll", "last_modified_at: 2022-07-08", "updated"),
        ("hugo", "lastmod: 2022-07-08", "updated"),
        ("pelican", "Modified: 2022-07-08", "updated"),
        ("hugo", "expiryDate: 2022-07-08", "expires"),
    ],
)
def test_each_generators_dates_are_found(
    read: Read, generator: str, fields: str, attribute: str
) -> None:
    assert getattr(read(post(fields), generator), attribute) == datetime(2022, 7, 7, 16, tzinfo=UTC)


CATEGORIES = {
    "hexo list is a path": ("hexo", "categories: [a, b, c]", [("a", "b", "c")]),
    "hexo lists of lists": ("hexo", "categories: [[a, b], [c], d]", [("a", "b"), ("c",), ("d",)]),
    "hexo string": ("hexo", "categories: a b", [("a b",)]),
    "hexo number": ("hexo", "categories: 2013", [("2013",)]),
    "hexo null": ("hexo", "categories:", []),
    "hexo item with a colon": ("hexo", "categories:\n- 新浪: 财经\n- b", [("新浪: 财经", "b")]),
    "hexo nulls and blanks": ("hexo", "categories: [a, null, '', b]", [("a", "b")]),
    "rsshub": ("rsshub", "categories: \n - 新媒体\n - 新闻", [("新媒体", "新闻")]),
    "hexo entities": ("hexo", "categories: ['a &amp; b']", [("a & b",)]),
    "jekyll list": ("jekyll", "categories: [a, b, a]", [("a",), ("b",)]),
    "jekyll string": ("jekyll", "categories: a b", [("a",), ("b",)]),
    "jekyll category": ("jekyll", "category: a b\ncategories: c", [("a b",), ("c",)]),
    "hugo": ("hugo", "categories: [a, b]", [("a",), ("b",)]),
    "eleventy with commas": ("eleventy", "categories: a, b", [("a",), ("b",)]),
    "zola": ("zola", "taxonomies:\n  categories: [a]\n  tags: [x]", [("a",)]),
    "nikola hierarchy": ("nikola", "category: a/b", [("a", "b")]),
    "pelican": ("pelican", "Category: a, b", [("a, b",)]),
}


@pytest.mark.parametrize(("generator", "fields", "paths"), CATEGORIES.values(), ids=CATEGORIES)
def test_categories_are_each_generators(
    read: Read, generator: str, fields: str, paths: list[tuple[str, ...]]
) -> None:
    assert list(read(post(fields), generator).categories) == paths


def test_a_source_may_say_what_a_list_of_categories_is(read: Read) -> None:
    fields = post("categories: [a, b]")

    assert read(fields, "hexo", categories="several").categories == (("a",), ("b",))
    assert read(fields, "hugo", categories="path").categories == (("a", "b"),)


def test_jekyll_and_pelican_take_categories_from_folders(read: Read) -> None:
    jekyll = read(post("categories: b"), "jekyll", path="a/_posts/2021-01-01-x.md")
    pelican = read("Title: x\n\nbody", "pelican", path="news/x.md")

    assert (jekyll.categories, pelican.categories) == ((("a",), ("b",)), (("news",),))


@pytest.mark.parametrize(
    ("generator", "fields", "tags"),
    [
        ("hexo", "tags: [a, b, a]", ("a", "b")),
        ("hexo", "tags: a b", ("a b",)),
        ("jekyll", "tag: a b\ntags: c d", ("a", "b", "c", "d"))
        and ("jekyll", "tags: c d", ("c", "d")),
        ("pelican", "Tags: a; b", ("a", "b")),
        ("nikola", "tags: a, b", ("a", "b")),
        ("zola", "taxonomies:\n  tags: [x]", ("x",)),
        ("eleventy", "tags: a", ("a",)),
    ],
)
def test_tags_are_each_generators(
    read: Read, generator: str, fields: str, tags: tuple[str, ...]
) -> None:
    assert read(post(fields), generator).tags == tags


@pytest.mark.parametrize(
    ("fields", "authors"),
    [
        ("author: 喜马拉雅 - 专辑", ("喜马拉雅 - 专辑",)),
        ("author: {name: Ben, email: ben@example.org}", ("Ben",)),
        ("author: [a, {name: b}, a]", ("a", "b")),
        ("authors: 'First, A.; Second, B.'", ("First, A.", "Second, B.")),
        ("authors: a, b", ("a", "b")),
        ("author: '<script>x</script>'", ("x",)),
        ("author:", ()),
    ],
)
def test_authors_are_names(read: Read, fields: str, authors: tuple[str, ...]) -> None:
    assert read(post(fields)).authors == authors


COVERS = {
    "cover": ("cover: /a.png", "/a.png"),
    "cover false": ("cover: false\nthumbnail: /a.png", None),
    "cover true is Matery's carousel": ("cover: true\nimg: /a.png", "/a.png"),
    "cover empty": ('cover: ""\nimage: /a.png', "/a.png"),
    "thumbnail null": ("thumbnail: \nheadimg: /a.png", "/a.png"),
    "Fluid": ("index_img: /a.png", "/a.png"),
    "Butterfly's colour": ("cover: '#fff'\ntop_img: /a.png", "/a.png"),
    "gradient": ("top_img: linear-gradient(20deg, #fff, #000)", None),
    "Matery": ("coverImg: /a.png", "/a.png"),
    "header-img": ("header-img: /a.png", "/a.png"),
    "photos": ("photos: [/a.png, /b.png]", "/a.png"),
    "Jekyll": ("image: {path: /a.png, alt: x}", "/a.png"),
    "Hugo": ("images: [/a.png]", "/a.png"),
    "PaperMod": ("cover: {image: /a.png, hidden: false}", "/a.png"),
    "Minimal Mistakes": ("header: {teaser: /a.png}", "/a.png"),
    "Zola": ("extra: {cover: /a.png}", "/a.png"),
    "Astro": ("heroImage: ../../a.png", "../../a.png"),
    "placeholder": ("thumbnail: 'https://picsum.photos/400/300?random=7'", None),
    "placeholder, then a picture": ("headimg: https://PICSUM.photos/1\nimage: /a.png", "/a.png"),
    "undefined": ("thumbnail: 'https://x.example/undefined'", None),
    "null": ("thumbnail: 'null'", None),
    "no scheme of pictures": ("thumbnail: 'javascript:alert(1)//.png'", None),
    "data": ("thumbnail: 'data:image/png;base64,AA'", None),
    "address within an address": (
        "thumbnail: 'https://c.example/?http://i.example/a.jpg'",
        "https://c.example/?http://i.example/a.jpg",
    ),
    "brace": ("thumbnail: 'https://i.example/&#123;a&#125;.jpg'", "https://i.example/{a}.jpg"),
}


@pytest.mark.parametrize(("fields", "picture"), COVERS.values(), ids=COVERS)
def test_the_picture_is_found_in_every_themes_field(
    read: Read, fields: str, picture: str | None
) -> None:
    assert read(post(fields)).thumbnail == picture


def test_placeholders_can_be_set(read: Read) -> None:
    article = read(post("cover: https://i.example/default/a.png"), placeholders=("/default/",))

    assert article.thumbnail is None


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ("title: x", "source/_drafts/a.md"),
        ("published: false", "a.md"),
        ("draft: true", "a.md"),
        ("Status: Draft", "a.md"),
        ("status: hidden", "a.md"),
        ("headless: true", "a.md"),
        ("eleventyExcludeFromCollections: true", "a.md"),
    ],
)
def test_a_draft_is_known_by_folder_or_field(read: Read, fields: str, path: str) -> None:
    assert read(post(fields), path=path).draft


@pytest.mark.parametrize("fields", ["draft: false", "published: true", "status: published", "a: b"])
def test_what_is_no_draft_is_published(read: Read, fields: str) -> None:
    assert not read(post(fields), path="my_drafts/a.md").draft


@pytest.mark.parametrize(
    ("value", "protected"),
    [("secret", True), ("0", True), ("[a]", True), ("", False), ("''", False), ("false", False)],
)
def test_an_article_with_a_password_is_protected(read: Read, value: str, protected: bool) -> None:
    assert read(post(f"password: {value}")).protected is protected


@pytest.mark.parametrize(
    ("path", "generator", "fields", "language"),
    [
        ("a.md", "hexo", "lang: zh_CN", "zh-CN"),
        ("a.zh.md", "hugo", "a: b", "zh"),
        ("a.zh-cn.md", "zola", "a: b", "zh-cn"),
        ("notes.js.md", "hugo", "a: b", None),
        ("a.zh.md", "hexo", "a: b", None),
        ("a.md", "hexo", "lang: 中文", None),
    ],
)
def test_the_language_is_a_field_or_a_suffix(
    read: Read, path: str, generator: str, fields: str, language: str | None
) -> None:
    assert read(post(fields), generator, path=path).language == language


@pytest.mark.parametrize(
    ("generator", "fields", "summary"),
    [
        ("hexo", "excerpt: a <b>b</b>\ndescription: c", "a b"),
        ("jekyll", "excerpt: a\ndescription: c", "c"),
        ("hugo", "description: ''", None),
    ],
)
def test_the_authors_own_summary_is_plain(
    read: Read, generator: str, fields: str, summary: str | None
) -> None:
    assert read(post(fields), generator).summary == summary


@pytest.mark.parametrize(
    ("generator", "fields", "url"),
    [
        ("hexo", "link: https://x.example/a?b=c", "https://x.example/a?b=c"),
        ("jekyll", "permalink: /a/b/", "/a/b/"),
        ("hugo", "url: a/b.html", "a/b.html"),
        ("zola", "path: a-b", "a-b"),
        ("eleventy", "permalink: false", None),
        ("eleventy", "permalink: '/{{ page.fileSlug }}/'", None),
        ("jekyll", "permalink: /:title/", None),
        ("hexo", "link: javascript:alert(1)", None),
        ("hexo", "link: 'mailto:a@example.org'", None),
    ],
)
def test_the_address_is_a_field_where_it_is_one(
    read: Read, generator: str, fields: str, url: str | None
) -> None:
    assert read(post(fields), generator).url == url


def test_guid_and_digest_are_read(read: Read) -> None:
    article = read(post("id: 42\nguid: urn:x\ndigest: Lead"))

    assert (article.guid, article.digest) == ("urn:x", "lead")
    assert read(post("digest: maybe")).warnings
    assert read(post("digest: false")).digest == "no"


def test_names_of_fields_have_no_case_and_no_dashes(read: Read) -> None:
    assert read(post("Title: a\nHEADER_IMG: /a.png")).thumbnail == "/a.png"


class TestContentHash:
    def test_changes_with_title_and_body(self, read: Read) -> None:
        first = read(post("title: a", "body")).content_hash

        assert len(first) == 16
        assert read(post("title: b", "body")).content_hash != first
        assert read(post("title: a", "bodies")).content_hash != first

    def test_a_new_crawl_changes_nothing(self, read: Read) -> None:
        body = '<img src="https://picsum.photos/400/300?random={}">'
        first = read(post("title: a\ndate: 2021-01-01 00:00:00", body.format(1)))
        again = read(post("title: a\ndate: 2022-01-01 00:00:00", body.format(2)))

        assert again.content_hash == first.content_hash

    def test_the_way_a_file_is_saved_changes_nothing(self, read: Read) -> None:
        text = post("title: 标题", "一\n二\n")

        assert (
            len(
                {
                    read(form).content_hash
                    for form in (
                        text,
                        "\ufeff" + text,
                        text.replace("\n", "\r\n"),
                        text.strip(),
                        "\n" + text,
                        text.replace("标题", "'标题'"),
                    )
                }
            )
            == 1
        )


def test_an_article_crosses_between_processes(read: Read) -> None:
    article = read(post("title: a"))

    assert pickle.loads(pickle.dumps(article)) == article


@pytest.mark.parametrize(
    "name",
    ["a.md", "b.MARKDOWN", "c.mdx", "d.html", "e.htm", "f.txt", "g.text", "h.rst", "index.md"],
)
def test_these_files_are_articles(name: str) -> None:
    assert is_article_name(name)
    assert why_no_article(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".a.md", "hidden"),
        ("~a.md", "temporary"),
        ("a.md~", "not an article"),
        ("_index.md", "section page"),
        ("_index.zh.md", "section page"),
        ("a.csv", "CSV"),
        ("a.xml", "XML"),
        ("a.json", "JSON"),
        ("a.njk", "template"),
        ("a.11tydata.js", "JavaScript"),
        ("a.meta", "headers"),
        ("README", "another kind"),
    ],
)
def test_these_files_are_none_for_a_reason(name: str, reason: str) -> None:
    assert not is_article_name(name)
    assert reason in (why_no_article(name) or "")
