import json
from collections.abc import Callable
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.errors import ArticleError
from feedpub.model import ReadArticle
from feedpub.reading.blocks import clean_yaml
from feedpub.reading.dialect import Dialect
from feedpub.reading.frontmatter import split_article
from feedpub.reading.scanner import scan
from feedpub.reading.yaml_text import read_yaml

Read = Callable[..., ReadArticle]
DIALECT = Dialect(zone=UTC)

DIALECTS = {
    "hexo": ("hexo", "a.md", "---\ntitle: Hello\n---\nbody"),
    "hexo without an opening fence": ("hexo", "a.md", "title: Hello\ndate: 2021-01-01\n---\nbody"),
    "hexo with long fences": ("hexo", "a.md", "-----\ntitle: Hello\n-----\nbody"),
    "hexo in JSON": ("hexo", "a.md", '"title": "Hello"\n;;;\nbody'),
    "hexo in JSON, an unknown name first": (
        "hexo",
        "a.md",
        '"toc": 1,\n"title": "Hello"\n;;;\nbody',
    ),
    "hexo in JSON, indented": ("auto", "a.md", '  "x-y": {},\n  "title": "Hello"\n;;;;\nbody'),
    "hexo, an unknown name first": ("hexo", "a.md", "toc: true\ntitle: Hello\n---\nbody"),
    "hexo in JSON, opened": ("hexo", "a.md", ';;;\n"title": "Hello"\n;;;\nbody'),
    "hexo in JSON with braces": ("hexo", "a.md", '{"title": "Hello"}\n;;;\nbody'),
    "jekyll ended by dots": ("jekyll", "a.md", "---\ntitle: Hello\n...\nbody"),
    "hugo in TOML": ("hugo", "a.md", '+++\ntitle = "Hello"\n+++\nbody'),
    "hugo in JSON": ("hugo", "a.md", '{\n  "title": "Hello"\n}\nbody'),
    "eleventy in JSON": ("eleventy", "a.md", '---json\n{"title": "Hello"}\n---\nbody'),
    "eleventy in TOML": ("eleventy", "a.md", '---toml\ntitle = "Hello"\n---\nbody'),
    "pelican": ("pelican", "a.md", "Title: Hello\nTags: a, b\n\nbody"),
    "pelican, unnamed": ("auto", "a.md", "Title: Hello\n\nbody"),
    "pelican in HTML": (
        "pelican",
        "a.html",
        "<html><head><title>Hello</title></head><body>body</body></html>",
    ),
    "pelican in rST": ("pelican", "a.rst", "Hello\n=====\n\n:tags: a\n\nbody"),
    "pelican in rST, overlined": ("pelican", "a.rst", "=====\nHello\n=====\n\n:tags: a\n\nbody"),
    "nikola": ("nikola", "a.rst", ".. title: Hello\n.. slug: hello\n\nbody"),
    "nikola in Markdown": ("nikola", "a.md", "<!--\n.. title: Hello\n-->\n\nbody"),
    "byte order mark": ("hexo", "a.md", "\ufeff---\ntitle: Hello\n---\nbody"),
    "Windows line ends": ("hexo", "a.md", "---\r\ntitle: Hello\r\n---\r\nbody"),
    "leading blank lines": ("hexo", "a.md", "\n \n---\ntitle: Hello\n---\nbody"),
    "blanks after fences": ("hexo", "a.md", "---  \ntitle: Hello\n--- \nbody"),
}


@pytest.mark.parametrize(("generator", "path", "text"), DIALECTS.values(), ids=DIALECTS)
def test_every_generators_front_matter_is_read(
    read: Read, generator: str, path: str, text: str
) -> None:
    dialect = Dialect(zone=UTC, generator=generator)

    article = read(text, generator, path=path)
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")

    assert article.title == "Hello"
    assert split_article(plain, path=path, dialect=dialect).body.strip() == "body"


def test_values_may_go_on_in_the_next_line(read: Read) -> None:
    rst = read("T\n=\n\n:summary:\n    one\n    two\n:tags: a\n\nbody", "pelican", path="a.rst")
    lines = read("Title: T\nSummary: one\n    two\nTags: a\n\nbody", "pelican")

    assert (rst.summary, rst.tags) == (lines.summary, lines.tags) == ("one two", ("a",))


def test_a_line_of_dashes_within_a_value_closes_nothing(read: Read) -> None:
    article = read("---\ntitle: |\n  a\n  --- b\n---- c: d\n---\nbody", "hugo")

    assert article.title == "a --- b"


def test_nikolas_sidecar_holds_the_fields(read: Read) -> None:
    plain = read("body", "nikola", sidecar=b".. title: Hello\n.. tags: a, b\n")
    yaml = read("body", "nikola", sidecar=b"---\ntitle: Hello\ntags: [a, b]\n---\n")

    assert (plain.title, plain.tags) == (yaml.title, yaml.tags) == ("Hello", ("a", "b"))


