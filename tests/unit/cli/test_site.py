"""``init`` and ``demo`` turn a folder into a site that builds at once."""

import json
import os
import tomllib
from pathlib import Path

import pytest

from feedpub.cli import answers
from feedpub.cli.answers import local_zone
from feedpub.cli.scaffold import IGNORED, add_ignored
from feedpub.config import load_config
from feedpub.model import BuildReport, Category, FeedReport
from feedpub.sources.generators import GENERATORS
from tests.support.cli import FakeSite, run, write_site
from tests.support.settings import SITE_ID

ENGLISH = "It was the first day of the year, and it is on this day that we look for the old radio."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # The zone of the machine that runs the tests is nobody's business.
    monkeypatch.setattr(answers, "local_zone", lambda environ: "Asia/Shanghai")
    folder = tmp_path / "my site"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# A folder without a blog


def test_init_makes_a_site_without_a_question(folder: Path) -> None:
    site = FakeSite()

    result = run("init", "--no-input", site=site)

    assert result.exit_code == 0
    config = load_config(folder / "feedpub.toml", {})
    assert (config.site.title, config.site.language) == ("my site", "zh-CN")
    assert config.sources[0].path == folder / "articles"
    assert (folder / "articles").is_dir()
    assert site.asked("create_site")[0].path == config.path


def test_init_tells_what_to_do_next(folder: Path) -> None:
    lines = run("init", "--no-input").stderr.splitlines()

    assert lines[-4:] == [
        "1. put articles (Markdown or HTML) in articles",
        "2. feedpub build    makes the feeds",
        "3. feedpub serve    shows them at http://127.0.0.1:8000/",
        "4. for a newsletter, fill in [newsletter] in feedpub.toml",
    ]
    assert "feedpub -C 'a b' build" in run("init", "--no-input", "a b").stderr


def test_init_says_what_it_had_to_guess(folder: Path) -> None:
    guessed = run("init", "--no-input", "a").stderr.splitlines()[0]
    said = run("init", "--no-input", "--language", "en", "b").stderr.splitlines()[0]

    assert (
        guessed == "wrote a/feedpub.toml and .gitignore (language zh-CN, time zone Asia/Shanghai)"
    )
    assert said == "wrote b/feedpub.toml and .gitignore (language en, time zone Asia/Shanghai)"


def test_a_language_that_nobody_names_is_that_of_the_articles(folder: Path) -> None:
    (folder / "articles/2026").mkdir(parents=True)
    for name in ("a.md", "b.md", "2026/c.md"):
        (folder / "articles" / name).write_text(f"---\ntitle: x\n---\n{ENGLISH}", "utf-8")
    os.mkfifo(folder / "articles/d.md")

    run("init", "--no-input")

    assert load_config(folder / "feedpub.toml", {}).site.language == "en"


def test_every_site_has_an_id_of_its_own(folder: Path) -> None:
    run("init", "--no-input", "a")
    run("init", "--no-input", "b")

    ids = {load_config(folder / name / "feedpub.toml", {}).site_id for name in "ab"}
    assert len(ids) == 2


def test_options_beat_what_is_found(folder: Path) -> None:
    result = run(
        "init", "--no-input", "--title", '"T" \\', "--url", "https://t.example/b",
        "--language", "en-us", "--timezone", "Europe/Paris",
    )  # fmt: skip

    assert result.exit_code == 0
    site = load_config(folder / "feedpub.toml", {}).site
    assert (site.title, site.url) == ('"T" \\', "https://t.example/b/")
    assert (site.language, str(site.zone)) == ("en-US", "Europe/Paris")


@pytest.mark.parametrize(
    ("option", "value"),
    [("--url", "t.example"), ("--timezone", "GMT+8"), ("--language", "Chinese")],
)
def test_an_option_that_cannot_be_used_writes_nothing(
    folder: Path, option: str, value: str
) -> None:
    result = run("init", "--no-input", option, value)

    assert result.exit_code == 2
    assert option in result.stderr
    assert not (folder / "feedpub.toml").exists()


