"""Posts of Ghost exports."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.errors import ExportError
from feedpub.reading.writing import Manuscript
from feedpub.sources.exports.lexical import render_lexical
from feedpub.sources.exports.mobiledoc import render_mobiledoc
from tests.support.exports import ghost, ghost_post, read_export


def read(tmp_path: Path, text: str | bytes, **options: Any) -> list[Manuscript]:
    path = tmp_path / "ghost.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [entry.manuscript for entry in read_export("ghost", path, **options)[0]]


def test_a_post_is_read_with_all_that_feeds_show(tmp_path: Path) -> None:
    number = ghost_post(1)["id"]
    post = ghost_post(
        1, feature_image="__GHOST_URL__/content/images/a.jpg", custom_excerpt="Short.",
        html='<p><a href="__GHOST_URL__/b/">b</a></p>', updated_at="2024-06-01T00:00:00.000Z",
    )  # fmt: skip
    text = ghost(
        post,
        tags=[
            {"id": "t2", "name": "Second"},
            {"id": "t1", "name": "First"},
            {"id": "t3", "name": "#x"},
        ],
        users=[{"id": "u1", "name": "Ann Lee"}],
        posts_tags=[
            {"post_id": number, "tag_id": "t2", "sort_order": 1},
            {"post_id": number, "tag_id": "t1", "sort_order": 0},
            {"post_id": number, "tag_id": "t3", "sort_order": 2},
        ],
        posts_authors=[{"post_id": number, "author_id": "u1", "sort_order": 0}],
    )

    (found,) = read(tmp_path, text, url="https://g.example/blog/")

    assert found == Manuscript(
        title="Post 1",
        body='<p><a href="https://g.example/blog/b/">b</a></p>',
        date=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        updated=datetime(2024, 6, 1, tzinfo=UTC),
        id=f"old/{number}",
        link="https://g.example/blog/post-1/",
        categories=(("First",), ("Second",)),
        authors=("Ann Lee",),
        summary="Short.",
        thumbnail="https://g.example/blog/content/images/a.jpg",
    )


def test_without_the_site_s_address_local_pictures_stay_local(tmp_path: Path) -> None:
    (post,) = read(tmp_path, ghost(ghost_post(feature_image="__GHOST_URL__/content/a.jpg")))

    assert (post.thumbnail, post.link) == ("/content/a.jpg", None)


@pytest.mark.parametrize(
    ("given", "draft", "protected"),
    [
        ({"status": "draft"}, True, False),
        ({"status": "scheduled"}, False, False),
        ({"status": "sent"}, False, True),
        ({"visibility": "members"}, False, True),
        ({"visibility": "paid"}, False, True),
        ({"visibility": "tiers"}, False, True),
        ({"visibility": None}, False, False),
    ],
)
def test_only_what_is_published_for_everybody_is_published(
    tmp_path: Path, given: dict[str, Any], draft: bool, protected: bool
) -> None:
    (post,) = read(tmp_path, ghost(ghost_post(**given)))

    assert (post.draft, post.protected) == (draft, protected)
    assert bool(post.body) is not protected


def test_a_post_that_went_out_by_mail_alone_is_protected(tmp_path: Path) -> None:
    post = ghost_post(1)

    (found,) = read(tmp_path, ghost(post, posts_meta=[{"post_id": post["id"], "email_only": 1}]))

    assert found.protected


def test_pages_are_articles_where_the_site_says_so(tmp_path: Path) -> None:
    text = ghost(ghost_post(1), ghost_post(2, type="page"), ghost_post(3, type=None, page=1))

    assert len(read(tmp_path, text)) == 1
    assert len(read(tmp_path, text, pages=True)) == 3


def test_the_old_form_of_an_export_is_read_too(tmp_path: Path) -> None:
    post = {"id": 5, "title": "Old", "slug": "old", "html": "x", "page": 0, "status": "published",
            "published_at": 1368133100000, "author_id": 1, "image": "/a.png"}  # fmt: skip

    (found,) = read(
        tmp_path, json.dumps({"data": {"posts": [post], "users": [{"id": 1, "name": "A"}]}})
    )

    assert found.date == datetime(2013, 5, 9, 20, 58, 20, tzinfo=UTC)
    assert (found.authors, found.thumbnail) == (("A",), "/a.png")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"db": [\n{"data": ', 2),
        (b'{"db":\n"\xff"}', 2),
        ("[]", None),
        ('{"data": {"posts": 1}}', None),
        ("[" * 100_000, None),
        ('{"data": {"posts": [{"id": ' + "9" * 5000 + "}]}}", None),
    ],
    ids=["cut", "bytes", "list", "posts", "deep", "number"],
)
def test_what_is_no_export_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, line: int | None
) -> None:
    with pytest.raises(ExportError) as caught:
        read(tmp_path, text)

    assert caught.value.path == "ghost.json"
    assert caught.value.line == line


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": None},
        {"id": 1, "title": 3, "html": [], "slug": {}},
        {"id": 1, "slug": "\ud800", "title": "\ud800"},
    ],
    ids=["empty", "no id", "other types", "half a character"],
)
def test_a_row_of_anything_costs_no_more_than_itself(tmp_path: Path, row: dict[str, Any]) -> None:
    posts = read(tmp_path, ghost(row, ghost_post(2)), url="https://a.example/")

    assert posts[-1].title == "Post 2"


# The editors' own formats


def lexical(*children: dict[str, Any]) -> str:
    return json.dumps({"root": {"children": children, "type": "root"}})


def test_lexical_is_rendered() -> None:
    def words(text: str, form: int = 0) -> dict[str, Any]:
        return {"type": "extended-text", "text": text, "format": form}

    link = {"type": "link", "url": 'https://a/?b="', "children": [words("c")]}
    item = {"type": "listitem", "children": [words("1")]}
    text = lexical(
        {"type": "extended-heading", "tag": "h3", "children": [words("T<")]},
        {"type": "paragraph", "children": [words("a", 3), {"type": "linebreak"}, link]},
        {"type": "list", "listType": "number", "children": [item]},
        {"type": "image", "src": "/a.jpg", "alt": "A", "caption": "C"},
        {"type": "codeblock", "code": "x < y"},
        {"type": "html", "html": "<b>h</b>"},
        {"type": "markdown", "markdown": "*m*"},
        {"type": "paywall"},
        {"type": "horizontalrule"},
    )  # fmt: skip

    assert render_lexical(text).replace("\n", "") == (
        "<h3>T&lt;</h3><p><em><strong>a</strong></em><br>"
        '<a href="https://a/?b=&quot;">c</a></p><ol><li>1</li></ol>'
        '<figure><img src="/a.jpg" alt="A"><figcaption>C</figcaption></figure>'
        "<pre><code>x &lt; y</code></pre><b>h</b><p><em>m</em></p><hr>"
    )


def test_mobiledoc_is_rendered() -> None:
    text = json.dumps(
        {
            "version": "0.3.1",
            "markups": [["strong"], ["a", ["href", "https://a/"]]],
            "atoms": [["soft-return", "", {}]],
            "cards": [["image", {"src": "/a.jpg", "caption": ""}], ["hr", {}], ["own", {}]],
            "sections": [
                [1, "p", [[0, [0], 1, "b<"], [1, [], 0, 0], [0, [1], 1, "c"]]],
                [3, "ul", [[[0, [], 0, "x"]], [[0, [], 0, "y"]]]],
                [10, 0], [10, 1], [10, 2],
            ],
        }
    )  # fmt: skip

    assert render_mobiledoc(text) == (
        '<p><strong>b&lt;</strong><br><a href="https://a/">c</a></p><ul><li>x</li><li>y</li></ul>'
        '<figure><img src="/a.jpg" alt=""></figure><hr>'
    )


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '{"root": 1}', '{"sections": [[1]]}'])
def test_a_document_that_is_none_is_empty(text: str) -> None:
    assert (render_lexical(text), render_mobiledoc(text)) == ("", "")


def test_a_document_of_endless_depth_is_cut() -> None:
    node: dict[str, Any] = {"type": "text", "text": "deep"}
    for _ in range(300):
        node = {"type": "quote", "children": [node]}

    assert "deep" not in render_lexical(lexical(node))


def test_markdown_that_would_take_seconds_is_shown_as_it_was_written() -> None:
    node = {"type": "markdown", "markdown": "[a <b" * 20_000}

    assert render_lexical(lexical(node)).startswith("<p>[a &lt;b[a")


values = st.recursive(
    st.none()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["text", "p", "a", "link", "heading"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "children", "text", "tag", "format"]), inner)
    ),
    max_leaves=20,
)


@given(children=values, sections=values, markups=values)
def test_any_document_is_rendered(children: Any, sections: Any, markups: Any) -> None:
    assert isinstance(render_lexical(json.dumps({"root": {"children": children}})), str)
    document = {"sections": sections, "markups": markups, "cards": children, "atoms": markups}
    assert isinstance(render_mobiledoc(json.dumps(document)), str)
