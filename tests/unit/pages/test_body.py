"""Bodies, fitted to their pages."""

import pytest

from feedpub.pages.body import fit_body

BASE = "https://blog.example/feeds/"


def test_a_body_links_to_published_files_relatively() -> None:
    body = (
        f'<p><a href="{BASE}index.html" title="a > b">x</a><img alt="" src="{BASE}media/a.jpg"></p>'
    )

    local = fit_body(body, page="articles/x.html", base=BASE)

    assert local == (
        '<p><a href="../index.html" title="a > b">x</a><img alt="" src="../media/a.jpg"></p>'
    )


def test_an_address_in_the_text_of_a_body_is_left_alone() -> None:
    body = (
        f'<p>href="{BASE}x" and <code> src="{BASE}y"</code>'
        f'<img alt=" src=&quot;{BASE}z&quot;" title=" href={BASE}"></p>'
    )

    assert fit_body(body, page="articles/x.html", base=BASE) == body


def test_a_page_at_the_top_links_to_its_own_folder() -> None:
    assert fit_body(f'<a href="{BASE}">x</a>', page="x.html", base=BASE) == ('<a href="./">x</a>')


@pytest.mark.parametrize("tag", ["pre", "table"])
def test_what_may_be_too_wide_can_be_scrolled_by_keyboard(tag: str) -> None:
    body = f'<{tag}>x</{tag}><{tag} dir="rtl">x</{tag}>'

    assert fit_body(body, page="x.html", base=BASE) == (
        f'<{tag} tabindex="0">x</{tag}><{tag} tabindex="0" dir="rtl">x</{tag}>'
    )


def test_nothing_else_of_a_body_changes() -> None:
    body = (
        '<p title="<pre>">a &lt;pre&gt; <code>&lt;table&gt;</code><img alt="<table>" src="x"></p>'
    )

    assert fit_body(body, page="x.html", base=BASE) == body
