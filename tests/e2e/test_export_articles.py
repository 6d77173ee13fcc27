"""``feedpub export``: what was published is kept as files, and they are the same articles again."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from feedpub.config import load_config
from feedpub.errors import TargetError
from feedpub.ports import Staged
from feedpub.publishing import exporting
from feedpub.targets.keep import INDEX
from feedpub.targets.local import LocalTarget
from feedpub.wiring import create_site, open_site
from tests.support.exports import wxr, wxr_item
from tests.support.feed_server import run_feed_server
from tests.support.processes import clean_environment
from tests.support.rsshub import SETTINGS, rsshub

SITE = """
[site]
id = "0b5f3c1e-6c1d-4c39-9d6a-3a1d2f4b5c6d"
title = "Kept"
url = "https://blog.example/"

[feeds]
archive = "full"
"""
FOLDER = '\n[[sources]]\npath = "{path}"\ngenerator = "{generator}"\n'
POSTS = {
    "2024/radio.md": 'title: "Radio: \\"R&D\\" & <x>"\ndate: 2024-10-02 20:15\n'
    "categories: [手艺, 电子]\ntags: [a, b]\ncover: radio.png\n---\n"
    "First.\n\n<!-- more -->\n\n```\n{{ x }} {% raw %}\n```\n![p](radio.png) [l](../x/)\n",
    "kettle.md": "title: 水壶\ndate: 2024-11-03 09:00:00 +08:00\n"
    "updated: 2024-11-05 09:00:00 +08:00\ncategories:\n- [手艺]\n- [家]\n"
    "link: https://else.example/?a=1&b=2\ndescription: 自己写的摘要。\n"
    "author: Ann\nlang: en\n---\n<div>plain\nlines</div>\n",
    "twin-a.md": "title: Twin\ndate: 2024-11-01 09:00:00 +08:00\ncategories: [A]\n---\nSame.\n",
    "twin-b.md": "title: Twin\ndate: 2024-11-01 09:00:00 +08:00\ncategories: [B]\n---\nSame.\n",
    "bundle/index.md": "title: Bundle\ndate: 2024-11-09\n---\n![q](/img/q.png)\n",
    "draft.md": "title: Draft\ndraft: true\n---\nNo.\n",
    "no-date.md": "title: 1970\n---\nNo date.\n",
    "own-id.md": "title: 'no'\nid: my own id\ndate: 2024-01-01 00:00:00 +00:00\n---\nA.\n",
}


def write_site(root: Path, *sources: tuple[str, str]) -> None:
    root.mkdir(exist_ok=True)
    tables = (FOLDER.format(path=path, generator=generator) for path, generator in sources)
    (root / "feedpub.toml").write_text(SITE + "".join(tables), "utf-8")
    create_site(load_config(root / "feedpub.toml", {}))


def build(root: Path) -> Any:
    with open_site(load_config(root / "feedpub.toml", {})) as publisher:
        return publisher.build(offline=True)


def export(root: Path, folder: Path, **options: Any) -> Any:
    with open_site(load_config(root / "feedpub.toml", {})) as publisher:
        return publisher.export(str(folder), **options)


def feeds(root: Path) -> dict[str, bytes]:
    """Return all that is published but what tells of the files themselves."""
    folder = root / "feeds"
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != "status.json"
    }


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    root = tmp_path / "blog"
    posts = root / "posts"
    for name, text in POSTS.items():
        (posts / name).parent.mkdir(parents=True, exist_ok=True)
        (posts / name).write_text(f"---\n{text}", "utf-8")
    Image.new("RGB", (300, 200), "teal").save(posts / "2024/radio.png")
    (root / "img").mkdir()
    Image.new("RGB", (300, 200), "red").save(root / "img/q.png")
    write_site(root, ("posts", "hexo"))
    return root


def test_a_site_that_was_exported_and_read_again_is_the_same_site(
    blog: Path, tmp_path: Path
) -> None:
    build(blog)
    copy = tmp_path / "copy"

    report = export(blog, copy / "kept")
    write_site(copy, ("kept", "hexo"))
    build(copy)

    assert (report.articles, report.written, report.pictures, report.problems) == (6, 6, 2, ())
    assert len(feeds(blog)) > 40
    assert feeds(copy) == feeds(blog)


def test_an_export_of_another_system_is_kept_the_same(tmp_path: Path) -> None:
    root, copy = tmp_path / "old", tmp_path / "copy"
    root.mkdir()
    source = '\n[[sources]]\nname = "old"\ntype = "wordpress"\npath = "export.xml"\n'
    (root / "export.xml").write_text(
        wxr(
            wxr_item(1, content="a\n\nb {{ x }}", excerpt="Short & <b>bold</b>", title="no"),
            wxr_item(2, link="", guid="x y", title="~"),
        )
    )
    (root / "feedpub.toml").write_text(SITE + source)
    create_site(load_config(root / "feedpub.toml", {}))
    build(root)

    export(root, copy / "kept")
    write_site(copy, ("kept", "hexo"))
    build(copy)

    assert feeds(copy) == feeds(root)
    names = sorted(str(file.relative_to(copy / "kept")) for file in copy.glob("kept/*/*"))
    assert names[0] == "2024/2024-05-06-no.html"
    assert re.fullmatch(r"2024/post-2-[0-9a-f]{8}\.html", names[1])  # its page is named after it


def test_a_crawl_of_somebodys_feed_is_kept_the_same(tmp_path: Path) -> None:
    """Also what the feed has long dropped; and the keepers' site asks nobody any more."""
    root, copy = tmp_path / "portal", tmp_path / "copy"
    root.mkdir()
    with run_feed_server() as server:
        source = SETTINGS.format(url=server.url)
        (root / "feedpub.toml").write_text(SITE + source, "utf-8")
        create_site(load_config(root / "feedpub.toml", {}))
        for numbers in ((3, 2, 1), (5, 4)):
            server.documents["/36kr/rss.xml"] = rsshub(*numbers)
            with open_site(load_config(root / "feedpub.toml", {})) as publisher:
                publisher.build()

    report = export(root, copy / "kept")
    write_site(copy, ("kept", "hexo"))
    settings = copy / "feedpub.toml"
    settings.write_text(settings.read_text("utf-8") + '[thumbnails]\nmode = "link"\n', "utf-8")
    build(copy)

    assert (report.articles, report.written, report.problems) == (5, 5, ())
    assert feeds(copy) == feeds(root)
    assert b"https://36kr.example/p/1" in feeds(copy)["all/feed.json"]
    assert any("/ke-ji/" in path for path in feeds(copy))


