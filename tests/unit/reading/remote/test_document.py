"""An entry as a file, and the file as an article."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.reading import Dialect, read_article
from feedpub.reading.remote import RemoteEntry, make_name, write_entry

ENTRY = RemoteEntry(
    key="tag:a.example,2026:1",
    guid="tag:a.example,2026:1",
    title='一 "二" & 三: <四>',
    link="https://a.example/1?a=1&b=2#c",
    published=datetime(2026, 1, 31, 4, tzinfo=UTC),
    updated=datetime(2026, 2, 1, tzinfo=UTC),
    authors=("张三", "O'Neil"),
    categories=("科技", "a/b", "c, d"),
    language="zh-CN",
    summary="短",
    body="<p>{{ 正文 }}</p>",
    picture="https://a.example/x.png",
)
DIALECT = Dialect(zone=UTC, generator="rsshub", categories="several")
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def read(data: bytes) -> object:
    return read_article(data, path="a.html", dialect=DIALECT)


def test_an_entry_is_read_as_it_was_written() -> None:
    article = read_article(write_entry(ENTRY, claim=True), path="a.html", dialect=DIALECT)

    assert (article.title, article.url, article.guid) == (ENTRY.title, ENTRY.link, ENTRY.guid)
    assert (article.date, article.updated) == (ENTRY.published, ENTRY.updated)
    assert article.authors == ENTRY.authors
    assert article.categories == (("科技",), ("a/b",), ("c, d",))
    assert (article.language, article.summary) == ("zh-CN", "短")
    assert article.thumbnail == ENTRY.picture
    assert article.warnings == ()


def test_an_entry_that_says_too_much_is_read_nevertheless() -> None:
    quotes = '"' * 9000
    many = tuple(f"{number}{quotes}" for number in range(20_000))
    endless = f"https://a.example/{quotes}"
    entry = replace(
        ENTRY, title=quotes, summary=quotes, categories=many, authors=many,
        guid=endless, link=endless, picture=endless,
    )  # fmt: skip

    article = read_article(write_entry(entry, claim=True), path="a.html", dialect=DIALECT)

    assert (len(article.categories), len(article.authors)) == (100, 10)
    assert (article.guid, article.url, article.thumbnail) == (None, None, None)


def test_an_id_that_is_not_to_be_claimed_is_not_written() -> None:
    article = read_article(write_entry(ENTRY, claim=False), path="a.html", dialect=DIALECT)

    assert article.guid is None


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("<p>Just a note.</p>", "Just a note."),
        (f"<p>{'字' * 200}</p>", f"{'字' * 79}…"),
        ("", "https://a.example/1"),
    ],
)
def test_an_entry_without_title_is_called_by_how_it_begins(body: str, title: str) -> None:
    entry = RemoteEntry(key="1", link="https://a.example/1", body=body)

    article = read_article(write_entry(entry, claim=True), path="a.html", dialect=DIALECT)

    assert article.title == title


def test_a_file_is_named_by_what_tells_the_entry_from_the_others() -> None:
    assert make_name(ENTRY) == make_name(RemoteEntry(key=ENTRY.key, title="another"))
    assert make_name(ENTRY) != make_name(RemoteEntry(key="another"))


@given(key=TEXT, title=TEXT, link=TEXT, body=TEXT, names=st.tuples(TEXT, TEXT), summary=TEXT)
def test_whatever_an_entry_says_its_file_can_be_read(
    key: str, title: str, link: str, body: str, names: tuple[str, ...], summary: str
) -> None:
    entry = RemoteEntry(
        key=key,
        guid=key,
        title=title,
        link=link,
        body=body,
        categories=names,
        authors=names,
        summary=summary,
        language=key,
        picture=link,
    )

    assert write_entry(entry, claim=True) == write_entry(entry, claim=True)
    assert read(write_entry(entry, claim=True))
    assert len(make_name(entry)) == 37
