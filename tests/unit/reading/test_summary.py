from collections.abc import Callable

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from feedpub.model import Rendition
from feedpub.reading.summary import html_to_text, shorten, summarise

Render = Callable[..., Rendition]


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
    ],
)
def test_text_of_html_is_one_line(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("body", "title", "summary"),
    [
        ("<p>同一个标题</p>", "同一个标题", ""),
        ("<p>同一个标题。</p>", "同一个标题", ""),
        ("<h1>标题</h1><p>正文。</p>", "标题", "正文。"),
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