def test_posts_of_a_day_with_one_title_are_all_kept(tmp_path: Path) -> None:
    root = tmp_path / "old"
    root.mkdir()
    source = '\n[[sources]]\nname = "old"\ntype = "wordpress"\npath = "export.xml"\n'
    (root / "export.xml").write_text(wxr(*(wxr_item(n, title="Same") for n in (1, 2, 3))))
    (root / "feedpub.toml").write_text(SITE + source)
    create_site(load_config(root / "feedpub.toml", {}))
    build(root)

    assert export(root, tmp_path / "kept").written == 3
    assert len(list(tmp_path.glob("kept/2024/2024-05-06-Same*.html"))) == 3


@pytest.mark.parametrize("name", ["字" * 84, "a" * 252], ids=["han", "latin"])
def test_a_name_as_long_as_names_may_be_is_kept(blog: Path, tmp_path: Path, name: str) -> None:
    (blog / f"posts/{name}.md").write_text("---\ntitle: Long\ndate: 2024-11-03\n---\nLong.\n")
    build(blog)
    copy = tmp_path / "copy"

    report = export(blog, copy / "kept")
    write_site(copy, ("kept", "hexo"))
    build(copy)

    assert (report.written, report.problems) == (7, ())
    assert feeds(copy) == feeds(blog)


def test_another_export_writes_only_what_changed(blog: Path, tmp_path: Path) -> None:
    build(blog)
    export(blog, tmp_path / "kept")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "kept").rglob("*.html")}

    assert export(blog, tmp_path / "kept").written == 0
    post = blog / "posts/kettle.md"
    post.write_text(post.read_text("utf-8").replace("plain", "changed"), "utf-8")
    build(blog)
    report = export(blog, tmp_path / "kept")

    assert (report.written, report.articles) == (1, 6)
    after = {file: file.stat().st_mtime_ns for file in before}
    assert [file.name for file in before if before[file] != after[file]] == ["kettle.html"]


def test_what_feedpub_did_not_write_is_never_touched(blog: Path, tmp_path: Path) -> None:
    build(blog)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "kettle.html").write_text("mine")

    report = export(blog, kept)

    assert (kept / "kettle.html").read_text() == "mine"
    assert report.articles == 5
    (problem,) = report.errors
    assert problem.path == f"{kept}/kettle.html"
    assert "was not written by 'feedpub export'" in problem.message


def test_what_somebody_changed_since_is_left_alone(blog: Path, tmp_path: Path) -> None:
    build(blog)
    kept = tmp_path / "kept"
    export(blog, kept)
    (kept / "kettle.html").write_text("edited")
    post = blog / "posts/kettle.md"
    post.write_text(post.read_text("utf-8") + "more", "utf-8")
    build(blog)

    report = export(blog, kept)

    assert (kept / "kettle.html").read_text() == "edited"
    assert "was changed since it was exported" in report.errors[0].message


def test_an_export_that_was_killed_before_it_noted_its_files_goes_on(
    blog: Path, tmp_path: Path
) -> None:
    build(blog)
    export(blog, tmp_path / "kept")
    (tmp_path / "kept/.feedpub-export.json").unlink()
    (tmp_path / "kept/kettle.html").unlink()

    report = export(blog, tmp_path / "kept")

    assert (report.articles, report.written, report.problems) == (6, 1, ())
    assert export(blog, tmp_path / "kept").written == 0


