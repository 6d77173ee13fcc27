import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from feedpub.reading.clean import clean_html
from feedpub.reading.extract import extract_text, join_lines
from feedpub.reading.summary import shorten, summarise, summarise_text
from tests.support.markup import Render


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


@pytest.mark.parametrize(
    ("text", "length", "summary"),
    [
        ("一句话。第二句话。第三句话很长很长", 10, "一句话。第二句话。"),
        ("“真的？”他问。然后走了很远很远", 8, "“真的？”他问。"),
        ("First one. Second one is longer", 15, "First one."),
        ('He said "no." Then he left us all', 16, 'He said "no."'),
        ("no end in sight at all", 12, "no end in…"),
        ("没有句号的一段很长很长的中文", 8, "没有句号的一段…"),
        ("Version 1.2.3 of the program", 14, "Version 1.2.3…"),
        ("短。然后是一段没有句号的很长很长的文字", 12, "短。然后是一段没有句号…"),
        ("short", 5, "short"),
        ("a,,,, b", 5, "a…"),
    ],
)
def test_a_summary_ends_at_a_sentence(text: str, length: int, summary: str) -> None:
    assert shorten(text, length) == summary


def test_a_grapheme_is_never_cut() -> None:
    family = "👨‍👩‍👧‍👦"

    assert shorten(family * 10, 4) == family * 3 + "…"
    assert shorten("e\u0301" * 10, 4) == "e\u0301" * 3 + "…"
    assert shorten("各" * 200 + family, 201) == "各" * 200 + family


@given(st.text(max_size=80), st.integers(1, 40))
def test_a_summary_is_never_longer_than_asked(text: str, length: int) -> None:
    assert graphemes(shorten(text, length)) <= length


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a b"),
        ("<p>中<b>文</b>字</p>", "中文字"),
        ("a<br>b<hr>c", "a b c"),
        ('<p title="a > b">x &lt; y &amp; z</p>', "x < y & z"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "漢"),
        ("<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>", "a b"),
        ("<pre>  a\n  b</pre>", "a b"),
        ("<p>第一段。</p>\n<p>第二段</p><p>第三段</p>", "第一段。第二段第三段"),
        ("<p>“引用。”</p><p>“回答”</p><div>——某人</div>", "“引用。”“回答”——某人"),
        ("<p>中文</p><p>English</p><p>中文</p>", "中文 English 中文"),
        ("<p>한국어</p><p>문장</p>", "한국어 문장"),
        ("<p>软换行\n接着写\n and so on</p>", "软换行接着写 and so on"),
        ("<p>床前明月光<br>疑是地上霜。<br />举头</p>", "床前明月光 疑是地上霜。举头"),
        ("<ul>\n<li>苹果</li>\n<li>梨；</li><li>桃</li></ul>", "苹果 梨；桃"),
        ("<table><tr><td>价格</td><td>十元</td></tr></table>", "价格 十元"),
        ("<p>【夜の部】<br>開催場所</p>", "【夜の部】 開催場所"),
        ("<dl><dt>词</dt><dd>（释义）</dd></dl>", "词（释义）"),
        ('<figure><img src="a"><figcaption>说明</figcaption></figure><p>文</p>', "说明 文"),
    ],
)
def test_blocks_are_joined_as_their_script_is_written(html: str, text: str) -> None:
    assert summarise(html, title="", length=200) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h2>推给你，还是等你来</h2><p>后来我们换了。</p>", "后来我们换了。"),
        ("<p>前。</p><pre><code>x = <span>1</span></code></pre><p>后。</p>", "前。后。"),
        ("<table><tr><td><table></table>a</td></tr></table><p>b</p>", "b"),
        ('<h2><span title="</h2>">a</span></h2><p>b</p>', "b"),
        ("<h1>一</h1><h2>二</h2>", "一二"),
        ("<h2>例</h2><pre>a = 1</pre>", "例 a = 1"),
        ("<h2>例</h2><p><img></p>", "例"),
    ],
)
def test_headings_code_and_tables_are_left_out_unless_nothing_else_is_there(
    html: str, text: str
) -> None:
    assert summarise(html, title="", length=200) == text


