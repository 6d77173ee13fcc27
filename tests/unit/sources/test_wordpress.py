"""Posts of WordPress exports."""

import io
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.errors import ExportError
from feedpub.reading.writing import Manuscript
from feedpub.sources.exports.mending import Mended
from feedpub.sources.exports.wordpress_text import render_wordpress
from tests.support.exports import read_export, write_zip, wxr, wxr_item


def read(tmp_path: Path, text: str | bytes, **options: object) -> list[Manuscript]:
    path = tmp_path / "export.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    entries, _ = read_export("wordpress", path, **options)  # type: ignore[arg-type]
    return [entry.manuscript for entry in entries]


def test_a_post_is_read_with_all_that_feeds_show(tmp_path: Path) -> None:
    terms = (
        '<category domain="category" nicename="tech"><![CDATA[Tech]]></category>'
        '<category domain="post_tag" nicename="rss">RSS</category>'
        '<category domain="post_format" nicename="aside">Aside</category>'
    )
    author = (
        "<wp:author><wp:author_login>ann</wp:author_login>"
        "<wp:author_display_name>Ann Lee</wp:author_display_name></wp:author>"
    )
    item = wxr_item(7, terms=terms, excerpt="<p>In short.</p>", title="Tom &amp; Jerry")

    (post,) = read(tmp_path, wxr(item, channel=author))

    assert post == Manuscript(
        title="Tom & Jerry",
        body="<p>Text of post 7.</p>",
        date=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        id="https://old.example/?p=7",
        link="https://old.example/7/",
        categories=(("Tech",),),
        tags=("RSS",),
        authors=("Ann Lee",),
        summary="In short.",
    )


def test_a_category_is_the_path_of_its_parents(tmp_path: Path) -> None:
    def define(slug: str, name: str, parent: str) -> str:
        return (
            f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename>"
            f"<wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{name}</wp:cat_name>"
            "</wp:category>"
        )

    channel = define("inner", "内", "outer") + define("outer", "外", "") + define("x", "X", "x")
    terms = (
        '<category domain="category" nicename="inner">内</category>'
        '<category domain="category" nicename="x">X</category>'
    )

    (post,) = read(tmp_path, wxr(wxr_item(terms=terms), channel=channel))

    assert post.categories[0] == ("外", "内")
    assert set(post.categories[1]) == {"X"}  # its own parent: no endless path


def test_the_attachment_that_a_post_names_is_its_picture(tmp_path: Path) -> None:
    meta = (
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value>"
        "</wp:postmeta>"
    )
    picture = wxr_item(
        9, type="attachment", status="inherit",
        meta="<wp:attachment_url>/files/a.jpg</wp:attachment_url>",
    )  # fmt: skip

    (post,) = read(tmp_path, wxr(wxr_item(1, meta=meta), picture))

    assert post.thumbnail == "https://old.example/files/a.jpg"


@pytest.mark.parametrize("status", ["draft", "pending", "auto-draft"])
def test_a_draft_is_a_draft(tmp_path: Path, status: str) -> None:
    (post,) = read(tmp_path, wxr(wxr_item(status=status)))

    assert post.draft


@pytest.mark.parametrize(
    "given", [{"status": "private"}, {"password": "secret"}, {"status": "inherit"}]
)
def test_what_is_not_for_everybody_is_protected_and_its_text_left_out(
    tmp_path: Path, given: dict[str, str]
) -> None:
    (post,) = read(tmp_path, wxr(wxr_item(content="hush", excerpt="hush", **given)))

    assert (post.protected, post.body, post.summary) == (True, "", None)


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("<p>Just a note.</p>", "Just a note."),
        ("<!-- wp:paragraph --><p>Note</p><!-- /wp:paragraph -->", "Note"),
        ("word " * 40, "word " * 11 + "word…"),
        ("<img src='a.jpg'>", ""),
    ],
)
def test_a_note_without_a_title_is_called_by_its_first_words(
    tmp_path: Path, content: str, title: str
) -> None:
    (post,) = read(tmp_path, wxr(wxr_item(title="", content=content)))

    assert post.title == title


def test_pages_are_articles_where_the_site_says_so(tmp_path: Path) -> None:
    text = wxr(wxr_item(1), wxr_item(2, type="page"), wxr_item(3, type="nav_menu_item"))

    assert [post.title for post in read(tmp_path, text)] == ["Post 1"]
    assert [post.title for post in read(tmp_path, text, pages=True)] == ["Post 1", "Post 2"]