def test_what_could_not_take_its_place_is_exported_by_the_next(
    blog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(blog)
    export(blog, tmp_path / "kept")
    post = blog / "posts/kettle.md"
    post.write_text(post.read_text("utf-8").replace("plain", "changed"), "utf-8")
    build(blog)

    commit = LocalTarget.commit

    def fail(target: LocalTarget, staged: Sequence[Staged]) -> None:
        if any(one.path == "kettle.html" for one in staged):
            raise TargetError("the disk failed")
        commit(target, staged)

    with monkeypatch.context() as patch:
        patch.setattr(LocalTarget, "commit", fail)
        with pytest.raises(TargetError, match="the disk failed"):
            export(blog, tmp_path / "kept")

    assert "changed" not in (tmp_path / "kept/kettle.html").read_text("utf-8")
    assert export(blog, tmp_path / "kept").written == 1
    assert "changed" in (tmp_path / "kept/kettle.html").read_text("utf-8")


def test_what_was_exported_before_the_disk_failed_is_noted(
    blog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(blog)
    commit = LocalTarget.commit
    staged_so_far: list[str] = []

    def fail_once(target: LocalTarget, staged: Sequence[Staged]) -> None:
        before = len(staged_so_far)
        staged_so_far.extend(one.path for one in staged)
        if before and staged and INDEX not in staged_so_far:
            raise TargetError("the disk failed")
        commit(target, staged)

    with monkeypatch.context() as patch:
        patch.setattr(LocalTarget, "commit", fail_once)
        patch.setattr(exporting, "cut_batches", lambda rows: ([row] for row in rows))
        with pytest.raises(TargetError, match="the disk failed"):
            export(blog, tmp_path / "kept")

    index = json.loads((tmp_path / "kept" / INDEX).read_text("utf-8"))
    assert [values[0] for values in index["articles"].values()] == staged_so_far[:1]


def test_a_file_that_moves_stays_where_it_was_exported(blog: Path, tmp_path: Path) -> None:
    build(blog)
    export(blog, tmp_path / "kept")
    (blog / "posts/kettle.md").rename(blog / "posts/pot.md")
    build(blog)

    export(blog, tmp_path / "kept")

    assert (tmp_path / "kept/kettle.html").exists()
    assert not (tmp_path / "kept/pot.html").exists()


def test_an_article_that_is_gone_from_its_source_is_kept(blog: Path, tmp_path: Path) -> None:
    build(blog)
    export(blog, tmp_path / "kept")
    (blog / "posts/kettle.md").unlink()
    build(blog)

    assert export(blog, tmp_path / "kept").articles == 5
    assert (tmp_path / "kept/kettle.html").exists()


def test_a_category_or_a_source_can_be_chosen(blog: Path, tmp_path: Path) -> None:
    (blog / "more").mkdir()
    (blog / "more/x.md").write_text("---\ntitle: X\ncategories: [手艺]\n---\nx")
    settings = blog / "feedpub.toml"
    settings.write_text(settings.read_text("utf-8") + FOLDER.format(path="more", generator="hexo"))
    build(blog)

    export(blog, tmp_path / "a", category="手艺")
    export(blog, tmp_path / "b", source="more")

    def names(folder: str) -> list[str]:
        return sorted(
            str(file.relative_to(tmp_path / folder)) for file in (tmp_path / folder).rglob("*.html")
        )

    assert names("a") == ["more/x.html", "posts/2024/radio.html", "posts/kettle.html"]
    assert names("b") == ["more/x.html"]


def test_a_folder_that_a_source_reads_is_refused(blog: Path) -> None:
    build(blog)

    with pytest.raises(TargetError, match="would read it again"):
        export(blog, blog / "posts/kept")


def test_a_link_that_leads_out_of_the_folder_is_refused(blog: Path, tmp_path: Path) -> None:
    build(blog)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "2024").symlink_to(tmp_path)

    with pytest.raises(TargetError, match="leads out of the folder"):
        export(blog, kept)

    assert not (tmp_path / "radio.html").exists()


def test_an_index_that_is_damaged_is_refused(blog: Path, tmp_path: Path) -> None:
    build(blog)
    export(blog, tmp_path / "kept")
    (tmp_path / "kept/.feedpub-export.json").write_text("{")

    with pytest.raises(TargetError, match="damaged"):
        export(blog, tmp_path / "kept")


def test_the_command_tells_in_words_json_and_its_exit_code(blog: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "feedpub", *arguments],
            cwd=blog, env=clean_environment(), capture_output=True, text=True,
        )  # fmt: skip

    assert run("build", "--offline").returncode == 0
    first = run("export")
    again = run("--json", "export", "--category", "手艺")
    (blog / "exported/kettle.html").write_text("mine")
    (blog / "exported/.feedpub-export.json").unlink()
    refused = run("export", "--source", "posts")
    unknown = run("export", "--source", "nobody")

    assert (first.returncode, first.stdout) == (0, "")
    assert re.search(r"6 articles in exported: 6 written, 2 pictures copied", first.stderr)
    assert json.loads(again.stdout)["written"] == 0
    assert refused.returncode == 3
    assert "kettle.html" in refused.stderr
    assert unknown.returncode == 3
    assert "no source 'nobody'" in unknown.stderr