def test_what_must_not_be_committed_is_ignored_once(folder: Path) -> None:
    (folder / ".gitignore").write_text("node_modules\n/feedpub.key")

    assert add_ignored(folder)
    assert not add_ignored(folder)

    lines = (folder / ".gitignore").read_text().splitlines()
    assert lines[:2] == ["node_modules", "/feedpub.key"]
    assert [line for line in IGNORED if line not in lines] == ["feedpub.key"]


def test_a_gitignore_in_another_encoding_keeps_its_bytes(folder: Path) -> None:
    before = "# 构建\r\n公共/\r\n".encode("gbk")
    (folder / ".gitignore").write_bytes(before)

    assert add_ignored(folder)

    assert (folder / ".gitignore").read_bytes().startswith(before + b"# feedpub")


def test_the_written_settings_explain_themselves(folder: Path) -> None:
    run("init", "--no-input")

    text = (folder / "feedpub.toml").read_text()
    assert text.count("#") > 10
    assert all(len(line) <= 100 for line in text.splitlines())


def test_init_can_be_read_by_programs() -> None:
    result = run("init", "--no-input", "--json")

    assert json.loads(result.stdout) == {"config": "feedpub.toml", "generator": None}


# Questions


def test_questions_are_asked_at_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedpub.cli.session.Session.may_ask", True)

    result = run("init", input="标题\nnonsense\nhttps://q.example\n\nEurope/Rome\n")

    assert result.exit_code == 0
    assert "What is the site called" in result.stderr
    assert "'nonsense' is no web address" in result.stderr
    site = load_config(folder / "feedpub.toml", {}).site
    assert (site.title, site.url) == ("标题", "https://q.example/")
    assert (site.language, str(site.zone)) == ("zh-CN", "Europe/Rome")


def test_the_end_of_the_input_at_a_question_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedpub.cli.session.Session.may_ask", True)

    assert run("init", "sub", input="T\n").exit_code == 1
    assert list(folder.iterdir()) == []


# A folder with a blog


HEXO = """
title: "博客: 一"
url: https://b.example.cn
timezone: Asia/Tokyo
language: zh-TW
author: 张三
permalink: posts/:abbrlink/
"""


def write_hexo(folder: Path, text: str = HEXO) -> None:
    (folder / "source/_posts").mkdir(parents=True)
    (folder / "_config.yml").write_text(text, "utf-8")


def test_a_blog_s_own_settings_are_taken_over(folder: Path) -> None:
    write_hexo(folder)

    result = run("init", "--no-input")

    config = load_config(folder / "feedpub.toml", {})
    assert "found a hexo blog" in result.stderr
    assert (config.site.title, config.site.url) == ("博客: 一", "https://b.example.cn/")
    assert (config.site.author, str(config.site.zone)) == ("张三", "Asia/Tokyo")
    (source,) = config.sources
    assert (source.generator, source.permalink) == ("hexo", "posts/:abbrlink/")
    assert source.path == folder / "source/_posts"
    assert not (folder / "articles").exists()


@pytest.mark.parametrize(("said", "language"), [("", "en"), ("language: zh-TW", "zh-TW")])
def test_the_language_of_a_blog_is_that_of_its_articles_where_it_names_none(
    folder: Path, said: str, language: str
) -> None:
    write_hexo(folder, f"title: T\n{said}\n")
    (folder / "source/_posts/a.md").write_text(ENGLISH, "utf-8")

    run("init", "--no-input")

    assert load_config(folder / "feedpub.toml", {}).site.language == language


def test_a_setting_of_the_blog_that_cannot_be_used_is_told_and_left_out(folder: Path) -> None:
    write_hexo(folder, "title: T\ntimezone: Mars/Base\nlanguage: default\n")

    result = run("init", "--no-input")

    assert result.exit_code == 0
    assert "_config.yml: 'Mars/Base' is no time zone" in result.stderr
    site = load_config(folder / "feedpub.toml", {}).site
    assert (str(site.zone), site.language) == ("Asia/Shanghai", "zh-CN")


def test_a_generator_can_be_named_and_must_be_there(folder: Path) -> None:
    write_hexo(folder)

    assert run("init", "--no-input", "--from", "hugo").exit_code == 2
    assert run("init", "--no-input", "--from", "hexo").exit_code == 0


