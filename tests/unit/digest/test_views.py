"""How addresses, pictures and bodies are fitted to a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import Level
from feedpub.digest.body import fit_html, to_text
from feedpub.digest.text import html_block, mail_url, many_lines, one_line, text_block
from feedpub.digest.views import CardView, view_card
from feedpub.model import Picture
from feedpub.pages.language import choose_language
from tests.support.digests import make_article, make_head


def view(level: Level = Level.SUMMARY, **values: object) -> CardView:
    return view_card(
        make_article(1, **values),
        head=make_head(content=level),
        tree=CategoryTree(),
        language=choose_language("zh-CN"),
    )


@given(st.text())
def test_one_line_is_one_line_that_can_be_written(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert len(line) <= 300
    line.encode()
    assert one_line(line) == line


@given(st.text(), st.text())
def test_blocks_are_padded_and_hold_what_they_were_given(html: str, text: str) -> None:
    html, text = one_line(html), one_line(text)

    for block, given_ in ((html_block(html), html), (text_block(text), text)):
        assert len(block) % 3 == 0
        assert block.endswith(b"\r\n")
        assert block.decode().strip() == given_


def test_lines_are_kept_and_gaps_are_closed() -> None:
    assert many_lines("a \r\nb\n\n\n\n\x00c\n") == "a\nb\n\nc"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://b.example/é?q=a b", "https://b.example/%C3%A9?q=a%20b"),
        ("https://中文.example/", "https://xn--fiq228c.example/"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//b.example/", ""),
        ("/local", ""),
        ("mailto:a@b.example", ""),
        ("http://[", ""),
        ("https://" + "a" * 70 + ".example/中", "https://" + "a" * 70 + ".example/%E4%B8%AD"),
        ("https://" + "é" * 70 + ".example/", ""),
        ("https://b.example/" + "x" * 1600, ""),
        ("https://b.example/\ud800", ""),
        ("", ""),
    ],
)
def test_an_address_is_written_in_ascii_or_left_out(url: str, shown: str) -> None:
    assert mail_url(url) == shown


@given(st.text(), st.sampled_from(["", "utm_source=x"]))
def test_an_address_is_of_the_web_or_empty(url: str, utm: str) -> None:
    for shown in (mail_url(url, utm), mail_url(f"https://b.example/{url}", utm)):
        assert shown == "" or (shown.isascii() and shown.startswith(("http://", "https://")))


@pytest.mark.parametrize(
    ("width", "height", "thumbnail", "hero"),
    [
        (640, 400, (136, 85), (536, 335)),
        (640, 320, (136, 68), (536, 268)),
        (400, 640, (85, 136), None),
        (640, 2000, (44, 136), None),
        (300, 200, (136, 91), None),
        (80, 60, (80, 60), None),
        (10_000, 1, (136, 1), (536, 1)),
        (None, None, (136, None), None),
    ],
)
def test_a_picture_is_measured_to_fit_and_never_blown_up(
    width: int | None,
    height: int | None,
    thumbnail: tuple[int, int | None],
    hero: tuple[int, int | None] | None,
) -> None:
    card = view(picture=Picture("https://b.example/p.jpg", width, height))

    assert card.thumbnail
    assert (card.thumbnail.width, card.thumbnail.height) == thumbnail
    assert (card.hero and (card.hero.width, card.hero.height)) == hero


def test_a_picture_of_no_address_of_the_web_is_left_out() -> None:
    card = view(picture=Picture("data:image/png;base64,AAAA", 640, 400))

    assert card.thumbnail is None
    assert card.hero is None


@pytest.mark.parametrize("address", ["https://b.example/p.jpg", "https://a.example/original.png"])
def test_a_picture_that_the_body_shows_is_not_shown_above_it(address: str) -> None:
    picture = Picture(
        "https://b.example/p.jpg", 640, 400, original="https://a.example/original.png"
    )

    card = view(Level.FULL, picture=picture, html=f'<p><img src="{address}"></p>')

    assert card.hero is None


def test_a_summary_that_only_repeats_the_title_is_left_out() -> None:
    assert view(title="同 一", summary="同  一").summary == ""


@pytest.mark.parametrize(
    ("html", "fitted"),
    [
        ('<p style="x" class="title" id="y">t</p>', "<p>t</p>"),
        ('<b style="b">t</b>', "<b>t</b>"),
        ("<p>a<!--fp-cut-->b</p>", "<p>ab</p>"),
        ("<h1>a</h1><h2 dir='auto'>b</h2><h3>c</h3>", '<h3>a</h3><h4 dir="auto">b</h4><h5>c</h5>'),
        ("<h4>a</h4><h6>b</h6><h4>c</h4>", "<h3>a</h3><h4>b</h4><h3>c</h3>"),
        ("<h3>a</h3><h1>b</h1><h6>c</h6>", "<h3>a</h3><h3>b</h3><h4>c</h4>"),
        (
            "".join(f"<h{n}>a</h{n}>" for n in range(1, 7)),
            "".join(f"<h{n}>a</h{n}>" for n in (3, 4, 5, 6, 6, 6)),
        ),
        (
            '<img src="https://x.example/a" width="1200" height="800" alt="A">',
            '<img src="https://x.example/a" width="536" alt="A">',
        ),
        ('<img src="https://x.example/a" width="90%">', '<img src="https://x.example/a" alt="">'),
        ('<img src="cid:x"><img src="/relative">', ""),
        ('<a href="https://x.example/">t</a>', '<a href="https://x.example/">t</a>'),
        ("<style>@import url(x)</style><script>1</script><link href=x>t", "t"),
        ("a</td></tr></table>b<tr><td>c", "abc"),
    ],
)
def test_a_body_keeps_nothing_that_styles_or_leaves_its_place(html: str, fitted: str) -> None:
    assert fit_html(html) == fitted


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>一\n二</p><p>three\nfour</p>", "一二\n\nthree four"),
        ("<p>a <b>b</b> c</p>", "a b c"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol><p>c</p>", "1. a\n2. b\n\nc"),
        ("<p>a<br>b</p>", "a\nb"),
        ('<a href="https://x.example/">x</a>', "x <https://x.example/>"),
        ('<a href="https://x.example/">https://x.example/</a>', "https://x.example/"),
        ('<a href="https://x.example/"><img alt=""></a>', "https://x.example/"),
        ('<img alt="一只猫">', "[一只猫]"),
        ("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n\n> b\n\nc"),
        ("<pre>a\n  b &lt;</pre>", "a\n  b <"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<h4>a</h4>b", "a\n\nb"),
        ("", ""),
    ],
)
def test_a_body_reads_well_as_plain_text(html: str, text: str) -> None:
    assert to_text(html) == text