def test_types_that_a_plugin_made_are_counted_and_told(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text(wxr(wxr_item(1, type="recipe"), wxr_item(2, type="recipe")))

    entries, unread = read_export("wordpress", path)

    assert entries == []
    assert [one.reason for one in unread] == [
        "items of the type 'recipe': 2; only posts and pages are articles"
    ]


def test_a_copy_with_the_guid_of_its_model_gets_an_id_of_its_own(tmp_path: Path) -> None:
    posts = read(tmp_path, wxr(wxr_item(1), wxr_item(2, guid="https://old.example/?p=1")))

    assert [post.id for post in posts] == [
        "https://old.example/?p=1",
        "https://old.example/?p=1#2",
    ]


def test_links_go_to_where_the_site_is_now(tmp_path: Path) -> None:
    items = wxr_item(1), wxr_item(2, link="/two/"), wxr_item(3, link="")

    posts = read(tmp_path, wxr(*items), url="https://new.example/blog/")

    assert [post.link for post in posts] == [
        "https://new.example/blog/1/",
        "https://new.example/two/",
        None,
    ]


def test_an_address_that_is_none_costs_a_post_nothing_else(tmp_path: Path) -> None:
    meta = (
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>"
        "<wp:meta_value>2</wp:meta_value></wp:postmeta>"
    )
    file = "<item><wp:post_id>2</wp:post_id><wp:post_type>attachment</wp:post_type>"
    file += "<wp:attachment_url>http://[x</wp:attachment_url></item>"

    (post,) = read(tmp_path, wxr(wxr_item(1, link="http://[x", meta=meta), file))

    assert (post.title, post.link, post.thumbnail) == ("Post 1", None, None)


def test_a_login_that_is_an_address_is_not_shown(tmp_path: Path) -> None:
    (post,) = read(tmp_path, wxr(wxr_item(creator="ann@private.example")))

    assert post.authors == ("ann",)


def test_several_files_in_an_archive_are_one_export(tmp_path: Path) -> None:
    first = wxr(wxr_item(1), channel="")
    archive = write_zip(
        tmp_path / "all.zip", {"a.xml": first, "b/c.xml": wxr(wxr_item(2)), "readme.txt": "x"}
    )

    entries, _ = read_export("wordpress", archive)

    assert [entry.manuscript.title for entry in entries] == ["Post 1", "Post 2"]


# What is no export, and what may be a part of one


def test_a_file_that_breaks_off_is_refused_with_its_line(tmp_path: Path) -> None:
    text = wxr(wxr_item(1), wxr_item(2))
    cut = text[: text.index("Text of post 2")]

    with pytest.raises(ExportError, match="breaks off or is damaged") as caught:
        read(tmp_path, cut)

    assert caught.value.path == "export.xml"
    assert caught.value.line == cut.count("\n") + 1


def test_a_file_that_was_mended_by_hand_and_badly_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="damaged"):
        read(tmp_path, wxr(wxr_item(1).replace("</item>", ""), wxr_item(2)))


@pytest.mark.parametrize("text", ["", "hello", "<html><body/></html>", "{}"])
def test_what_is_no_export_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ExportError, match=r"export\.xml"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["bomb", "file", "remote"],
)
def test_a_document_type_is_refused_before_anything_is_made_of_it(
    tmp_path: Path, doctype: str
) -> None:
    text = wxr(wxr_item(title="&a;", terms="&a;")).replace("?>", f"?>{doctype}", 1)

    with pytest.raises(ExportError, match="document type"):
        read(tmp_path, text.replace("&amp;a;", "&b;"))


def test_small_faults_of_real_exports_cost_nothing(tmp_path: Path) -> None:
    text = wxr(wxr_item(1, link="LINK"), wxr_item(2))
    text = text.replace("LINK", "https://old.example/?a=1&b=2").replace("Post 2", "A&nbsp;\x0bB")

    posts = read(tmp_path, text)

    assert posts[0].link == "https://old.example/?a=1&b=2"
    assert posts[1].title == "A B"


def test_any_encoding_that_the_file_declares_is_read(tmp_path: Path) -> None:
    text = wxr(wxr_item(title="中文")).replace('encoding="UTF-8"', 'encoding="GB18030"')

    assert read(tmp_path, text.encode("gb18030"))[0].title == "中文"


def test_bytes_that_are_not_of_the_encoding_are_refused(tmp_path: Path) -> None:
    data = wxr(wxr_item(title="XX")).encode().replace(b"XX", b"\xff\xfe")

    with pytest.raises(ExportError):
        read(tmp_path, data)


