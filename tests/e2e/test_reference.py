"""The reference pages that people write name what the code has."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedpub import errors
from feedpub.digest.views import CardView, DigestView, ImageView, Links, SectionView
from feedpub.embeds.builder import Builder, Choice
from feedpub.model import ReadArticle, Snippet
from feedpub.pages import ASSETS
from feedpub.pages.views import Card, Image, Line
from feedpub.publisher import Publisher
from feedpub.reading import Dialect, read_article

REFERENCE = Path(__file__).resolve().parents[2] / "docs/reference"
TEMPLATES = REFERENCE.parents[1] / "templates"

INSTANT = datetime(2024, 1, 31, 1, 0, tzinfo=UTC)
# First column of the table of fields: what to write, and what must be read.
MEANINGS = {
    "title": ("收音机", lambda article: article.title == "收音机"),
    "date": ("2024-01-31T09:00+08:00", lambda article: article.date == INSTANT),
    "updated": ("2024-01-31T09:00+08:00", lambda article: article.updated == INSTANT),
    "expires": ("2024-01-31T09:00+08:00", lambda article: article.expires == INSTANT),
    "authors": ("林间", lambda article: article.authors == ("林间",)),
    "language": ("en", lambda article: article.language == "en"),
    "categories": ("手艺", lambda article: article.categories == (("手艺",),)),
    "tags": ("锡", lambda article: article.tags == ("锡",)),
    "picture": ("a.jpg", lambda article: article.thumbnail == "a.jpg"),
    "summary": ("一句话。", lambda article: article.summary == "一句话。"),
    "address": ("https://e.example/a", lambda article: article.url == "https://e.example/a"),
    "id": ("tag:e.example,2024:a", lambda article: article.guid == "tag:e.example,2024:a"),
}


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def documented_fields() -> list[tuple[str, str]]:
    """Return each row of the table of fields with each field that it names."""
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \|", page("front-matter.md"), re.MULTILINE)
    found = [
        (row, name)
        for row, names in rows
        if row in MEANINGS
        for name in re.findall("`([^`{}]+)`", names.partition(" (")[0])
        if not name.startswith(".")
    ]
    assert {row for row, _ in found} == MEANINGS.keys()
    return found


def read(name: str, value: str) -> ReadArticle:
    outer, _, inner = name.partition(".")
    field = f"{outer}:\n  {inner}: '{value}'" if inner else f"{outer}: '{value}'"
    return read_article(
        f"---\n{field}\n---\nBody.\n".encode(),
        path="a.md",
        dialect=Dialect(zone=ZoneInfo("Asia/Shanghai"), generator="hexo"),
    )


@pytest.mark.parametrize(("row", "name"), documented_fields())
def test_a_documented_field_is_read(row: str, name: str) -> None:
    value, is_read = MEANINGS[row]

    assert is_read(read(name, value))


def test_every_template_and_asset_is_documented() -> None:
    names = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}

    assert [name for name in names | set(ASSETS) if f"`{name}`" not in page("templates.md")] == []


@pytest.mark.parametrize(
    "value",
    [
        *(Builder, Card, CardView, Choice, DigestView, Image, ImageView, Line, Links),
        *(SectionView, Snippet),
    ],
)
def test_every_value_of_a_template_is_documented(value: type) -> None:
    names = {field.name for field in fields(value)}

    assert [name for name in names if f"`{name}`" not in page("templates.md")] == []


def test_every_method_of_the_publisher_is_documented() -> None:
    methods = {name for name in vars(Publisher) if not name.startswith("_")} - {"close"}

    assert [name for name in methods if f"{name}(" not in page("library.md")] == []


def test_every_exit_code_is_documented() -> None:
    codes = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.FeedpubError)
    }

    documented = re.findall(r"^\| (\d+) \|", page("exit-codes.md"), re.MULTILINE)

    assert {0, 2, 130} | codes == {int(code) for code in documented}
