"""Archives of Substack and Medium, and what may be wrong with any archive."""

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub.errors import ExportError
from feedpub.reading.writing import Manuscript
from feedpub.sources.exports import package
from tests.support.exports import read_export, substack_table, write_zip

MEDIUM = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body>
<article class="h-entry"><header><h1 class="p-name">Ünï &amp; title</h1></header>
<section data-field="subtitle" class="p-summary">In short</section>
<section data-field="body" class="e-content"><h3 class="graf graf--title">Ünï &amp; title</h3>
<p>Text &lt;here&gt;</p></section>
<footer><p class="p-tags"><a class="p-tag">Things</a></p>{footer}</footer></article></body>
</html>"""
FOOTER = """<p>By <a class="p-author h-card" href="https://medium.com/@j">Joe</a> on
<a href="https://medium.com/p/abcdef123456"><time class="dt-published"
 datetime="2018-08-11T11:23:34.123Z">August 11</time></a>.</p>
<p><a href="https://medium.com/@j/a-post-abcdef123456" class="p-canonical">Canonical</a></p>"""


# Substack


def substack(tmp_path: Path, *rows: dict[str, str], **texts: str) -> Path:
    members = {f"posts/{name}.html": text for name, text in texts.items()}
    return write_zip(tmp_path / "s.zip", {"posts.csv": substack_table(*rows), **members})


def test_a_post_of_substack_is_read_with_its_row(tmp_path: Path) -> None:
    row = {"post_id": "12.a-post", "title": "A, post", "subtitle": "In\nshort"}
    button = '<p class="button-wrapper" data-attrs="{}"><a href="#">Subscribe</a></p>'
    path = substack(tmp_path, row, **{"12.a-post": f"<p>a</p>{button}<p>b</p>"})

    entries, unread = read_export("substack", path, url="https://s.example/")

    assert unread == []
    assert [entry.manuscript for entry in entries] == [
        Manuscript(
            title="A, post",
            body="<p>a</p><p>b</p>",
            date=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
            id="old/12",
            link="https://s.example/p/a-post",
            summary="In short",
        )
    ]


@pytest.mark.parametrize(
    ("row", "draft", "protected"),
    [
        ({"is_published": "false"}, True, False),
        ({"audience": "only_paid"}, False, True),
        ({"audience": "founding"}, False, True),
        ({"audience": ""}, False, False),
    ],
)
def test_only_what_substack_shows_everybody_is_published(
    tmp_path: Path, row: dict[str, str], draft: bool, protected: bool
) -> None:
    path = substack(tmp_path, {"post_id": "1.x", "title": "T", **row}, **{"1.x": "text"})

    (entry,), _ = read_export("substack", path)

    assert (entry.manuscript.draft, entry.manuscript.protected) == (draft, protected)
    assert entry.manuscript.body == ("" if protected else "text")


def test_the_sound_of_a_podcast_is_linked(tmp_path: Path) -> None:
    row = {
        "post_id": "1.x",
        "title": "T",
        "podcast_url": "https://s.example/1.mp3",
        "type": "podcast",
    }

    (entry,), _ = read_export("substack", substack(tmp_path, row, **{"1.x": ""}))

    assert 'href="https://s.example/1.mp3"' in entry.manuscript.body


def test_a_text_without_a_row_and_a_row_without_a_text_are_told(tmp_path: Path) -> None:
    path = substack(tmp_path, {"post_id": "1.x", "title": "T"}, **{"2.y": "text"})

    entries, unread = read_export("substack", path)

    assert entries == []
    assert [one.place for one in unread] == ["posts/1.x.html", "posts/2.y.html"]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("a,b\n1,2\n", 1),
        ('post_id,post_date,is_published,title\n1.x,2024-05-06,true,"T', 2),
        (b"post_id,post_date,is_published,title\n1.x,\xff,true,T\n", 2),
    ],
    ids=["columns", "cut", "bytes"],
)
def test_a_table_that_is_damaged_is_refused_with_its_line(
    tmp_path: Path, table: str | bytes, line: int
) -> None:
    path = write_zip(tmp_path / "s.zip", {"x/posts.csv": table})

    with pytest.raises(ExportError) as caught:
        read_export("substack", path)

    assert (caught.value.member, caught.value.line) == ("x/posts.csv", line)


# Medium


def test_a_post_of_medium_is_read_by_its_microformats(tmp_path: Path) -> None:
    name = "posts/2018-08-11_A-post-abcdef123456.html"
    path = write_zip(tmp_path / "m.zip", {name: MEDIUM.format(footer=FOOTER), "claps/c.html": "x"})

    entries, unread = read_export("medium", path)

    assert unread == []
    assert [(entry.slug, entry.manuscript) for entry in entries] == [
        (
            "a-post",
            Manuscript(
                title="Ünï & title",
                body="\n<p>Text &lt;here&gt;</p>",
                date=datetime(2018, 8, 11, 11, 23, 34, tzinfo=UTC),
                id="https://medium.com/p/abcdef123456",
                link="https://medium.com/@j/a-post-abcdef123456",
                categories=(("Things",),),
                authors=("Joe",),
                summary="In short",
            ),
        )
    ]


@pytest.mark.parametrize(
    ("name", "footer"),
    [
        ("draft_x-abcdef123456.html", FOOTER),
        ("x.html", '<p><a href="https://medium.com/p/abcdef123456">View original.</a></p>'),
    ],
)
def test_what_medium_never_published_is_a_draft(tmp_path: Path, name: str, footer: str) -> None:
    path = write_zip(tmp_path / "m.zip", {f"posts/{name}": MEDIUM.format(footer=footer)})

    (entry,), _ = read_export("medium", path)

    assert entry.manuscript.draft
    assert entry.key == "abcdef123456"


def test_an_address_that_is_none_costs_a_post_of_medium_nothing_else(tmp_path: Path) -> None:
    footer = '<p><a href="http://[x">a</a> <a class="p-canonical" href="https://[x">b</a></p>'
    page = MEDIUM.format(footer=footer)
    path = write_zip(tmp_path / "m.zip", {"posts/x-abcdef123456.html": page})

    (entry,), _ = read_export("medium", path)

    assert (entry.key, entry.manuscript.title) == ("abcdef123456", "Ünï & title")


@pytest.mark.parametrize("page", ["", "<p>hello", b"\xff\xfe", "\0"])
def test_a_page_that_is_no_post_is_told(tmp_path: Path, page: str | bytes) -> None:
    path = write_zip(tmp_path / "m.zip", {"posts/x.html": page})

    entries, unread = read_export("medium", path)

    assert (entries, [one.place for one in unread]) == ([], ["posts/x.html"])


# Any archive


@pytest.mark.parametrize("kind", ["wordpress", "ghost", "substack", "medium"])
def test_an_archive_without_what_belongs_in_it_is_refused(tmp_path: Path, kind: str) -> None:
    path = write_zip(tmp_path / "x.zip", {"readme.txt": "x"})

    with pytest.raises(ExportError, match="holds no"):
        read_export(kind, path)


@pytest.mark.parametrize(
    "name", ["../a.html", "posts/../../a.html", "/etc/passwd", "C:/a.html", "a\\..\\b.html", "a\nb"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "m.zip", {"posts/x.html": MEDIUM, name: "x"})

    with pytest.raises(ExportError, match="leads out of the archive") as caught:
        read_export("medium", path)

    assert caught.value.member


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.zip"
    link = zipfile.ZipInfo("posts/x.html")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(ExportError, match="a link, not a file"):
        read_export("medium", path)


def test_a_link_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "export/posts"
    folder.mkdir(parents=True)
    (tmp_path / "secret.html").write_text(MEDIUM.format(footer=FOOTER))
    (folder / "x.html").symlink_to(tmp_path / "secret.html")

    with pytest.raises(ExportError, match="holds no"):
        read_export("medium", tmp_path / "export")


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "m.zip", {"posts/x.html": b"\0" * (40 * 1024 * 1024)})

    with pytest.raises(ExportError, match="would unpack to 40 MB") as caught:
        read_export("medium", path)

    assert caught.value.member == "posts/x.html"


def test_many_small_bombs_are_one(tmp_path: Path) -> None:
    members = {f"posts/{number}.html": b"\0" * (7 * 1024 * 1024) for number in range(8)}

    with pytest.raises(ExportError, match="would unpack to 56 MB"):
        read_export("medium", write_zip(tmp_path / "m.zip", members))


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts/x.html", "a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("posts/x.html", "b")

    with pytest.raises(ExportError, match="is there twice"):
        read_export("medium", path)


def test_a_post_of_unlikely_size_is_refused_by_name(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "m.zip", {"posts/x.html": os.urandom(9 * 1024 * 1024)})

    with pytest.raises(ExportError, match="more than 8 MB") as caught:
        read_export("medium", path)

    assert caught.value.member == "posts/x.html"


def test_an_archive_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MAX_MEMBERS", 3)
    path = write_zip(tmp_path / "m.zip", {f"posts/{number}.html": "" for number in range(4)})

    with pytest.raises(ExportError, match="holds 4 files"):
        read_export("medium", path)


@pytest.mark.parametrize(
    ("kind", "name"), [("medium", "posts/x.html"), ("wordpress", "x.xml"), ("ghost", "x.json")]
)
def test_an_archive_that_is_damaged_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    path = write_zip(tmp_path / "m.zip", {name: f"<rss>{MEDIUM * 20}</rss>"})
    data = bytearray(path.read_bytes())
    data[60:90] = b"\xff" * 30
    path.write_bytes(data)

    with pytest.raises(ExportError, match="cannot be read") as caught:
        read_export(kind, path)

    assert caught.value.member == name


@pytest.mark.parametrize("kind", ["medium", "wordpress", "ghost", "substack"])
@pytest.mark.parametrize("kept", [0, 100, -10])
def test_an_archive_that_broke_off_on_its_way_is_called_that(
    tmp_path: Path, kind: str, kept: int
) -> None:
    path = write_zip(tmp_path / "m.zip", {"posts/x.html": MEDIUM * 20})
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(ExportError, match="is no zip archive that can be read"):
        read_export(kind, path)


def test_a_fifo_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ExportError, match="no regular file"):
        read_export("ghost", tmp_path / "pipe")


def test_what_a_mac_adds_to_an_archive_is_passed_over(tmp_path: Path) -> None:
    path = write_zip(
        tmp_path / "m.zip",
        {"posts/x.html": MEDIUM.format(footer=FOOTER), "__MACOSX/posts/._x.html": "\0",
         "posts/.DS_Store": "\0"},
    )  # fmt: skip

    entries, unread = read_export("medium", path)

    assert (len(entries), unread) == (1, [])
