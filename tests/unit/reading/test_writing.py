"""What is written is what is read."""

import re
from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedpub.model import DateKind, ReadArticle
from feedpub.reading.article import read_article
from feedpub.reading.dialect import Dialect
from feedpub.reading.filenames import MAX_BYTES, fold_name, make_file_name
from feedpub.reading.frontmatter import split_article
from feedpub.reading.markup import to_html
from feedpub.reading.writing import Manuscript, write_article

DIALECTS = [
    Dialect(zone=timezone(timedelta(hours=8)), generator=name)
    for name in ("hexo", "auto", "rsshub", "jekyll", "hugo", "nikola")
]
HEXO = DIALECTS[0]

LOOK_ALIKES = ["no", "1970", "~", "null", "12_00", "2021.03.04", "0x1f", "# x", "- a", "a: b", "%"]
QUOTES = ['"', "'", "''a''", 'it\'s "so"', "\\", "\\n", "C:\\temp", "[a]", "{a: b}", "*x", "&x"]
BREAKS = ["a\nb", "---", "\n---\n", "a\r\nb", " lead", "trail ", "\ttab", "a\u2028b", "a\x85b"]
ODD = [
    "a\x00b",
    "a\x07b",
    "\ufeffa",
    "a\uffffb",
    "👩‍👩‍👧 é",
    "𠀀",
    "{{ x }}",
    "{% raw %}",
    "a\xa0b",
]
REFERENCES = ["R&D", "R&amp;D", "&amp;amp;", "&lt", "&#60;b&#62;", "AT&T &copy 2020"]
EXAMPLES = [*LOOK_ALIKES, *QUOTES, *BREAKS, *ODD, *REFERENCES]

texts = st.one_of(st.sampled_from(EXAMPLES), st.text(), st.text("ab &;#<>\"'\\:-\n\t{}%[]"))
untagged = texts.map(lambda text: text.replace("<", "‹"))
names = untagged.filter(lambda text: len(text) < 150)
moments = st.datetimes(
    min_value=datetime(1001, 1, 1),
    max_value=datetime(9998, 12, 31),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


def tidy(text: str) -> str:
    """Say what a text without markup is on one plain line, in other words than the reader does."""
    legal = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
    return " ".join(legal.split())


def read(data: bytes, dialect: Dialect = HEXO, path: str = "some-name.md") -> ReadArticle:
    return read_article(data, path=path, dialect=dialect)


@given(title=untagged.filter(tidy), dialect=st.sampled_from(DIALECTS))
@example(title="a" * 5000, dialect=HEXO).via("a title that is cut")
def test_a_title_is_read_as_it_was_written(title: str, dialect: Dialect) -> None:
    article = read(write_article(Manuscript(title=title, body=""), html=True), dialect)

    line = tidy(title)
    assert article.title == (line if len(line) <= 1000 else line[:999].rstrip() + "…")


@given(title=texts)
def test_what_was_read_is_written_and_read_for_ever(title: str) -> None:
    once = read(write_article(Manuscript(title=title, body=""), html=True))

    again = read(write_article(Manuscript(title=once.title, body=""), html=True))

    assert again == once


@given(
    summary=untagged,
    authors=st.lists(names, max_size=3),
    tags=st.lists(names, max_size=4),
    categories=st.lists(st.lists(names, min_size=1, max_size=4), max_size=4),
    dialect=st.sampled_from(DIALECTS),
)
def test_summary_names_and_paths_are_read_as_they_were_written(
    summary: str,
    authors: list[str],
    tags: list[str],
    categories: list[list[str]],
    dialect: Dialect,
) -> None:
    manuscript = Manuscript(
        title="T",
        body="",
        summary=summary,
        authors=tuple(authors),
        tags=tuple(tags),
        categories=tuple(tuple(path) for path in categories),
    )

    article = read(write_article(manuscript, html=False), dialect)

    def kept(values: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line for value in values if (line := tidy(value))))

    paths = (tuple(line for name in path if (line := tidy(name))) for path in categories)
    assert article.summary == (tidy(summary) or None)
    assert article.authors == kept(authors)
    assert article.tags == kept(tags)
    assert article.categories == tuple(dict.fromkeys(path for path in paths if path))
    assert article.warnings == ()


