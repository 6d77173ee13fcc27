"""Settings can be shown, and what is shown is what is in use."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.config import SETTINGS, load_config, resolve_settings, show_settings, variable_of
from feedpub.config.show import settings_as_data, to_toml
from tests.support.settings import SITE

TEXT = """
[[sources]]
path = "a"
[[sources]]
path = "b"
exclude = ["x/*", "y"]
[feeds]
entries = 7
[categories.rename]
"a/b" = "c"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "feedpub.toml"
    path.write_text(SITE + TEXT)
    return path


def test_what_is_shown_gives_the_same_settings_again(settings: Path) -> None:
    before = load_config(settings, {})

    settings.write_text(show_settings(resolve_settings(settings, {})))

    assert load_config(settings, {}) == before


def test_what_the_environment_says_is_shown_in_its_place(settings: Path) -> None:
    shown = show_settings(resolve_settings(settings, {"FEEDPUB_FEEDS_ENTRIES": "9"}))

    assert tomllib.loads(shown)["feeds"]["entries"] == 9


def test_each_setting_says_where_it_comes_from(settings: Path) -> None:
    resolved = resolve_settings(settings, {"FEEDPUB_SITE_TITLE": "T"})

    lines = show_settings(resolved, origin=True).splitlines()

    assert f"entries = 7  # {settings}:11:11" in lines
    assert 'title = "T"  # FEEDPUB_SITE_TITLE' in lines
    assert 'content = "full"  # default' in lines


def test_the_data_holds_every_setting_of_every_source(settings: Path) -> None:
    data = settings_as_data(resolve_settings(settings, {}))

    assert data["sources[1].path"] == {"value": "b", "origin": f"{settings}:8:8"}
    assert len(data) == len(SETTINGS) + sum(s.section == "sources" for s in SETTINGS)


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.booleans() | st.integers(-99, 99))
def test_a_value_survives_being_written_as_toml(value: object) -> None:
    assert tomllib.loads(f"a = {to_toml(value)}") == {"a": value}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_setting_is_documented_and_its_default_is_valid(setting) -> None:
    setting.kind.check(setting.default)

    assert setting.doc[0].isupper() or setting.doc[0] == "`"
    assert setting.doc.endswith(".")
    assert setting.kind.name


def test_only_sources_and_renames_have_no_variable() -> None:
    without = {setting.section for setting in SETTINGS if variable_of(setting) is None}

    assert without == {"sources", "categories"}


def test_the_password_of_a_databases_server_is_never_shown(settings: Path) -> None:
    resolved = resolve_settings(
        settings,
        {
            "FEEDPUB_DATABASE": "postgresql://ann:hunter2@db.example/feeds?sslpassword=hunter2",
            "FEEDPUB_DATABASE_PASSWORD": "hunter2",
        },
    )
    config = load_config(settings, {"FEEDPUB_DATABASE_PASSWORD": "hunter2"})

    shown = show_settings(resolved)

    assert 'database = "postgresql://ann:***@db.example/feeds?sslpassword=***"' in shown
    assert "hunter2" not in shown + str(settings_as_data(resolved)) + repr(config)