@pytest.mark.parametrize(
    "value", ["1970", "12_00", "no", "012", "2021.03.04", "12:30:45", "1e3", ".inf", "2021-03-04"]
)
def test_yaml_is_text_without_types(read: Read, value: str) -> None:
    assert read(f"---\ntitle: {value}\n---\n").title == value


@pytest.mark.parametrize(
    "text",
    [
        "hello\n\n---\n\nworld",
        "Note: this\n---\nthat",
        '"a": b\n;;;\n',
        '"a" b\n;;;\n',
        "<p>x</p>",
        "",
    ],
)
def test_an_article_may_lack_front_matter(text: str) -> None:
    front = split_article(text, path="a.md", dialect=DIALECT)

    assert (front.fields, front.body) == ({}, text)


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    text = "---\n\nThe first paragraph"

    assert split_article(text, path="a.md", dialect=DIALECT).body == text


ERRORS = {
    "no YAML": ("---\na: 1\nb: [x\n---\n", 4, "correct the YAML"),
    "twice": ("---\na: 1\na: 2\n---\n", 3, "'a' is there twice"),
    "alias": ("---\na: &x 1\nb: *x\n---\n", 3, "'*x' is an alias"),
    "too deep": ("---\na: " + "[" * 30 + "\n---\n", 2, "20 levels"),
    "no mapping": ("---\n- a\n---\n", 2, "write lines 'name: value'"),
    "list as a name": ("---\n? [a]\n: b\n---\n", 2, "cannot name a field"),
    "not closed": ("---\ntitle: x\n", 1, "add a line '---'"),
    "too large": ("---\na: " + "x" * 70_000 + "\n---\n", 2, "below 64 KB"),
    "a program": ("---js\nlet a = 1;\n---\n", 1, "write YAML"),
    "no TOML": ("+++\ntitle = x\n+++\n", 2, "correct the TOML"),
    "deep TOML": ("+++\n" + "a." * 30 + "b = 1\n+++\n", 2, "20 levels"),
    "a number without end in TOML": ("+++\na = " + "9" * 5000 + "\n+++\n", 2, "number"),
    "nested TOML": ("+++\na = " + "[" * 900 + "]" * 900 + "\n+++\n", 2, "20 levels"),
    "no JSON": ('{\n"a": x\n}\n', 2, "correct the JSON"),
    "JSON twice": ('{"a": 1, "a": 2}\n', 1, "'a' is there twice"),
    "deep JSON": ('{"a": ' + "[" * 900 + "]" * 900 + "}\n", 1, "20 levels"),
    "bad date": ("---\ntitle: x\ndate: 2021-13-45\n---\n", 3, "does not exist"),
}


@pytest.mark.parametrize(("text", "line", "part"), ERRORS.values(), ids=ERRORS)
def test_an_error_names_path_line_and_remedy(read: Read, text: str, line: int, part: str) -> None:
    with pytest.raises(ArticleError) as caught:
        read(text)

    error = caught.value
    assert (error.path, error.line) == ("a-post.md", line)
    assert part in error.message
    assert ";" in error.message
    assert str(error).startswith(f"a-post.md:{line}:")


def test_a_bad_date_names_column_field_and_value(read: Read) -> None:
    with pytest.raises(ArticleError) as caught:
        read("---\ntitle: x\nexpiryDate: 31 Sep 2021\n---\n", "hugo")

    error = caught.value
    assert (error.line, error.column, error.field, error.value) == (
        3,
        13,
        "expiryDate",
        "31 Sep 2021",
    )


def test_bytes_that_are_no_text_name_their_place(read: Read) -> None:
    with pytest.raises(ArticleError) as caught:
        read("标题\n中".encode() + b"\xd6\xd0")

    assert str(caught.value) == (
        "a-post.md:2:2: byte 0xd6 at offset 10 is not UTF-8; save the file as UTF-8"
    )


PASTED = {
    "apostrophe": ("'JOJO's Bizarre'", "JOJO's Bizarre"),
    "row of quotes": ("'''He said \"It's\"'''", 'He said "It\'s"'),
    "double quotes": ('"He said "hi" twice"', 'He said "hi" twice'),
    "own quotes": ('"微信"小程序上线', '"微信"小程序上线'),
    "two quoted words": ('"A" and "B"', '"A" and "B"'),
    "backslash": (r'"C:\Users"', r"C:\Users"),
    "colon": ("Rust: a tour", "Rust: a tour"),
    "at": ("@ 2021", "@ 2021"),
    "percent": ("%20 off", "%20 off"),
    "alias": ("*重磅* 发布", "*重磅* 发布"),
    "brackets": ("[公告] 关于升级", "[公告] 关于升级"),
    "only brackets": ("[公告]", "[公告]"),
    "hashtag": ("#MeToo 运动", "#MeToo 运动"),
    "dash": ("- 30 -", "- 30 -"),
}