@given(uid=st.text(st.characters(exclude_categories=["Cs"])), body=texts)
@example(uid="a\u2028b\u2029c\x00d\x85e\ufefff\uffffg\th\xa0i\x7fj", body="")
@example(uid="𠀀 \\ \" ' # : -", body="")
def test_an_id_is_read_to_the_letter(uid: str, body: str) -> None:
    article = read(write_article(Manuscript(title="T", body=body, id=uid), html=False))

    assert article.guid == (uid.strip() or None)


@given(body=st.one_of(texts, st.lists(texts).map("\n---\n".join)))
@example(body="\n\n---\ntitle: another\n---\n")
@example(body="...\n;;;\n")
def test_a_body_is_read_to_the_letter_but_for_its_line_ends(body: str) -> None:
    data = write_article(Manuscript(title="T", body=body), html=False)

    front = split_article(data.decode(), path="a.md", dialect=HEXO)

    unix = body.replace("\r\n", "\n").replace("\r", "\n")
    assert front.body == re.sub("[\ud800-\udfff]", "", unix)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.generator)
@pytest.mark.parametrize(
    "body", ["{{ a }}", "{% raw %}x{% endraw %}", "{{{{%", "a { b } {{< c >}}"]
)
def test_no_template_is_run_in_html(body: str, dialect: Dialect) -> None:
    data = write_article(Manuscript(title="T", body=body), html=True)

    front = split_article(data.decode(), path="a.html", dialect=dialect)

    assert unescape(to_html(front.body, path="a.html", dialect=dialect)) == body


@given(date=moments, updated=moments, expires=moments, dialect=st.sampled_from(DIALECTS))
def test_an_instant_is_read_with_its_zone(
    date: datetime, updated: datetime, expires: datetime, dialect: Dialect
) -> None:
    manuscript = Manuscript(title="T", body="", date=date, updated=updated, expires=expires)

    article = read(write_article(manuscript, html=True), dialect)

    assert article.date_kind is DateKind.ZONED
    assert [article.date, article.updated, article.expires] == [
        moment.astimezone(UTC).replace(microsecond=0) for moment in (date, updated, expires)
    ]
    assert article.warnings == ()


def test_a_zone_that_nobody_writes_becomes_utc() -> None:
    # Shanghai's local mean time, until 1901.
    mean = timezone(timedelta(hours=8, minutes=5, seconds=43))
    date = datetime(1900, 1, 1, 8, 5, 43, tzinfo=mean)

    data = write_article(Manuscript(title="T", body="", date=date), html=True)

    assert b"\ndate: 1900-01-01T00:00:00+00:00\n" in data
    assert read(data).date == datetime(1900, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    [datetime(1, 1, 1, tzinfo=UTC), datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))],
)
def test_a_date_that_stands_for_none_is_left_out(date: datetime) -> None:
    data = write_article(Manuscript(title="T", body="", date=date), html=True)

    assert b"date:" not in data


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://a.example/x?y=1&z=2#f", "https://a.example/x?y=1&z=2#f"),
        ("https://a.example/文章 一", "https://a.example/文章一"),
        ("https://a.example/{{x}}/:y", "https://a.example/%7B%7Bx}}/%3Ay"),
        (None, None),
    ],
)
def test_a_link_is_one_that_the_reader_takes(link: str | None, expected: str | None) -> None:
    article = read(write_article(Manuscript(title="T", body="", link=link), html=True))

    assert article.url == expected
    assert article.warnings == ()


