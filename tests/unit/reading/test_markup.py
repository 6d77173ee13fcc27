import re
from pathlib import Path

import pytest

from feedpub.reading.markdown import is_html
from tests.support.markup import BASE, REL, Render


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("a **b** ~~c~~", "<p>a <strong>b</strong> <s>c</s></p>"),
        ("# 标题\n\n文", "<h1>标题</h1>\n<p>文</p>"),
        ("|a|b|\n|-|-|\n|1|2|", None),
        ("a <span>b</span>", "<p>a <span>b</span></p>"),
        ("```js\nif (a < b) { }\n```", "<pre><code>if (a &lt; b) { }\n</code></pre>"),
    ],
)
def test_markdown_becomes_html(render: Render, body: str, html: str | None) -> None:
    rendered = render(body).html

    assert rendered == html if html else "<table>" in rendered


def test_html_pasted_into_a_markdown_file_stays_as_it_is(render: Render) -> None:
    body = "\n<div>   \n<div>\n\n        <p>a</p>\n\n    <p>*b*</p>\n</div>\n \n</div>\n   "

    html = render(body).html

    assert "<pre>" not in html
    assert "<p>*b*</p>" in html


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<div>a</div>", True),
        ("  <div>\n\n    a\n\n</div>\n", True),
        ("<div>cut off", True),
        ("<p>a</p>\n\n# b", False),
        ("<div>a</div>\n\n**b**\n\n<div>c</div>", False),
        ("<b>a</b>", False),
        ("a", False),
        ("", False),
        ("<divx>a</divx>", False),
    ],
)
def test_a_body_is_html_if_its_first_element_spans_it(body: str, expected: bool) -> None:
    assert is_html(body) is expected


def test_braces_come_back_even_in_code(render: Render) -> None:
    assert render("`a &#123; b &#125;`").html == "<p><code>a { b }</code></p>"
    assert render("<div>&#123;a&#125;</div>").html == "<div>{a}</div>"


def test_plain_text_is_paragraphs(render: Render) -> None:
    assert render("a < b\nc\n\n\nd", path="a.txt").html == "<p>a &lt; b<br>c</p><p>d</p>"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("<div>   \na\nb\n  \n</div>\n", "<div><p>a<br>b</p></div>"),
        ("<div>a\n\n\n\nb  \n <b>c</b></div>", "<div><p>a</p><p>b<br><b>c</b></p></div>"),
        ("<div>a</div>", "<div>a</div>"),
        ("<div>\na\n</div>", "<div>\na\n</div>"),
        ("<div>a\nb<br>c</div>", "<div>a\nb<br>c</div>"),
        ("<div>a\nb<BR/>c</div>", "<div>a\nb<br>c</div>"),
        ("<div>a\nb<p>c</p></div>", "<div>a\nb<p>c</p></div>"),
        ("<div>a\nb<hr>c</div>", "<div>a\nb<hr>c</div>"),
        ("<div><div>a\nb</div></div>", "<div><div>a\nb</div></div>"),
        ("<p>a\nb</p>", "<p>a\nb</p>"),
        ("<div>a\n<b\ntitle='x'>b</b></div>", '<div>a\n<b title="x">b</b></div>'),
    ],
)
@pytest.mark.parametrize("generator", ["hexo", "rsshub"])
def test_line_breaks_are_kept_where_nothing_else_arranges_the_text(
    render: Render, generator: str, body: str, html: str
) -> None:
    assert render(body, generator=generator).html == html


def test_plain_text_of_a_crawler_needs_no_div(render: Render) -> None:
    assert render("a\nb", generator="rsshub").html == "<div><p>a<br>b</p></div>"
    assert render("<div>a\nb</div>", path="a.html").html == "<div>a\nb</div>"


def test_an_html_file_is_taken_as_it_is(render: Render) -> None:
    assert render("<p>a</p>\n    b", path="a.html").html == "<p>a</p>\n    b"


def test_mdx_loses_its_program(render: Render) -> None:
    body = "import Box from './Box'\n\n<Box x={1}>shown</Box>\n"

    assert render(body, path="a.mdx").html == "<p>shown</p>"


def test_restructured_text_is_rendered_without_files_or_raw_html(
    render: Render, tmp_path: Path
) -> None:
    pytest.importorskip("docutils", reason="needs the extra rst")
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    body = f"a *b*\n\n.. include:: {secret}\n\n.. raw:: html\n\n   <b>raw</b>\n"

    html = render(body, path="a.rst").html

    assert html.startswith("<p>a <em>b</em></p>")
    assert "SECRET" not in html
    assert "<b>raw" not in html


def test_restructured_text_without_docutils_names_the_extra(
    render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "docutils.core", None)

    from feedpub.errors import ArticleError

    with pytest.raises(ArticleError, match=r"pip install 'feedpub\[rst\]'"):
        render("a", path="a.rst")


