"""``feedpub sources``."""

import json
import tomllib
from pathlib import Path

import pytest

from feedpub.config import load_config
from tests.support.cli import run

LIST = """<opml version="2.0"><body>
<outline text="科技"><outline text="A &quot;1&quot;" xmlUrl="https://a.example/feed?x=1&amp;y=2"/></outline>
<outline text="B" xmlUrl="https://a.example/other"/><outline text="C" xmlUrl="https://c.example/"/>
</body></opml>"""


@pytest.fixture
def opml(tmp_path: Path) -> Path:
    path = tmp_path / "list.opml"
    path.write_text(LIST, "utf-8")
    return path


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "feedpub.toml"
    path.write_text('[site]\nid = "7e0cf2a2-4c3f-4c3a-9e26-6d7d5b2c0a11"\n')
    path.chmod(0o640)
    monkeypatch.chdir(tmp_path)
    return path


def test_a_list_is_printed_as_settings(settings: Path, opml: Path) -> None:
    before = settings.read_text()

    result = run("sources", "import", str(opml))

    assert result.exit_code == 0
    assert settings.read_text() == before
    assert tomllib.loads(result.stdout)["sources"] == [
        {
            "type": "feed",
            "name": "a.example",
            "url": "https://a.example/feed?x=1&y=2",
            "category": ["科技"],
        },
        {"type": "feed", "name": "a.example/other", "url": "https://a.example/other"},
        {"type": "feed", "name": "c.example", "url": "https://c.example/"},
    ]


def test_written_feeds_join_the_articles_that_nobody_named(settings: Path, opml: Path) -> None:
    result = run("sources", "import", "--write", str(opml))

    assert result.exit_code == 0, result.output
    config = load_config(settings, {})
    assert [source.name for source in config.sources] == [
        "articles", "a.example", "a.example/other", "c.example",
    ]  # fmt: skip
    assert config.sources[1].category == ("科技",)
    assert settings.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in settings.parent.iterdir() if "new" in path.name] == []


def test_settings_that_notepad_saved_are_added_to(settings: Path, opml: Path) -> None:
    settings.write_bytes(b"\xef\xbb\xbf" + settings.read_bytes().replace(b"\n", b"\r\n"))

    result = run("sources", "import", "--write", str(opml))

    assert result.exit_code == 0, result.output
    assert len(load_config(settings, {}).sources) == 4


def test_a_list_that_is_written_twice_adds_nothing(settings: Path, opml: Path) -> None:
    run("sources", "import", "--write", str(opml))
    before = settings.read_text()

    result = run("sources", "import", "--write", str(opml))

    assert "0 new feeds" in result.stderr
    assert settings.read_text() == before


def test_settings_that_could_not_be_read_then_stay_as_they_are(settings: Path, opml: Path) -> None:
    settings.write_text(settings.read_text() + '[[sources]]\nname = "c.example"\npath = "remote"\n')
    settings.write_text("sources = [{path = 'a'}]\n" + settings.read_text().partition("[[")[0])
    before = settings.read_text()

    result = run("sources", "import", "--write", str(opml))

    assert result.exit_code == 3
    assert settings.read_text() == before
    assert not settings.with_name(".feedpub.toml.new").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello", "no XML"),
        ('<!DOCTYPE o [<!ENTITY a "a">]><opml><body/></opml>', "declares entities"),
        ("<opml><body/></opml>", "no outline"),
    ],
)
def test_a_hostile_list_is_refused(settings: Path, opml: Path, text: str, reason: str) -> None:
    opml.write_text(text)
    before = settings.read_text()

    result = run("sources", "import", "--write", str(opml))

    assert result.exit_code == 3
    assert reason in result.stderr
    assert settings.read_text() == before


def test_a_title_cannot_smuggle_settings_in(settings: Path, opml: Path) -> None:
    opml.write_text(
        '<opml><body><outline text="a&#10;[site]&#10;title = 1" xmlUrl="https://a.example/"/></body></opml>'
    )

    run("sources", "import", "--write", str(opml))

    assert "site" in tomllib.loads(settings.read_text())
    assert load_config(settings, {}).site.title == settings.parent.name


def test_sources_are_listed_with_their_places(settings: Path, opml: Path) -> None:
    run("sources", "import", "--write", str(opml))

    listed = json.loads(run("--json", "sources", "list").stdout)

    assert listed[0] == {"name": "articles", "type": "folder", "place": "articles"}
    assert listed[3] == {"name": "c.example", "type": "feed", "place": "https://c.example/"}