@pytest.mark.parametrize("sign", ["&", "&amp;", "&#123;", "&amp;amp;", "{", " "])
def test_the_address_of_a_picture_is_read_to_the_letter(sign: str) -> None:
    url = f"https://a.example/p.jpg?a=1{sign}b=2"

    article = read(write_article(Manuscript(title="T", body="", thumbnail=url), html=True))

    assert article.thumbnail == url


@pytest.mark.parametrize(("written", "read_as"), [("no", "no"), ("zh_CN", "zh-CN"), ("?", None)])
def test_a_language_is_one_or_left_out(written: str, read_as: str | None) -> None:
    article = read(write_article(Manuscript(title="T", body="", language=written), html=True))

    assert article.language == read_as
    assert article.warnings == ()


def test_a_draft_and_what_the_editor_says_of_the_digest_are_kept() -> None:
    manuscript = Manuscript(title="T", body="", draft=True, digest="lead")

    article = read(write_article(manuscript, html=True))

    assert (article.draft, article.digest) == (True, "lead")


def test_what_is_not_for_everybody_is_read_as_such() -> None:
    article = read(write_article(Manuscript(title="T", body="", protected=True), html=True))

    assert article.protected


def test_the_usual_article_looks_as_one_would_write_it() -> None:
    manuscript = Manuscript(
        title="Hello: world",
        body="<p>Hi</p>\n",
        date=datetime(2026, 1, 31, 9, tzinfo=timezone(timedelta(hours=8))),
        id="tag:a",
        link="https://a.example/1",
        categories=(("News", "Tech"), ("Life",)),
        authors=("Ann",),
    )

    data = write_article(manuscript, html=True)

    assert data.decode() == (
        '---\ntitle: "Hello: world"\ndate: 2026-01-31T09:00:00+08:00\nid: "tag:a"\n'
        'link: "https://a.example/1"\nauthor:\n- "Ann"\ncategories:\n- ["News", "Tech"]\n'
        '- ["Life"]\n---\n<p>Hi</p>\n'
    )


# Names of files


@given(
    title=st.one_of(texts, st.text(st.characters(), min_size=100, max_size=400)),
    date=st.none() | moments,
)
@example(title="CON", date=None)
@example(title="é" * 300, date=None)
@example(title="../../etc/passwd", date=None)
def test_every_title_gives_a_name_that_every_file_system_takes(
    title: str, date: datetime | None
) -> None:
    name = make_file_name(title, key="k", taken=set(), date=date)

    stem = name.removesuffix(".html")
    assert len(name.encode()) <= MAX_BYTES
    assert normalize("NFC", name) == name
    assert name.endswith(".html")
    assert re.fullmatch(r"[\w\u0300-\U0010ffff-]+", stem)
    assert not stem.startswith(("-", "_", "."))
    assert stem.lower() not in {"con", "nul", "index", "readme", "com1", "aux"}


@given(titles=st.lists(texts, max_size=12))
def test_names_are_unique_even_where_case_does_not_count(titles: list[str]) -> None:
    taken: set[str] = set()

    for number, title in enumerate([*titles, *titles, "A", "a"]):
        name = make_file_name(title, key=str(number), taken=taken)
        assert fold_name(name) not in taken
        taken.add(fold_name(name))


def test_a_name_that_is_taken_is_followed_by_what_tells_the_article() -> None:
    first = make_file_name("Same", key="one", taken=set())

    second = make_file_name("same", key="two", taken={fold_name(first)})

    assert (first, second) == ("Same.html", "same-3fc4ccfe.html")


def test_a_name_can_tell_its_article_in_any_case() -> None:
    assert make_file_name("Same", key="two", taken=None) == "Same-3fc4ccfe.html"


def test_the_day_in_a_name_is_the_author_s() -> None:
    date = datetime(2026, 1, 31, 1, tzinfo=timezone(timedelta(hours=8)))

    assert make_file_name("A b", key="k", taken=set(), date=date) == "2026-01-31-A-b.html"