@pytest.mark.parametrize(
    ("player", "link"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/abc?x=1"></iframe>',
            "https://www.youtube.com/watch?v=abc",
        ),
        ('<iframe src="//player.example/1"><p>no frames</p></iframe>', "https://player.example/1"),
        ('<video><source src="a.mp4">no video</video>', f"{BASE}a.mp4"),
        ('<audio src="/a.mp3"></audio>', "https://blog.example/a.mp3"),
        ('<embed src="https://e.example/a.swf">', "https://e.example/a.swf"),
        ('<object data="https://e.example/a.swf"><p>x</p></object>', "https://e.example/a.swf"),
        (
            '<video source src="https://v.example/1?a=1&b=2"></video>',
            "https://v.example/1?a=1&amp;b=2",
        ),
    ],
)
def test_players_become_links(render: Render, player: str, link: str) -> None:
    html = render(f"<div>a{player}b</div>").html

    assert re.fullmatch(
        rf'<div>a<p><a href="{re.escape(link)}"{REL}>[▶♫] [^<]+</a></p>b</div>', html
    )


@pytest.mark.parametrize("source", ["javascript:alert(1)", "about:blank", "", "data:text/html,x"])
def test_a_player_of_nothing_vanishes(render: Render, source: str) -> None:
    assert render(f'<div>a<iframe src="{source}"></iframe>b</div>').html == "<div>ab</div>"


@pytest.mark.parametrize("name", ["data-src", "data-original", "data-lazy-src", "data-actualsrc"])
def test_lazy_pictures_get_their_source(render: Render, name: str) -> None:
    picture = (
        f'<div><img src="data:image/gif;base64,AA" {name}="https://i.example/a.png" alt="x"></div>'
    )

    rendition = render(picture)

    assert rendition.html == '<div><img src="https://i.example/a.png" alt="x"></div>'
    assert rendition.pictures == ("https://i.example/a.png",)


def test_placeholder_pictures_vanish(render: Render) -> None:
    body = '<div><img src="https://picsum.photos/400"><img src="/undefined"><img src="a.png"></div>'

    rendition = render(body)

    assert rendition.html == f'<div><img src="{BASE}a.png"></div>'
    assert rendition.pictures == (f"{BASE}a.png",)


def test_icons_and_pixels_are_no_pictures(render: Render) -> None:
    body = '<img src="/p.gif" width="1" height="1"><img src="/i.png" width="16"><img src="/a.png">'

    assert render(body).pictures == ("https://blog.example/a.png",)


def test_pictures_may_be_served_from_elsewhere(render: Render) -> None:
    shown = {"a.png": "https://cdn.example/a.png"}

    rendition = render('![x](a.png "t") ![](b.png)', picture_url=shown.get)

    assert rendition.pictures == ("https://cdn.example/a.png", f"{BASE}b.png")
    assert 'alt="x" title="t"' in rendition.html


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">x<p>y</p></p>',
        '<span style="color: red; DISPLAY : none">x</span>',
        "<p hidden>x</p>",
        '<div hidden=""><div>x</div></div>',
    ],
)
def test_hidden_text_is_not_published(render: Render, hidden: str) -> None:
    rendition = render(f"<div>a{hidden}b</div>")

    assert rendition.html.replace("</p>", "") == "<div>ab</div>"
    assert rendition.summary == "ab"


@pytest.mark.parametrize(
    ("address", "absolute"),
    [
        ("../other/", "https://blog.example/2021/other/"),
        ("/x", "https://blog.example/x"),
        ("//h.example/x", "https://h.example/x"),
        ("#note", f"{BASE}#note"),
        ("x.html", f"{BASE}x.html"),
        ("https://h.example/", "https://h.example/"),
    ],
)
def test_every_address_is_absolute(render: Render, address: str, absolute: str) -> None:
    html = render(f'<p><a href="{address}">x</a><img src="{address}"></p>').html

    assert html == f'<p><a href="{absolute}"{REL}>x</a><img src="{absolute}"></p>'


def test_characters_that_xml_forbids_are_gone_however_they_are_written(render: Render) -> None:
    html = render("<p>a\x0bb\x00c&#11;d&#xfffe;e</p><a href='https://x.example/&#1;'>f</a>").html

    assert re.sub("<[^>]*>", "", html).replace("\ufffd", "") == "abcdef"
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", html)


@pytest.mark.parametrize(
    ("attribute", "kept"),
    [
        ('width="100"', True),
        ('width="50%"', True),
        ('width="100px"', False),
        ('height="99999"', False),
        ('style="x"', False),
        ('class="x"', False),
        ('onerror="x"', False),
        ('srcset="x"', False),
    ],
)
def test_only_the_profiles_attributes_stay(render: Render, attribute: str, kept: bool) -> None:
    html = render(f'<div><img src="https://i.example/a.png" {attribute}></div>').html

    assert (attribute in html) is kept


@pytest.mark.parametrize(
    "address",
    ["mailto:a@example.org", "data:image/png;base64,AA", "https://i.example/\u2028a", "ftp://a/"],
)
def test_a_picture_comes_by_http(render: Render, address: str) -> None:
    assert render(f'<div><img src="{address}" alt="x"></div>').html == '<div><img alt="x"></div>'
