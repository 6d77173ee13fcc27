"""Exports of other systems as sources of a site that is really built."""

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedpub.sources.exports import source as export_source
from tests.support.export_site import ExportSite
from tests.support.exports import ghost, ghost_post, substack_table, write_zip, wxr, wxr_item
from tests.support.programs import start, wait_for_line

Make = Callable[..., ExportSite]


@pytest.fixture
def site(tmp_path: Path) -> Make:
    def make(text: str, **options: str) -> ExportSite:
        site = ExportSite(tmp_path, "wordpress", "export.xml", **options)
        site.export.write_text(text)
        return site

    return make


def test_a_wordpress_export_is_published(site: Make) -> None:
    terms = '<category domain="category" nicename="t">T &amp; T</category>'
    blog = site(
        wxr(
            wxr_item(1, terms=terms, content="One\n\ntwo {{ x }} [sic]", title="A"),
            wxr_item(2, status="draft"),
            wxr_item(3, status="private", content="hush"),
            wxr_item(4, password="x", content="hush"),
            wxr_item(5, type="page"),
        )
    )

    report = blog.build()

    assert (report.articles, report.held, report.problems) == (1, 3, ())
    (item,) = blog.items()
    assert item["id"] == "https://old.example/?p=1"
    assert item["url"] == "https://old.example/1/"
    assert item["date_published"] == "2024-05-06T07:08:09+00:00"
    assert item["content_html"] == "<p>One</p>\n<p>two {{ x }} [sic]</p>"
    assert (blog.root / "feeds/t-t/rss.xml").exists()
    assert "hush" not in "".join(
        file.read_text("utf-8", "replace") for file in blog.root.rglob("*") if file.is_file()
        if file != blog.export
    )  # fmt: skip


def test_a_draft_is_shown_by_a_build_for_drafts_and_a_private_post_never(
    site: Make,
) -> None:
    blog = site(wxr(wxr_item(1, status="draft"), wxr_item(2, status="private")))

    blog.build(drafts=True)

    assert blog.titles() == ["Post 1"]


def test_a_newer_export_is_the_whole_truth(site: Make) -> None:
    blog = site(wxr(wxr_item(1), wxr_item(2)))
    blog.build()

    blog.export.write_text(wxr(wxr_item(2, content="New text"), wxr_item(3)))
    report = blog.build()

    assert blog.titles() == ["Post 2", "Post 3"]
    assert (report.new, report.updated, report.deleted) == (1, 1, 1)


def test_an_article_keeps_its_id_when_its_name_changes(site: Make) -> None:
    blog = site(wxr(wxr_item(1, guid="")))
    blog.build()
    before = blog.items()[0]["id"]

    blog.export.write_text(wxr(wxr_item(1, guid="", name="renamed", title="Renamed")))
    report = blog.build()

    assert [(item["id"], item["title"]) for item in blog.items()] == [(before, "Renamed")]
    assert (report.moved, report.deleted, report.new) == (1, 0, 0)


def test_an_export_that_lost_much_is_held(site: Make) -> None:
    blog = site(wxr(*map(wxr_item, range(1, 60))))
    blog.build()

    blog.export.write_text(wxr(*map(wxr_item, range(1, 30))))
    report = blog.build()

    assert report.held_sources == ("old",)
    assert blog.build().held_sources == ("old",)  # it is not forgotten by another look
    assert blog.build(accept_deletions=True).articles == 29


def test_an_export_that_breaks_off_changes_nothing(site: Make) -> None:
    blog = site(wxr(wxr_item(1), wxr_item(2)))
    blog.build()
    feed = (blog.root / "feeds/all/rss.xml").read_bytes()

    text = wxr(wxr_item(1, content="changed"), wxr_item(2))
    blog.export.write_text(text[: text.index("Text of post 2")])
    report = blog.build()

    assert report.held_sources == ("old",)
    (problem,) = report.problems
    assert re.search(r"export\.xml:\d+: XML that breaks off .* nothing of this", problem.message)
    assert (blog.root / "feeds/all/rss.xml").read_bytes() == feed
    assert "changed" not in "".join(p.read_text() for p in blog.root.rglob(".feedpub/**/*.html"))


def test_an_export_that_is_gone_is_held_until_that_is_meant(
    site: Make,
) -> None:
    blog = site(wxr(wxr_item(1)))
    blog.build()

    blog.export.unlink()

    assert blog.build().held_sources == ("old",)
    assert blog.build(accept_deletions=True).articles == 0


