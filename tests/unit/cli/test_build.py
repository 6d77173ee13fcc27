"""``build`` asks for what it was told, sums up, and exits as its result deserves."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub.cli.build import exit_code_of
from feedpub.cli.progress import show_progress
from feedpub.cli.session import Session
from feedpub.cli.summary import summarise
from feedpub.cli.watch import watched_paths
from feedpub.config import load_config
from feedpub.model import BuildReport, Problem, SiteStatus, SourceStatus
from tests.support.cli import FakeSite, run, write_site
from tests.support.little_room import little_room

ERROR = Problem("error", "a.md", "no 'date'", 3, 8)
WARNING = Problem("warning", "b.md", "no title")

STATUS = SiteStatus(
    last_build=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    articles=12,
    categories=3,
    pending=True,
    pictures_pending=2,
    sources=(
        SourceStatus("文章", 12, datetime(2026, 1, 1, tzinfo=UTC)),
        SourceStatus("b", 0, None),
    ),
    problems=(ERROR,),
    next_command="feedpub build",
)


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_site(tmp_path)


def test_a_build_without_flags_asks_for_nothing_special() -> None:
    site = FakeSite()

    run("build", site=site)

    assert site.asked("build")[0] == {
        "category": None,
        "drafts": False,
        "future": False,
        "offline": False,
        "dry_run": False,
        "accept_deletions": False,
        "everything": False,
        "progress": None,
    }


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (("--category", "a/b"), "category", "a/b"),
        (("--drafts",), "drafts", True),
        (("--future",), "future", True),
        (("--offline",), "offline", True),
        (("--dry-run",), "dry_run", True),
        (("--accept-deletions",), "accept_deletions", True),
        (("--everything",), "everything", True),
    ],
)
def test_a_flag_reaches_the_build(words: tuple[str, ...], name: str, value: object) -> None:
    site = FakeSite()

    run("build", *words, site=site)

    assert site.asked("build")[0][name] == value


@pytest.mark.parametrize(
    ("report", "strict", "code"),
    [
        (BuildReport(), True, 0),
        (BuildReport(problems=(WARNING,)), True, 0),
        (BuildReport(problems=(ERROR,)), False, 0),
        (BuildReport(problems=(ERROR,)), True, 3),
        (BuildReport(held_sources=("posts",)), False, 3),
    ],
)
def test_only_strict_builds_and_held_sources_fail(
    report: BuildReport, strict: bool, code: int
) -> None:
    words = ("build", "--strict") if strict else ("build",)

    assert exit_code_of(report, strict=strict) == code
    assert run(*words, site=FakeSite(report)).exit_code == code


def test_problems_and_summary_are_talk() -> None:
    report = BuildReport(articles=2, feeds=6, new=1, written=9, problems=(ERROR, WARNING))

    result = run("build", site=FakeSite(report))

    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[:2] == ["a.md:3:8: error: no 'date'", "b.md: warning: no title"]
    assert lines[2].startswith("published 2 articles in 6 feeds: 1 new; 9 files written (")


def test_of_many_problems_the_errors_come_first_and_the_rest_is_counted() -> None:
    report = BuildReport(problems=(*[WARNING] * 40, ERROR))

    few = run("build", site=FakeSite(report)).stderr.splitlines()
    every = run("-v", "build", site=FakeSite(report)).stderr.splitlines()

    assert few[0] == "a.md:3:8: error: no 'date'"
    assert few[30] == "and 11 problems more; all of them: feedpub check"
    assert len([line for line in every if "warning:" in line]) == 40


def test_quiet_still_tells_errors() -> None:
    result = run("-q", "build", site=FakeSite(BuildReport(problems=(ERROR, WARNING))))

    assert result.stderr == "a.md:3:8: error: no 'date'\n"


def test_a_failed_build_still_gives_its_report_as_json() -> None:
    report = BuildReport(problems=(ERROR,), held_sources=("posts",))

    result = run("--json", "build", site=FakeSite(report))

    assert result.exit_code == 3
    assert json.loads(result.stdout)["problems"][0]["line"] == 3


def test_everything_that_happened_is_summed_up() -> None:
    report = BuildReport(
        articles=1, feeds=3, updated=1, moved=2, deleted=3, removed=4, written=1, duplicates=1,
        held=5, baseline=1, pictures_pending=6, pictures_failed=1, problems=(ERROR,), pinged=("x",),
    )  # fmt: skip

    first, *others = summarise(report, seconds=1.26)

    changes, files = first.split("; ")
    assert changes == "published 1 article in 3 feeds: 1 updated, 2 moved, 3 deleted"
    assert files == "1 file written, 4 removed (1.3 s)"
    assert others == [
        "first read: 1 article counts as known, not as news, and would not be mailed",
        "1 duplicate merged into another article",
        "5 articles not published: drafts, future dates, passwords, hidden",
        "6 pictures to be fetched by the next build",
        "1 picture could not be fetched: left out; 'feedpub -v status' says which and why",
        "told the hub of 1 feed",
        "1 error; what it is about is as it was, the rest is published",
    ]


def test_a_dry_run_is_told_as_one() -> None:
    report = BuildReport(
        articles=2, feeds=3, new=1, held=1, problems=(ERROR,), dry_run=True
    )  # fmt: skip

    assert summarise(report, seconds=0.1) == [
        "would publish 2 articles in 3 feeds: 1 new; nothing was written (0.1 s)",
        "1 article not published: drafts, future dates, passwords, hidden",
        "1 error; what it is about would stay as it is, the rest would be published",
    ]


def test_a_build_with_nothing_new_is_one_line() -> None:
    (line,) = summarise(BuildReport(articles=1200, feeds=9), seconds=0)

    assert line == "published 1,200 articles in 9 feeds: nothing new; 0 files written (0.0 s)"


def test_there_is_no_bar_off_a_terminal() -> None:
    with show_progress(Session()) as report:
        assert report is None


def test_only_folders_that_are_there_are_watched(tmp_path: Path, site: Path) -> None:
    config = load_config(site, {})
    assert watched_paths(config) == [tmp_path]

    (tmp_path / "articles").mkdir()
    (tmp_path / "templates").mkdir()
    assert watched_paths(config) == [tmp_path / "articles", tmp_path / "templates"]


# Looking


def test_check_reports_to_stdout_and_fails_on_errors(tmp_path: Path) -> None:
    (tmp_path / "a.md").touch()
    site = FakeSite(problems=[ERROR, WARNING])

    result = run("check", "a.md", "--links", site=site)

    assert result.exit_code == 3
    assert result.stdout == "a.md:3:8: error: no 'date'\nb.md: warning: no title\n"
    assert result.stderr == "1 error, 1 warning\n"
    assert site.asked("check") == ((Path("a.md"),), True)


@pytest.mark.parametrize(
    ("problems", "words", "code"),
    [([], (), 0), ([WARNING], (), 0), ([WARNING], ("--strict",), 3), ([ERROR], (), 3)],
)
def test_warnings_fail_a_check_only_if_strict(
    problems: list[Problem], words: tuple[str, ...], code: int
) -> None:
    assert run("check", *words, site=FakeSite(problems=problems)).exit_code == code


def test_a_warning_of_the_settings_counts_in_a_check(site: Path) -> None:
    settings = site.read_text("utf-8")
    site.write_text("\n".join(line for line in settings.splitlines() if "url" not in line), "utf-8")

    lenient, strict = run("check", site=FakeSite()), run("check", "--strict", site=FakeSite())

    assert lenient.stderr.splitlines()[0].startswith("warning: feedpub.toml: no site.url")
    assert lenient.stderr.splitlines()[1] == "0 errors, 1 warning"
    assert (lenient.exit_code, strict.exit_code) == (0, 3)


@pytest.mark.parametrize("words", [("--format", "json"), ("--json",)])
def test_a_check_can_be_read_by_programs(words: tuple[str, ...]) -> None:
    result = run("check", *words, site=FakeSite(problems=[ERROR]))

    assert json.loads(result.stdout) == [
        {"level": "error", "path": "a.md", "message": "no 'date'", "line": 3, "column": 8}
    ]


@pytest.mark.parametrize("command", ["build", "check", "status"])
def test_a_problem_s_path_leads_to_the_file_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (tmp_path / "a.md").touch()
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path.parent)
    site = FakeSite(BuildReport(problems=(ERROR, WARNING)), [ERROR, WARNING], STATUS)

    from_above = run("-C", tmp_path.name, command, site=site).output
    monkeypatch.chdir(tmp_path / "deep")
    from_within = run(command, site=site).output

    assert f"{tmp_path.name}/a.md:3:8: error" in from_above
    assert f"{tmp_path}/a.md:3:8: error" in from_within


def test_a_path_that_is_not_there_is_a_usage_error() -> None:
    assert run("check", "nothing.md").exit_code == 2


def test_status_shows_the_site_and_what_to_type_next() -> None:
    result = run("status", site=FakeSite(site_status=STATUS))

    assert (
        "last build   2026-01-02 03:04 UTC, a later one is under way or was interrupted"
        in result.stdout
    )
    assert "12 in 3 categories" in result.stdout
    assert "2 to be fetched by the next build" in result.stdout
    assert "never" in result.stdout
    assert "a.md:3:8: error" in result.stdout
    assert result.stdout.splitlines()[-1] == "next: feedpub build"


def test_status_names_missing_pictures_to_whoever_wants_to_hear_more() -> None:
    missing = (Problem("warning", "https://a.example/p.png", "the server answered 404"),)
    site = FakeSite(site_status=replace(STATUS, pictures_failed=missing))

    assert "p.png: warning: the server answered 404" in run("-v", "status", site=site).stdout
    assert "p.png" not in run("status", site=site).stdout


def test_status_sets_large_numbers_in_groups() -> None:
    large = replace(STATUS, sources=(SourceStatus("a", 200_000, None),))

    assert "  200,000  never" in run("status", site=FakeSite(site_status=large)).stdout


@pytest.mark.parametrize(
    ("web", "command"), [("", "schedule"), ('[web]\nurl = "https://b.example/n/"\n', "serve")]
)
def test_status_sends_nobody_to_look_at_feeds_that_are_in_a_bucket(
    site: Path, web: str, command: str
) -> None:
    site.write_text(f'target = "s3://bucket"\n{site.read_text()}\n{web}')
    built = replace(STATUS, next_command="feedpub serve")

    result = run("status", site=FakeSite(site_status=built))

    assert result.stdout.splitlines()[-1] == f"next: feedpub {command}"


def test_status_as_json_has_times_with_zones() -> None:
    result = run("status", "--json", site=FakeSite(site_status=STATUS))

    assert json.loads(result.stdout)["last_build"] == "2026-01-02T03:04:00+00:00"


def test_opml_is_written_byte_for_byte(tmp_path: Path) -> None:
    document = "<opml>中文</opml>".encode()

    assert run("opml").stdout_bytes == document
    result = run("opml", "-o", "feeds.opml")
    assert result.stdout == ""
    assert (tmp_path / "feeds.opml").read_bytes() == document


def test_a_list_of_feeds_is_as_it_was_where_there_is_no_room(tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text("precious")

    with little_room(8):
        result = run("opml", "-o", "feeds.opml")

    assert result.exit_code != 0
    assert file.read_text() == "precious"
