"""What is written survives every terminal, encoding and title."""

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub.cli.output import (
    prepare_streams,
    printable,
    resolve_color,
    to_plain,
    write_json,
    write_problems,
)
from feedpub.model import Category, FeedReport, Problem
from tests.support.cli import FakeSite, run, write_site


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_site(tmp_path)


PROBLEM = Problem("error", "a,b:c.md", "no 'date'; 100% wrong", 3, 8)


@pytest.mark.parametrize(
    ("choice", "environ", "expected"),
    [
        ("auto", {}, None),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, None),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"TERM": "dumb"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_the_option_beats_no_color_beats_force_color(choice, environ, expected) -> None:
    assert resolve_color(choice, environ) is expected


@pytest.mark.parametrize(
    ("words", "env", "colored"),
    [
        (("check",), {}, False),
        (("--color", "always", "check"), {}, True),
        (("check", "--color", "always"), {}, True),
        (("check",), {"FORCE_COLOR": "1"}, True),
        (("check",), {"FEEDPUB_COLOR": "always"}, True),
        (("--color", "never", "check"), {"FORCE_COLOR": "1"}, False),
        (("--color", "always", "check", "--color", "never"), {}, False),
    ],
)
def test_colour_is_used_only_where_it_is_wanted(words, env, colored: bool) -> None:
    result = run(*words, site=FakeSite(problems=[PROBLEM]), env=env)

    assert ("\x1b[" in result.stdout) is colored


def test_a_problem_is_a_line_that_editors_jump_to(capsys: pytest.CaptureFixture[str]) -> None:
    write_problems([PROBLEM, Problem("warning", "b.md", "odd")])

    assert capsys.readouterr().out == (
        "a,b:c.md:3:8: error: no 'date'; 100% wrong\nb.md: warning: odd\n"
    )


def test_a_problem_is_an_annotation_for_github(capsys: pytest.CaptureFixture[str]) -> None:
    write_problems([PROBLEM, Problem("warning", "b.md", "x\ny")], form="github")

    assert capsys.readouterr().out == (
        "::error file=a%2Cb%3Ac.md,line=3,col=8::no 'date'; 100%25 wrong\n"
        "::warning file=b.md::x\ny\n".replace("x\ny", "x%0Ay")
    )


def test_an_escape_sequence_in_a_title_does_not_reach_the_terminal() -> None:
    assert printable("\x1b[2J\x07\x9b中\u202e文") == "�[2J��中�文"


def test_json_keeps_every_character_in_every_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding in ("utf-8", "gbk", "ascii"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", stream)

        write_json({"title": "中文 😀"})

        stream.flush()
        data = stream.buffer.getvalue()  # type: ignore[attr-defined]
        assert json.loads(data.decode(encoding)) == {"title": "中文 😀"}


def test_no_character_stops_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding="ascii"))

    prepare_streams()

    print("中✓")
    print("中✓", file=sys.stderr)


def test_values_become_what_json_knows() -> None:
    report = FeedReport(Category(1, ("a", "b"), ("a", "b")), 2, ("a/b/rss.xml",))

    plain = to_plain({"r": report, "t": datetime(2026, 1, 2, tzinfo=UTC), "p": Path("x")})

    assert plain == {
        "r": {
            "category": {"path": ["a", "b"], "folder": "a/b"},
            "articles": 2,
            "files": ["a/b/rss.xml"],
        },
        "t": "2026-01-02T00:00:00+00:00",
        "p": "x",
    }