def test_every_known_generator_can_be_named() -> None:
    from feedpub.cli.site import GENERATORS as OFFERED

    assert set(OFFERED) == set(GENERATORS)


# A folder that is a site


def test_a_site_is_not_overwritten_unasked(folder: Path) -> None:
    path = write_site(folder, "title = 'mine'\n")
    before = path.read_text()

    result = run("init", "--no-input")

    assert result.exit_code == 3
    assert "--force" in result.stderr
    assert path.read_text() == before


def test_force_writes_anew_and_keeps_the_id(folder: Path) -> None:
    write_site(folder, "title = 'mine'\n")

    run("init", "--no-input", "--force")

    config = load_config(folder / "feedpub.toml", {})
    assert (config.site_id, config.site.title) == (SITE_ID, "my site")


def test_force_does_not_lose_an_id_that_it_cannot_read(folder: Path) -> None:
    path = write_site(folder)
    path.write_text(path.read_text().replace(SITE_ID, SITE_ID[:-1]))

    assert run("init", "--no-input", "--force").exit_code == 3
    path.write_text("not toml")
    assert run("init", "--no-input", "--force").exit_code == 3
    assert path.read_text() == "not toml"


def test_a_missing_database_can_be_made_alone(folder: Path) -> None:
    path = write_site(folder)
    before = path.read_text()
    site = FakeSite()

    assert run("init", "--database", site=site).exit_code == 0
    assert path.read_text() == before
    assert site.asked("create_site")
    again = run("init", "--database", site=site)
    assert "kept feedpub.db" in again.stderr
    assert len(site.calls) == 1


# The zone of the machine


@pytest.mark.parametrize(
    ("environ", "target", "zone"),
    [
        ({"TZ": "Asia/Tokyo"}, None, "Asia/Tokyo"),
        ({"TZ": ":Europe/Rome"}, None, "Europe/Rome"),
        ({"TZ": "CST-8"}, None, "Asia/Shanghai"),
        ({"TZ": "UTC"}, None, "Asia/Shanghai"),
        ({}, None, "Asia/Shanghai"),
        ({}, "/usr/share/zoneinfo/America/New_York", "America/New_York"),
        ({}, "/usr/share/zoneinfo/Etc/UTC", "Asia/Shanghai"),
        ({}, "/elsewhere", "Asia/Shanghai"),
    ],
)
def test_the_machine_s_zone_is_the_first_guess(
    tmp_path: Path, environ: dict[str, str], target: str | None, zone: str
) -> None:
    link = tmp_path / "localtime"
    if target:
        link.symlink_to(target)

    assert local_zone(environ, link) == zone


# The sample


def test_the_demo_is_copied_built_and_shown(folder: Path) -> None:
    every = Category(0, (), ("all",))
    deep = Category(2, ("技术", "网络"), ("ji-shu", "wang-luo"), 1)
    report = BuildReport(
        articles=2,
        summaries=(
            FeedReport(every, 2, ("all/rss.xml", "all/atom.xml", "all/feed.json")),
            FeedReport(deep, 1, ("ji-shu/wang-luo/rss.xml",)),
        ),
    )
    site = FakeSite(report)

    result = run("demo", "here", site=site, env={"FEEDPUB_SITE_TITLE": "not this"})

    assert result.exit_code == 0
    assert tomllib.loads((folder / "here/feedpub.toml").read_text())["site"]["id"]
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert any(
        line.startswith("(everything)") and "all/rss.xml, atom.xml" in line for line in lines
    )
    assert any(line.startswith("  网络") for line in lines)
    assert f"Open in a browser: {folder / 'here/feeds/index.html'}" in lines
    assert "Or serve it:       feedpub -C here serve" in lines
    assert (folder / "here/newsletter.eml").read_bytes().startswith(b"Subject:")
    assert "五篇" in (folder / "here/newsletter.html").read_text("utf-8")
    assert site.asked("build")[0]["offline"] is True
    assert site.asked("create_site")[0].site.title != "not this"


def test_the_demo_replaces_nothing(folder: Path) -> None:
    (folder / "here").mkdir()
    (folder / "here/a.md").touch()

    result = run("demo", "here")

    assert result.exit_code == 2
    assert [path.name for path in (folder / "here").iterdir()] == ["a.md"]