@given(
    parts=st.lists(
        st.sampled_from(["&", "&amp;", "&#38;", "<![CDATA[", "]]>", "a=1&b", "x" * 30, ";", "]"])
    ),
    chunk=st.integers(1, 70),
)
def test_a_stream_is_mended_alike_however_it_is_cut(parts: list[str], chunk: int) -> None:
    data = "".join(parts).encode()

    class Drops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(chunk)

    def drain(stream: Mended) -> bytes:
        return b"".join(iter(stream.read, b""))

    whole = drain(Mended(io.BytesIO(data)))

    assert drain(Mended(Drops(data))) == whole
    outside = re.sub(rb"<!\[CDATA\[.*?(\]\]>|\Z)", b"", whole, flags=re.DOTALL)
    assert not re.search(rb"&(?!#?\w{1,32};)", outside)
    assert whole.replace(b"&amp;", b"&") == data.replace(b"&amp;", b"&")


# Texts


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\n\ntwo\nthree", "<p>one</p>\n<p>two<br>\nthree</p>"),
        ("<p>one</p>\n\n<p>two</p>", "<p>one</p><p>two</p>"),
        ("a\n<pre>x\n\ny</pre>\nb", "<p>a</p><pre>x\n\ny</pre><p>b</p>"),
        ("<ul>\n<li>a</li>\n\n<li>b</li></ul>", "<ul>\n<li>a</li>\n\n<li>b</li></ul>"),
        (
            "<blockquote>a\n\nb</blockquote>c",
            "<blockquote><p>a</p>\n<p>b</p></blockquote><p>c</p>",
        ),
        ("a\n<!--more-->\n\nb", "<p>a<br>\n<!--more--></p>\n<p>b</p>"),
        ("a<br />\nb", "<p>a<br>\nb</p>"),
        (
            "<!-- wp:paragraph -->\n<p>a</p>\n\n<p>b</p>",
            "<!-- wp:paragraph -->\n<p>a</p>\n\n<p>b</p>",
        ),
        ("https://a.example/x", '<p><a href="https://a.example/x">https://a.example/x</a></p>'),
    ],
)
def test_paragraphs_are_made_as_wordpress_makes_them(text: str, html: str) -> None:
    assert render_wordpress(text, {}) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            '[caption id="x" width="9"]<a href="/b"><img src="a.jpg"></a> Words[/caption]',
            '<figure><a href="/b"><img src="a.jpg"></a><figcaption>Words</figcaption></figure>',
        ),
        ('[gallery ids="1, 2,3"]', '<div><p><img src="https://a/1.jpg" alt=""></p></div>'),
        (
            "[embed]https://v.example/1[/embed]",
            '<p><a href="https://v.example/1">https://v.example/1</a></p>',
        ),
        (
            "[youtube=https://v.example/?v=1&b=2]",
            '<p><a href="https://v.example/?v=1&amp;b=2">https://v.example/?v=1&amp;b=2</a></p>',
        ),
        ("[code]a < b [x y=1][/code]", "<pre><code>a &lt; b [x y=1]</code></pre>"),
        ('[vc_row][vc_column w="1"]text[/vc_column][/vc_row]', "<p>text</p>"),
        ('[contact-form-7 id="1"]', ""),
        ("he wrote [sic] and [1], see [[gallery]]", "<p>he wrote [sic] and [1], see [gallery]</p>"),
        ("a [link](b) [x", "<p>a [link](b) [x</p>"),
    ],
)
def test_shortcodes_show_what_can_be_shown_and_leave_prose_alone(text: str, html: str) -> None:
    assert render_wordpress(text, {"1": "https://a/1.jpg"}) == html


# Attacks on the program itself


def test_a_text_of_unlikely_size_is_refused_with_its_line(tmp_path: Path) -> None:
    text = wxr(wxr_item(1), wxr_item(2, content="x" * (11 * 1024 * 1024)))

    with pytest.raises(ExportError) as caught:
        read(tmp_path, text)

    assert caught.value.line is not None


def test_elements_within_elements_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError):
        read(tmp_path, wxr(wxr_item(terms="<a>" * 100_000 + "</a>" * 100_000)))


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "[a" * 50_000, "[a]" * 30_000 + "[/a]", "<p " * 50_000, "\n\n" * 100_000,
     "<!--" * 50_000, '[a b="' * 30_000, "[[" * 50_000, "[caption]" * 20_000,
     "[/embed]" + "[embed]" * 30_000, "[/code]" + "[code]" * 30_000],
    ids=["open", "names", "unpaired", "tags", "blank", "comments", "quotes", "double", "caption",
         "embed", "code"],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()

    render_wordpress(text, {})

    assert time.process_time() - started < 2


@given(text=st.one_of(st.text(), st.text("[]/a= \n<>p\"'c-!")))
def test_any_text_is_rendered(text: str) -> None:
    assert isinstance(render_wordpress(text, {"1": "https://a/1.jpg"}), str)
