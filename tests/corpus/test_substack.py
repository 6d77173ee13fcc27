"""An export of Substack as its owner gets it: a table, texts, statistics, and a list of readers.

The shape is that of ``posts.csv`` as programs know it that move people from there, such as Ghost's
(https://github.com/TryGhost/Migrate, mg-substack). The words are our own; what becomes of each row
was worked out by reading.
"""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from feedpub.model import BuildReport
from tests.support.export_site import ExportSite

EXPORT = Path(__file__).parent / "substack"
PUBLISHED = {
    "First tide": ("first-tide", "2024-03-01T08:30:00+00:00"),
    "潮水第二封": ("chao-shui", "2024-03-08T08:30:00+00:00"),
    "The foghorn": ("the-foghorn", "2024-03-15T08:30:00+00:00"),
    "what do you hear": ("what-do-you-hear", "2024-03-29T08:30:00+00:00"),
}


def publish(root: Path, path: str, more: str = "") -> tuple[BuildReport, dict[str, dict[str, Any]]]:
    """Return the report of a build, and the items of its feed by title."""
    site = ExportSite(root, "substack", path, f'url = "https://tide.substack.example"\n{more}')
    report = site.build()
    return report, {item["title"]: item for item in site.items()}


@pytest.fixture(params=["folder", "archive"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the export is, unpacked or as it came."""
    if request.param == "folder":
        shutil.copytree(EXPORT, tmp_path / "export")
        return "export"
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for file in sorted(EXPORT.rglob("*.*")):
            archive.write(file, file.relative_to(EXPORT))
    return "export.zip"


def test_each_row_of_the_table_becomes_what_it_is(tmp_path: Path, path: str) -> None:
    report, items = publish(tmp_path, path)

    found = {
        title: (item["url"].rpartition("/p/")[2], item["date_published"])
        for title, item in items.items()
    }
    assert found == PUBLISHED
    (lost,) = (problem for problem in report.problems if "160000008" in problem.path)
    assert "its text is missing" in lost.message
    assert len(report.problems) == 1


def test_texts_are_whole_and_without_calls_to_subscribe(tmp_path: Path, path: str) -> None:
    _, items = publish(tmp_path, path)

    tide, water, horn = (items[name] for name in ("First tide", "潮水第二封", "The foghorn"))
    assert tide["summary"] == 'The harbour, "before" breakfast'
    assert [tide["content_html"].count(tag) for tag in ("<li>", "<h2", "The pier, at six")] == [
        2, 1, 1,
    ]  # fmt: skip
    assert "会。" in water["content_html"]
    assert "160000003.mp3?a=1&amp;b=2" in horn["content_html"]
    whole = json.dumps(list(items.values()), ensure_ascii=False)
    for word in ("Subscribe", "谢谢阅读", "<form", "for those who pay", "gulls", "@example.com"):
        assert word not in whole


def test_nothing_of_the_list_of_readers_is_kept(tmp_path: Path, path: str) -> None:
    publish(tmp_path, path)

    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    own = [file for file in files if not file.is_relative_to(tmp_path / path)]
    assert len(own) > 10
    assert [file for file in own if b"reader@example.com" in file.read_bytes()] == []


def test_pages_come_along_if_they_are_asked_for(tmp_path: Path, path: str) -> None:
    _, items = publish(tmp_path, path, "pages = true")

    assert set(items) == {*PUBLISHED, "About"}