@pytest.mark.parametrize(("pasted", "title"), PASTED.values(), ids=PASTED)
def test_a_pasted_title_is_taken_as_it_shows_with_a_warning(
    read: Read, pasted: str, title: str
) -> None:
    article = read(f"\n---\ntitle: {pasted}\nauthor: a\n---\n")

    assert article.title == title
    assert len(article.warnings) == 1
    assert article.warnings[0].startswith("line 3: 'title' is not valid YAML")


def test_a_pasted_author_is_taken_as_it_shows(read: Read) -> None:
    article = read("---\ntitle: 'a's'\nauthor: b: c\n---\n")

    assert (article.title, article.authors, len(article.warnings)) == ("a's", ("b: c",), 2)


@pytest.mark.parametrize("pasted", ["'abc", "'a'b\n  c'", "''''"])
def test_a_pasted_title_that_could_mean_anything_is_an_error(read: Read, pasted: str) -> None:
    with pytest.raises(ArticleError) as caught:
        read(f"---\ntitle: {pasted}\nauthor: 'x'\ncomments: [\n---\n")

    assert caught.value.line


def test_a_number_sign_in_a_title_is_a_comment_but_to_rsshub(read: Read) -> None:
    text = "---\ntitle: C # in ten days\n---\n"

    assert read(text).title == "C"
    assert read(text, "rsshub").title == "C # in ten days"


def test_control_characters_do_not_cost_the_article(read: Read) -> None:
    article = read("---\ntitle: 'a\x0bb\x00c\ufffe'\nauthor: x\x7fy\n---\n\x0b")

    assert (article.title, article.authors) == ("a b c", ("x y",))


def test_tabs_that_indent_are_two_blanks(read: Read) -> None:
    assert read("---\ncategories:\n\t- a\n\t- b\n---\n").categories == (("a", "b"),)


scalars = st.one_of(
    st.sampled_from(
        ["", "~", "null", "no", "''", '""', "'a'", '"a"', "a: b", "a #b", "# c", "a:", "'"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.text("ab'\"#:-[]{}&*!|>%@`, \t~?中。", max_size=8),
)
names = st.one_of(
    st.sampled_from(["title", "date", "tags", "a-b", "_x"]), st.text("ab_-1", min_size=1)
)
lines = st.one_of(
    st.builds("{}: {}".format, names, scalars),
    st.builds("{}:".format, names),
    st.builds(" - {}".format, scalars),
    st.builds("- {}".format, scalars),
    st.just(""),
    st.text("ab: -'#", max_size=6),
)


@given(st.lists(lines, max_size=8))
def test_the_scanner_reads_what_the_yaml_parser_reads(written: list[str]) -> None:
    block = "\n".join(written) + "\n"
    scanned = scan(block)

    if scanned is not None:
        assert scanned == read_yaml(clean_yaml(block), path="a.md", line=1)


def test_the_scanner_takes_the_plain_case() -> None:
    block = "title: 'a: b'\ncategories: \n - x\n - \"y\"\n\nthumbnail: \ndate: Wed, 24 Mar 2021\n"

    assert scan(block) == {
        "title": "a: b",
        "categories": ["x", "y"],
        "thumbnail": None,
        "date": "Wed, 24 Mar 2021",
    }


@given(
    st.text(),
    st.sampled_from(["a.md", "a.html", "a.rst", "a.txt"]),
    st.sampled_from(["hexo", "pelican", "auto"]),
)
def test_any_text_is_an_article_or_an_error(text: str, path: str, generator: str) -> None:
    dialect = Dialect(zone=UTC, generator=generator)
    try:
        front = split_article(text, path=path, dialect=dialect)
    except ArticleError:
        return

    assert isinstance(front.fields, dict)
    assert json.dumps(front.fields)


def test_front_matter_of_64_kb_is_read_and_a_character_more_is_not() -> None:
    text = "---\na: " + "x" * (65_536 - len("a: ")) + "\n---\n"

    assert len(split_article(text, path="a.md", dialect=DIALECT).block) == 65_536
    with pytest.raises(ArticleError, match="below 64 KB"):
        split_article(text.replace("a:", "ab:"), path="a.md", dialect=DIALECT)


hostile = st.one_of(
    st.text("-+;{}[]:'\"\n \t.=#&*a0", max_size=80),
    st.builds("---\n{}\n---\n".format, st.text("[]{}:'\"\n -&*!|>a,#", max_size=60)),
    st.builds("+++\n{}\n+++\n".format, st.text("[]{}='\"\n -a.0,#", max_size=60)),
)


@given(hostile)
def test_hostile_front_matter_is_read_or_refused(text: str) -> None:
    try:
        front = split_article(text, path="a.md", dialect=DIALECT)
    except ArticleError:
        return

    assert isinstance(front.body, str)
