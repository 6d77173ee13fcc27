"""Every file of the shared corpus, against a table worked out by hand from the files."""

import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedpub.errors import ArticleError
from feedpub.model import ReadArticle
from feedpub.reading import Dialect, read_article, render_body, why_no_article

OUTCOMES: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "outcomes.toml").read_text("utf-8")
)
GENERATORS = ("hexo", "jekyll", "hugo", "eleventy", "zola", "astro", "pelican", "nikola")
# Where a generator's source starts within the folders that the corpus writes as "__".
ROOTS = {"jekyll": "_posts/", "pelican": "content/"}


def dialect_of(key: str) -> Dialect:
    tool = "rsshub" if key.startswith("posts/") else key.split("/")[1]
    known = tool in GENERATORS or tool == "rsshub"
    return Dialect(zone=ZoneInfo("Asia/Shanghai"), generator=tool if known else "auto")


def path_of(key: str, generator: str) -> str:
    path = key.rpartition("/")[2].replace("__", "/")
    root = ROOTS.get(generator, "\0")
    if root not in path:
        return path
    start = path.index(root)
    return path[start:] if generator == "jekyll" else path[start + len(root) :]


def sidecar_of(file: Path) -> bytes | None:
    meta = file.with_suffix(".meta")
    return meta.read_bytes() if meta.exists() else None


def read(shared: Path, key: str) -> ReadArticle:
    file = shared / "corpus" / key
    dialect = dialect_of(key)
    path = path_of(key, dialect.generator)
    return read_article(file.read_bytes(), path=path, dialect=dialect, sidecar=sidecar_of(file))


def outcome(article: ReadArticle) -> dict[str, Any]:
    return {
        "title": sha256(article.title.encode()).hexdigest()[:16],
        "instant": f"{article.date:%Y-%m-%dT%H:%M:%SZ}" if article.date else "",
        "categories": [list(path) for path in article.categories],
        "thumbnail": article.thumbnail or "",
        "draft": article.draft,
        "protected": article.protected,
    }


def keys(field: str | None) -> list[str]:
    if field is None:
        return [key for key, row in OUTCOMES.items() if "title" in row]
    return [key for key, row in OUTCOMES.items() if field in row]


def test_the_table_has_a_row_for_every_file(shared: Path) -> None:
    corpus = shared / "corpus"
    files = [*(corpus / "posts").iterdir(), *(corpus / "other").glob("*/*")]

    assert {str(file.relative_to(corpus)) for file in files} == set(OUTCOMES)


@pytest.mark.parametrize("key", keys(None))
def test_a_file_is_read_as_a_person_reads_it(shared: Path, key: str) -> None:
    expected = {"draft": False, "protected": False} | OUTCOMES[key]

    assert outcome(read(shared, key)) == expected


@pytest.mark.parametrize("key", keys("error_line"))
def test_a_file_that_cannot_be_read_names_line_and_reason(shared: Path, key: str) -> None:
    with pytest.raises(ArticleError) as caught:
        read(shared, key)

    assert caught.value.line == OUTCOMES[key]["error_line"]
    assert OUTCOMES[key]["reason"] in caught.value.message


@pytest.mark.parametrize("key", keys("skip"))
def test_what_is_no_article_is_passed_over_with_the_reason(shared: Path, key: str) -> None:
    name = path_of(key, "").rpartition("/")[2]
    reason = why_no_article(name)

    if reason is None:
        assert read(shared, key).draft
    else:
        kind = re.search(r"\(\w+\)", OUTCOMES[key]["skip"])
        assert kind is None or kind[0] in reason


@pytest.mark.parametrize("key", keys(None))
def test_a_body_is_published_clean(shared: Path, key: str) -> None:
    file = shared / "corpus" / key
    dialect = dialect_of(key)
    article = read(shared, key)

    rendition = render_body(
        file.read_bytes(),
        path=path_of(key, dialect.generator),
        dialect=dialect,
        base_url="https://blog.example/post/",
        title=article.title,
        own_summary=article.summary,
        sidecar=sidecar_of(file),
    )

    assert rendition.refused is None
    assert not re.search(r"<(?:script|style|iframe|form|video)|picsum\.photos", rendition.html)
    assert not re.search(r'<[^<>]* (?:src|href)="(?!https?://|mailto:)', rendition.html)