def test_an_unchanged_export_is_not_opened(site: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    blog = site(wxr(wxr_item(1)))
    blog.build()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(export_source, "open_package", refuse)
    monkeypatch.setattr(export_source, "_digest", refuse)

    assert blog.build().written == 0


def test_a_touched_export_is_hashed_and_not_read(
    site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = site(wxr(wxr_item(1)))
    blog.build()

    os.utime(blog.export, (1, 1))
    monkeypatch.setattr(export_source, "open_package", lambda *_, **__: pytest.fail("read"))

    assert blog.build().written == 0


def test_what_is_no_article_is_told_until_it_is_gone(site: Make) -> None:
    blog = site(wxr(wxr_item(1), wxr_item(2, type="recipe")))

    for report in (blog.build(), blog.build()):
        (problem,) = report.problems
        assert (problem.level, problem.path) == ("warning", "export.xml")
        assert problem.message.startswith("is not read: items of the type 'recipe': 1; ")
    blog.export.write_text(wxr(wxr_item(1)))

    assert blog.build().problems == ()


def test_an_interrupted_unpacking_is_done_again(
    site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = site(wxr(wxr_item(1)))
    blog.build()
    blog.export.write_text(wxr(wxr_item(1, title="New"), wxr_item(2)))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("feedpub.sources.spool.os.sync", die)
        with pytest.raises(KeyboardInterrupt):
            blog.build()
    blog.build()

    assert blog.titles() == ["New", "Post 2"]


def test_after_an_interrupted_unpacking_the_former_export_is_read_anew(
    site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = site(wxr(wxr_item(1)))
    blog.build()
    former = blog.export.rename(blog.root / "former.xml")
    blog.export.write_text(wxr(wxr_item(1, title="Newer"), wxr_item(2)))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("feedpub.sources.spool.os.sync", die)  # the files are in their places by then
        with pytest.raises(KeyboardInterrupt):
            blog.build()
    former.rename(blog.export)
    blog.build()

    assert blog.titles() == ["Post 1"]


def test_a_folder_that_cannot_be_listed_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "export/more").mkdir(parents=True)
    for name, number in (("a.xml", 1), ("more/b.xml", 2)):
        (tmp_path / "export" / name).write_text(wxr(wxr_item(number)))
    old = ExportSite(tmp_path, "wordpress", "export")
    old.build()
    listed = os.scandir

    def refuse(folder: Any) -> Any:
        if str(folder).endswith("more"):
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    report = old.build()

    assert report.held_sources == ("old",)
    assert old.titles() == ["Post 1", "Post 2"]


def test_settings_of_the_source_are_heeded_when_they_change(
    site: Make,
) -> None:
    blog = site(wxr(wxr_item(1), wxr_item(2, type="page")))
    blog.build()

    settings = blog.root / "feedpub.toml"
    settings.write_text(settings.read_text() + 'pages = true\nurl = "https://now.example/"\n')
    blog.build()

    assert blog.titles() == ["Post 1", "Post 2"]
    assert blog.items()[0]["url"].startswith("https://now.example/")


def test_ghost_substack_and_medium_are_published_too(tmp_path: Path) -> None:
    (tmp_path / "g").mkdir()
    ghost_site = ExportSite(tmp_path / "g", "ghost", "ghost.json")
    ghost_site.export.write_text(ghost(ghost_post(1), ghost_post(2, visibility="paid")))
    (tmp_path / "s").mkdir()
    substack = ExportSite(tmp_path / "s", "substack", "s.zip", 'url = "https://s.example/"')
    table = substack_table({"post_id": "1.a-b", "title": "S"})
    write_zip(substack.export, {"posts.csv": table, "posts/1.a-b.html": "<p>text</p>"})

    ghost_site.build()
    substack.build()

    assert ghost_site.titles() == ["Post 1"]
    assert ghost_site.items()[0]["url"].startswith("https://new.example/feeds/articles/post-1-")
    assert [(item["title"], item["url"]) for item in substack.items()] == [
        ("S", "https://s.example/p/a-b")
    ]


def test_a_watch_builds_again_when_the_export_is_replaced(site: Make) -> None:
    blog = site(wxr(wxr_item(1)))
    (blog.root / "templates").mkdir()  # else the whole folder is watched, the export in it

    with start("build", "--watch", "--offline", cwd=blog.root, stderr=subprocess.PIPE) as process:
        wait_for_line(process.stderr, b"watching")
        newer = blog.root / "newer.xml"
        newer.write_text(wxr(wxr_item(1), wxr_item(2)))
        newer.replace(blog.export)
        wait_for_line(process.stderr, b"export.xml changed")
        wait_for_line(process.stderr, b"1 new")
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)

    assert blog.titles() == ["Post 1", "Post 2"]