@pytest.mark.parametrize(
    ("body", "title", "summary"),
    [
        ("<p>同一个标题</p>", "同一个标题", ""),
        ("<p>同一个标题。</p>", "同一个标题", ""),
        ("<h1>标题</h1><p>正文。</p>", "标题", "正文。"),
        ("<p>标题</p><p>正文。</p>", "标题", "正文。"),
        ("<p>Python</p><p>Python is it.</p>", "Python", "Python is it."),
        ("<p>Python is it.</p>", "Python", "Python is it."),
        ("<p>【标题】正文。</p>", "【标题】", "正文。"),
        ("<p>标题党的正文。</p>", "标题", "标题党的正文。"),
        ("<p>【一】全文很长。</p>", "【一】全文...", "【一】全文很长。"),
        ("<p>文章的开头，后面。</p>", "文章的开头...", "文章的开头，后面。"),
    ],
)
def test_a_summary_does_not_say_the_title_twice(body: str, title: str, summary: str) -> None:
    assert summarise(body, title=title, length=200) == summary


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ('<p><img src="https://i.example/a.png" alt="一只猫"></p>', "一只猫"),
        ('<img src="a" alt="a"><img src="b" alt="b"><img src="c" alt="a">', "a · b"),
        ('<img src="a" alt="IMG_1234.jpg">', ""),
        ('<img src="a" alt="T">', ""),
        ('<figure><img src="a" alt="x"><figcaption>说明</figcaption></figure>', "说明"),
    ],
)
def test_an_article_of_pictures_is_described_by_them(body: str, summary: str) -> None:
    assert summarise(body, title="T", length=200) == summary


def test_a_long_body_is_summarised_like_its_beginning() -> None:
    emoji = "<p>" + "👨‍👩‍👧‍👦" * 5_000 + "</p>"
    spread = "<p> </p>" * 2_000 + "<p>正文。</p>"

    assert graphemes(summarise(emoji, title="", length=200)) == 200
    assert summarise(spread, title="", length=200) == "正文。"


def test_style_and_script_are_not_in_a_summary(render: Render) -> None:
    body = "<div><style>.a{}</style><script>x</script><p>正文。</p></div>"

    assert render(body).summary == "正文。"


def test_the_authors_own_summary_wins(render: Render) -> None:
    assert render("body", own_summary="One. Two is longer", summary_length=10).summary == "One."


MORE = ["<!-- more -->", "<!--more-->", "<!-- MORE-->", "<!-- TEASER_END -->", "<!--  readmore -->"]


@pytest.mark.parametrize("marker", MORE)
@pytest.mark.parametrize("path", ["a.md", "a.html", "a.txt"])
def test_the_summary_is_what_stands_before_the_marker(
    render: Render, path: str, marker: str
) -> None:
    rendition = render(f"<p>前面。</p>\n\n{marker}\n\n<p>后面。</p>", path=path)

    assert "前面。" in rendition.summary
    assert "后面" not in rendition.summary
    assert "后面。" in rendition.html
    assert "more" not in rendition.html.lower()


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("前面 <!--more--> 后面。", "前面"),
        ("- 前\n- 中\n<!-- more -->\n- 后", "前 中"),
        ("<div><p>前</p><!-- more --><p>后</p></div>\n", "前"),
        ("<div>\n\n<p>前</p>\n\n</div>\n<!-- more -->\n", "前"),
        ("<!-- more -->\n\n后面。", "后面。"),
        ("![图](a.png)\n\n<!-- more -->\n\n后面。", "后面。"),
        ("T\n\n<!-- more -->\n\n后面。", "后面。"),
        ("前。\n\n<!--more-->\n\n中。\n\n<!--more-->\n\n后。", "前。"),
        ("`<!-- more -->` 前。\n\n后。", "<!-- more --> 前。后。"),
        ("一。二三四五六七八\n\n<!-- more -->", "一。二三四五六七八"),
    ],
)
def test_a_marker_with_nothing_before_it_is_none(render: Render, body: str, summary: str) -> None:
    assert render(body).summary == summary


def test_what_follows_a_marker_in_its_line_is_markdown(render: Render) -> None:
    assert "<strong>b</strong>" in render("a\n\n<!--more-->**b**").html


def test_the_authors_own_summary_wins_over_the_marker(render: Render) -> None:
    assert render("a\n\n<!--more-->\n\nb", own_summary="own").summary == "own"


@given(st.text('<p>&;中。 \n!-moreh2/"', max_size=60))
def test_a_summary_begins_alike_however_much_of_the_body_is_read(text: str) -> None:
    clean = clean_html(f"<p>{text}</p>" * 4, "https://blog.example/")
    far = extract_text(clean, limit=10**6).text

    assert summarise_text(clean, title="", length=5) == (
        shorten(join_lines(far), 5)
        or shorten(join_lines(extract_text(clean, limit=10**6, everything=True).text), 5)
    )


def test_a_sentence_ends_behind_its_closing_quotes() -> None:
    assert shorten("“走吧。”他说了很久很久。", 8) == "“走吧。”"
