"""Every export of the shared corpus, against a table worked out by hand from the files."""

import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from feedpub.errors import ExportError
from feedpub.reading.writing import Manuscript
from tests.support.exports import read_export, substack_table, write_zip

OUTCOMES: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "exports.toml").read_text("utf-8")
)
KINDS = {"wordpress-wxr": "wordpress", "ghost": "ghost", "medium": "medium"}


def kind_of(key: str) -> str:
    return KINDS[key.partition("/")[0]]


def outcome(article: Manuscript) -> dict[str, Any]:
    found = {
        "title": sha256(article.title.encode()).hexdigest()[:16] if article.title else "",
        "instant": f"{article.date:%Y-%m-%dT%H:%M:%SZ}" if article.date else "",
        "link": article.link or "",
        "categories": [list(path) for path in article.categories],
        "thumbnail": article.thumbnail or "",
        "state": "protected" if article.protected else "draft" if article.draft else "",
        "tags": len(article.tags),
        "authors": len(article.authors),
    }
    always = ("title", "instant", "link")
    return {name: value for name, value in found.items() if value or name in always}


def test_the_table_has_a_row_for_every_export(shared: Path) -> None:
    other = shared / "corpus/other"
    files = [file for folder in KINDS for file in (other / folder).iterdir()]

    assert {str(file.relative_to(other)) for file in files} == set(OUTCOMES)


@pytest.mark.parametrize("key", [key for key, row in OUTCOMES.items() if "articles" in row])
def test_an_export_is_read_as_a_person_reads_it(shared: Path, key: str) -> None:
    entries, unread = read_export(kind_of(key), shared / "corpus/other" / key)

    assert [outcome(entry.manuscript) for entry in entries] == OUTCOMES[key]["articles"]
    assert len(unread) == OUTCOMES[key].get("unread", 0)
    assert len({entry.key for entry in entries}) == len(entries)


@pytest.mark.parametrize("key", [key for key, row in OUTCOMES.items() if "error" in row])
def test_what_is_no_export_is_refused_with_its_reason(shared: Path, key: str) -> None:
    with pytest.raises(ExportError) as caught:
        read_export(kind_of(key), shared / "corpus/other" / key)

    assert OUTCOMES[key]["error"] in caught.value.message
    assert caught.value.line == OUTCOMES[key].get("line")


def test_texts_of_substack_lose_their_buttons_and_nothing_else(
    shared: Path, tmp_path: Path
) -> None:
    """The corpus has texts of posts, and no table of theirs."""
    files = sorted((shared / "corpus/other/substack").iterdir())
    texts = {file.name.rpartition("__")[2]: file.read_bytes() for file in files}
    table = substack_table(
        *({"post_id": name.removesuffix(".html"), "title": "T"} for name in texts)
    )
    path = write_zip(
        tmp_path / "s.zip",
        {"posts.csv": table} | {f"posts/{name}": text for name, text in texts.items()},
    )

    entries, unread = read_export("substack", path)

    assert (len(entries), unread) == (4, [])
    for entry, file in zip(entries, files, strict=True):
        paragraphs = file.read_text("utf-8").count("<p>")
        assert entry.manuscript.body.count("<p>") == paragraphs > 0
        assert "button" not in entry.manuscript.body
