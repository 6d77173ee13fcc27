"""When an embed is made again, in what order it is published, and what is kept for ever."""

import pytest

from feedpub.embeds.maker import Embeds
from feedpub.errors import CategoryError, ConfigError
from feedpub.publisher import Publisher
from tests.support.blog import Blog
from tests.support.links import find_dangling


@pytest.fixture
def blog(blog: Blog) -> Blog:
    """A blog with two categories, built with pages and embeds."""
    blog.with_pages().with_embeds()
    blog.write("a.md", categories=["x", "y"])
    blog.write("b.md", categories=["z"])
    blog.build()
    return blog


def embeds_of(paths: list[str]) -> list[str]:
    return [path for path in paths if path.startswith("embed/")]


def test_every_category_and_everything_has_three_files(blog: Blog) -> None:
    made = {path for path in embeds_of(list(blog.target.files)) if path.endswith(("html", "json"))}

    assert made == {"embed/index.html"} | {
        f"embed/{folder}{suffix}"
        for folder in ("all", "x", "x/y", "z")
        for suffix in (".html", ".frame.html", ".oembed.json")
    }


def test_nothing_points_at_a_missing_file(blog: Blog) -> None:
    assert find_dangling(blog.target.files) == set()


def test_a_second_build_makes_nothing(blog: Blog) -> None:
    assert blog.rewritten() == []
    assert embeds_of(blog.rewritten(everything=True)) == []


def test_only_the_embeds_of_dirty_categories_are_made_again(blog: Blog) -> None:
    blog.write("c.md", categories=["x"])

    changed = embeds_of(blog.rewritten())

    assert sorted(changed) == [
        "embed/all.frame.html",
        "embed/all.html",
        "embed/index.html",  # which knows how much room they take
        "embed/x.frame.html",
        "embed/x.html",
    ]


def test_scripts_come_before_what_names_them_and_embeds_after_their_feeds(blog: Blog) -> None:
    order = {path: place for place, path in enumerate(blog.target.written)}

    scripts = [order[path] for path in order if path.endswith((".js", ".css"))]
    frames = [order[path] for path in order if path.startswith("embed/") and ".html" in path]
    feeds = [order[path] for path in order if path.endswith("feed.json")]
    assert max(scripts) < min(frames)
    assert max(feeds) < min(frames)
    assert order["embed/x.frame.html"] < order["embed/x.oembed.json"] < order["x/index.html"]
    assert order["embed/index.html"] > max(order[f"embed/{one}.html"] for one in ("all", "x", "z"))


def test_an_update_publishes_a_new_script_beside_the_old_one(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(blog.target.files)
    update = {"embed/feedpub-feed.0123456789abcdef.js": b"new", "embed/feedpub-feed.v1.js": b"new"}
    monkeypatch.setattr(Embeds, "files", lambda _: update)

    blog.build(everything=True)

    pinned = [path for path in before if path.startswith("embed/feedpub") and ".v1." not in path]
    assert {path: blog.target.files[path] for path in pinned} == {
        path: before[path] for path in pinned
    }
    assert blog.target.files.items() >= update.items()
    assert blog.target.deleted == []


def test_a_category_that_lost_its_articles_says_so_where_it_was_embedded(blog: Blog) -> None:
    blog.delete("b.md")

    blog.build()

    assert b"feedpub-empty" in blog.target.files["embed/z.html"]
    assert b"feedpub-empty" in blog.target.files["embed/z.frame.html"]
    assert b"B" not in blog.target.files["embed/z.html"]


def test_a_renamed_category_is_embedded_at_both_places(blog: Blog) -> None:
    blog.set(renames={("z",): ("x", "new")})

    blog.build()

    files = blog.target.files
    assert files["embed/z.html"] == files["embed/x/new.html"]
    assert b'src="../' not in files["embed/z.frame.html"]
    assert find_dangling(files) == set()
    blog.write("later.md", categories=["x", "new"])
    blog.build()
    assert b"Later" in files["embed/z.html"]


def test_embeds_that_are_switched_off_are_taken_down_and_their_scripts_stay(blog: Blog) -> None:
    blog.set(embed_enabled=False)

    blog.build()

    left = embeds_of(list(blog.target.files))
    assert left
    assert all(path.endswith((".js", ".css")) for path in left)
    assert b"oembed" not in blog.target.files["x/index.html"]
    assert find_dangling(blog.target.files) == set()


def test_there_are_embeds_without_pages(blog: Blog) -> None:
    blog.set(pages_enabled=False, site_pages=False)

    blog.build()

    assert "embed/index.html" not in blog.target.files
    assert b"/embed/x.frame.html" in blog.target.files["embed/x.oembed.json"]


def test_a_fragment_holds_as_many_articles_as_is_set(blog: Blog) -> None:
    blog.set(embed_entries=1)

    blog.build()

    assert blog.target.files["embed/all.html"].count(b"<li>") == 1


# The snippet


@pytest.fixture
def publisher(blog: Blog) -> Publisher:
    return blog.publisher()


def test_a_category_is_named_by_its_names_or_its_folder(publisher: Publisher) -> None:
    assert publisher.embed("x/y", "json").url == "https://example.org/feeds/x/y/feed.json"
    assert publisher.embed(form="json").url == "https://example.org/feeds/all/feed.json"


def test_an_unknown_category_is_answered_with_the_nearest(publisher: Publisher) -> None:
    with pytest.raises(CategoryError, match="did you mean 'x/y'"):
        publisher.embed("x/yy")


def test_there_is_no_snippet_of_what_is_switched_off(blog: Blog) -> None:
    blog.set(embed_enabled=False)

    with pytest.raises(ConfigError, match="set enabled = true"):
        blog.publisher().embed()


@pytest.mark.parametrize("form", ["element", "fragment", "iframe", "oembed", "json"])
def test_a_snippet_shows_a_file_that_is_published(
    blog: Blog, publisher: Publisher, form: str
) -> None:
    snippet = publisher.embed("x", form)  # type: ignore[arg-type] # one of the five

    assert snippet.url.removeprefix("https://example.org/feeds/") in blog.target.files
