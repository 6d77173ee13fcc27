"""The W3C feed validator has nothing to say: no error, no warning.

The validator is not on PyPI and comes with the test suite only by hand. Check it out anywhere and
name the place; FEEDPUB_VALIDATOR_PYTHON names an interpreter that has its requirements:

    git clone https://github.com/w3c/feedvalidator
    pip install -r feedvalidator/requirements.txt
    FEEDPUB_VALIDATOR=feedvalidator pytest tests/e2e/test_validator.py
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedpub.errors import ArticleError, LintError
from feedpub.feeds import build_opml, render_entries
from feedpub.model import Archive, Category, Entry, FeedSummary, Picture
from feedpub.reading import Dialect, read_article, render_body
from tests.support.feeds import AI, EVERYTHING, MORNING, PICTURE, SITE, TECH, make_entry, publish

CHECKOUT = os.environ.get("FEEDPUB_VALIDATOR", "")
PYTHON = os.environ.get("FEEDPUB_VALIDATOR_PYTHON") or sys.executable
pytestmark = pytest.mark.skipif(
    not Path(CHECKOUT, "src", "feedvalidator").is_dir(),
    reason="needs FEEDPUB_VALIDATOR to name a checkout of github.com/w3c/feedvalidator",
)
SCRIPT = Path(__file__).parent.parent / "support" / "validate_feeds.py"
JANUARY = Archive("2026-01", previous="2025-12", next="2026-02")
# Longer than any category has a right to be, in the hope of finding something.
CHUNK = 150
TITLES = [
    "List<String> & a < b", "R&D", "AT&T &amp; &nbsp; &#x41; &bogus;", "<b>x</b>", "</title>",
    "]]>", "<!-- x -->", "<?php", "Bob <bob@example.org>", "a\u2028b", "𠮷😀", "x <y z",
    "\x80\x85win\x9f", "\u202eabc", "lost \ufffd", "\ufdd0 none", "  spaces  ", "'\"", "Q&4",
    "%", "&", "<", "\\u0041",
]  # fmt: skip

Validate = Callable[[dict[str, bytes], str], list[str]]


@pytest.fixture
def validate(tmp_path: Path) -> Validate:
    def run(documents: dict[str, bytes], folder: str) -> list[str]:
        jobs = []
        for name, data in documents.items():
            if name.endswith((".xml", ".opml")):
                (tmp_path / name).write_bytes(data)
                jobs.append((str(tmp_path / name), f"{SITE.feeds_url}{folder}/{name}"))
        done = subprocess.run(
            # -P: the script's own folder holds names of the standard library.
            [PYTHON, "-P", str(SCRIPT), CHECKOUT],
            input=json.dumps(jobs),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-500:]
        return [f"{path}: {line}" for path, lines in json.loads(done.stdout) for line in lines]

    return run


def assert_valid(entries: Sequence[Entry], validate: Validate) -> None:
    """Assert that the live feed and the archive of these entries are valid."""
    assert entries
    for start in range(0, len(entries), CHUNK):
        some = entries[start : start + CHUNK]
        live = publish(*some, category=TECH, latest_archive="2025-12")
        assert validate(live, TECH.folder) == []
        archive = publish(*some, category=TECH, archive=JANUARY)
        assert validate(archive, f"{TECH.folder}/archive/2026-01") == []


def test_the_validator_finds_what_is_wrong(validate: Validate) -> None:
    broken = {
        name: data.replace(b"<sy:updateP", b"<sy:UpdateP").replace(b"</sy:updateP", b"</sy:UpdateP")
        for name, data in publish(make_entry()).items()
    }

    assert "UndefinedElement" in "".join(validate(broken, "all"))


@pytest.mark.parametrize("category", [EVERYTHING, AI], ids=["everything", "category"])
def test_ordinary_feeds_are_valid(category: Category, validate: Validate) -> None:
    entries = [
        make_entry(1),
        make_entry(2, html=None),
        make_entry(3, html=None, summary="", picture=None, authors=(), tags=()),
        make_entry(4, summary=""),
        make_entry(5, language="en", picture=replace(PICTURE, length=None)),
        make_entry(6, url="https://例子.example/文 章?图", picture=Picture("http://e.example/图")),
    ]

    assert validate(publish(*entries, category=category), category.folder) == []


@pytest.mark.parametrize(
    "archive",
    [
        JANUARY,
        Archive("2026-01"),
        Archive("2026-01", "2025-12"),
        Archive("2026-01", next="2026-02"),
    ],
    ids=["middle", "only", "newest", "oldest"],
)
def test_an_archive_is_valid_wherever_it_stands(archive: Archive, validate: Validate) -> None:
    documents = publish(make_entry(), category=TECH, archive=archive)

    assert validate(documents, f"{TECH.folder}/archive/2026-01") == []


def test_an_empty_feed_is_valid(validate: Validate) -> None:
    assert validate(publish(), "all") == []


def test_a_bare_site_is_valid(validate: Validate) -> None:
    bare = replace(SITE, description="", author="", copyright="", icon="", hub="", id="")

    assert validate(publish(make_entry(), site=bare), "all") == []


def test_a_site_of_awkward_names_is_valid(validate: Validate) -> None:
    for title in TITLES:
        site = replace(SITE, title=title, author=title, copyright=title, description=title)
        category = replace(AI, path=(title, title))
        assert validate(publish(make_entry(), site=site, category=category), AI.folder) == []


def test_the_list_of_feeds_is_valid(validate: Validate) -> None:
    summaries = [
        FeedSummary(category, articles=3, own_articles=1, weekly=1.0, updated=MORNING)
        for category in (EVERYTHING, TECH, AI)
    ]

    assert validate({"feeds.opml": build_opml(summaries, SITE)}, "") == []


def make_article(number: int, text: str, html: str) -> Entry:
    """Return an entry that says one thing everywhere."""
    return make_entry(
        number,
        title=" ".join(text.split())[:200] or "x",
        summary=text,
        html=html or None,
        authors=(text[:80],),
        tags=(text[:60],),
        categories=(replace(AI, path=(text[:60], text[:30])),),
        published=MORNING + timedelta(minutes=number),
        updated=MORNING + timedelta(minutes=number),
    )


def test_awkward_texts_are_valid_everywhere(validate: Validate) -> None:
    entries = [make_article(n, title, "<p>文</p>") for n, title in enumerate(TITLES)]

    assert_valid([e for e in entries if e.title != "\ufdd0"], validate)


def test_hostile_articles_are_valid(shared: Path, validate: Validate) -> None:
    """Each vector as title, summary, author, tag, category and, cleaned, as body."""
    vectors = json.loads((shared / "vectors" / "xss.json").read_text(encoding="utf-8"))["vectors"]
    entries = [make_hostile(number, v["payload"]) for number, v in enumerate(vectors)]

    refused = [r for r in render_entries(entries, SITE) if isinstance(r, LintError)]

    assert refused == []
    assert_valid(entries, validate)


def make_hostile(number: int, payload: str) -> Entry:
    rendition = render(payload, f"{number}.md", f"https://example.org/{number}/", title="x")
    legal = "".join(c for c in payload if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    return make_article(number, legal.encode("utf-8", "ignore").decode(), rendition.html)


def render(text: str, path: str, url: str, *, title: str) -> Any:
    data = f"---\ntitle: x\n---\n{text}".encode("utf-8", "replace")
    dialect = Dialect(SITE.zone, generator="hexo")
    return render_body(data, path=path, dialect=dialect, base_url=url, title=title)


def read_folder(folder: Path, generator: str) -> Iterator[Entry]:
    """Yield the entries of a folder of articles, as far as they can be read."""
    dialect = Dialect(SITE.zone, generator=generator)
    for number, path in enumerate(sorted(p for p in folder.rglob("*") if p.is_file())):
        try:
            yield read_entry(
                path.read_bytes(), path.relative_to(folder).as_posix(), number, dialect
            )
        except ArticleError:
            continue


def read_entry(data: bytes, path: str, number: int, dialect: Dialect) -> Entry:
    article = read_article(data, path=path, dialect=dialect)
    url = f"https://example.org/{dialect.generator}/{number}/"
    rendition = render_body(
        data,
        path=path,
        dialect=dialect,
        base_url=url,
        title=article.title,
        own_summary=article.summary,
    )
    picture = next(iter([article.thumbnail, *rendition.pictures]), None)
    published = MORNING + timedelta(minutes=number)
    return make_entry(
        id=f"{url}#id",
        url=url,
        title=article.title,
        summary=rendition.summary,
        html=rendition.html or None,
        authors=article.authors,
        language=article.language,
        categories=tuple(Category(9, names, ("a",) * len(names)) for names in article.categories),
        tags=article.tags,
        picture=Picture(picture) if picture and picture.startswith("http") else None,
        published=published,
        updated=published,
    )


def test_real_articles_are_valid(shared: Path, validate: Validate) -> None:
    assert_valid(list(read_folder(shared / "corpus" / "posts", "hexo")), validate)


@pytest.mark.parametrize(
    "generator",
    ["hexo", "jekyll", "hugo", "eleventy", "zola", "astro", "pelican", "nikola"],
)
def test_real_articles_of_other_generators_are_valid(
    generator: str, shared: Path, validate: Validate
) -> None:
    assert_valid(list(read_folder(shared / "corpus" / "other" / generator, generator)), validate)
