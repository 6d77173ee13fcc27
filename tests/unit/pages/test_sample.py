"""The sample site: the first thing that a newcomer sees."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedpub.config import load_config
from feedpub.model import DateKind, ReadArticle
from feedpub.reading import Dialect, read_article
from feedpub.resources import sample_folder

ARTICLES = sorted((sample_folder() / "articles").rglob("*.md"))
PICTURES = sorted((sample_folder() / "articles").rglob("*.jpg"))


def read(path: Path) -> ReadArticle:
    generator = path.relative_to(sample_folder() / "articles").parts[0]
    dialect = Dialect(zone=ZoneInfo("Asia/Shanghai"), generator=generator, categories="path")
    return read_article(path.read_bytes(), path=path.name, dialect=dialect)


@pytest.fixture(scope="module")
def articles() -> list[ReadArticle]:
    return [read(path) for path in ARTICLES]


def test_its_settings_raise_no_warning() -> None:
    assert load_config(sample_folder() / "feedpub.toml", {}).warnings == ()


def test_it_publishes_articles_and_holds_back_a_draft_and_a_secret(
    articles: list[ReadArticle],
) -> None:
    held = {article.title for article in articles if article.draft or article.protected}

    assert len(articles) - len(held) == 16
    assert held == {"（草稿）深夜面馆排行榜", "编辑部通讯录"}


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_has_a_date_with_a_zone_and_no_warning(path: Path) -> None:
    article = read(path)

    assert article.date_kind is DateKind.ZONED
    assert article.categories
    assert article.warnings == ()


def test_its_categories_are_three_deep(articles: list[ReadArticle]) -> None:
    depths = {len(path) for article in articles for path in article.categories}

    assert depths == {1, 2, 3}


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_is_light_and_used(path: Path, articles: list[ReadArticle]) -> None:
    used = {article.thumbnail for article in articles}
    bodies = "".join(each.read_text() for each in ARTICLES)

    assert path.stat().st_size < 25_000
    assert f"images/{path.name}" in used or f"(images/{path.name})" in bodies
