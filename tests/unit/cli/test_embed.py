"""The command that prints what a portal's editor copies."""

import json
from pathlib import Path

import pytest

from feedpub.errors import CategoryError
from feedpub.model import EmbedLook
from tests.support.cli import FakeSite, run, write_site


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_site(tmp_path)


def test_lines_to_copy_go_to_stdout() -> None:
    assert run("embed").stdout == "<script>\n<feedpub-feed></feedpub-feed>\n"


def test_programs_get_the_same_lines() -> None:
    assert json.loads(run("embed", "--json", "--form", "iframe").stdout) == {
        "form": "iframe",
        "url": "https://a.example/",
        "snippet": "<script>\n<feedpub-feed></feedpub-feed>",
    }


def test_everything_is_embedded_as_an_element_unless_asked_otherwise() -> None:
    site = FakeSite()

    run("embed", site=site)

    assert site.asked("embed") == ("all", "element", EmbedLook())


def test_a_look_is_passed_on() -> None:
    site = FakeSite()
    options = "--form iframe --layout grid --limit 3 --no-thumbs --text-color 222 --resize --latest"

    run("embed", "news/china", *options.split(), "--link-color", "#B23C0A", site=site)

    assert site.asked("embed") == (
        "news/china",
        "iframe",
        EmbedLook(
            layout="grid",
            limit=3,
            thumbs=False,
            text_color="#222",
            link_color="#b23c0a",
            latest=True,
            resize=True,
        ),
    )


@pytest.mark.parametrize("color", ["red", "#12345", "#1234567", '#222"', "url(x)", "", "#222;x:y"])
def test_a_colour_that_could_say_more_is_refused(color: str) -> None:
    result = run("embed", "--text-color", color)

    assert result.exit_code == 2
    assert "write it as #b23c0a" in result.stderr


@pytest.mark.parametrize("limit", ["0", "51", "x"])
def test_a_limit_out_of_range_is_refused(limit: str) -> None:
    assert run("embed", "--limit", limit).exit_code == 2


def test_who_asks_for_a_look_that_cannot_be_is_told() -> None:
    result = run("embed", "--form", "json", "--limit", "3")

    assert result.exit_code == 0
    assert "a look is for element and iframe; json has none" in result.stderr


def test_an_unknown_category_is_a_mistake_of_the_user() -> None:
    site = FakeSite(error=CategoryError("no category 'x'; did you mean 'y'?", category="x"))

    result = run("embed", "x", site=site)

    assert result.exit_code == 2
    assert "did you mean 'y'" in result.stderr
