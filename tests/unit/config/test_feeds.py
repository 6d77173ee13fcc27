"""Sources that are feeds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedpub.config import Config, SourceConfig, load_config, resolve_settings, show_settings
from feedpub.errors import ConfigErrors

ID = '[site]\nid = "7e0cf2a2-4c3f-4c3a-9e26-6d7d5b2c0a11"\n'
URL = "https://www.a.example:8080/feed?x=1"
OPML = """<opml><body><outline text="科技"><outline text="A" xmlUrl="https://a.example/f/"/></outline>
<outline text="B" xmlUrl="https://b.example/"/></body></opml>"""
Load = Callable[[str], Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str) -> Config:
        path = tmp_path / "feedpub.toml"
        path.write_text(ID + text, "utf-8")
        return load_config(path, {})

    return load


def source(text: str) -> str:
    return f'[[sources]]\ntype = "feed"\n{text}\n'


def refusals(load: Load, text: str) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        load(text)
    return [error.message for error in caught.value.errors]


def test_a_feed_is_called_by_its_host_and_kept_in_a_folder_of_its_own(load: Load) -> None:
    config = load(source(f'url = "{URL}"'))

    assert config.sources == (
        SourceConfig(
            name="a.example",
            path=config.root / "remote" / "a.example",
            type="feed",
            url=URL,
            categories="several",
        ),
    )
    assert (config.remote.every_min, config.remote.budget_s) == (15, 60)


def test_names_that_no_file_system_takes_get_folders_that_differ(load: Load) -> None:
    names = ["快讯", "快訊", "A", "a", "a/b", "../x", "."]

    config = load("".join(source(f'url = "{URL}"\nname = "{name}"') for name in names))

    folders = [one.path for one in config.sources]
    assert len({folder.name.lower() for folder in folders}) == len(names)
    assert {folder.parent for folder in folders} == {config.root / "remote"}


def test_categories_are_a_table_of_what_they_are_here(load: Load) -> None:
    text = 'categories = { "Tech" = ["新闻", "科技"], "b" = "c/d" }\ncategory = "其他"'

    (found,) = load(source(f'url = "{URL}"\n{text}')).sources

    assert found.names == {"tech": ("新闻", "科技"), "b": ("c", "d")}
    assert (found.category, found.categories) == (("其他",), "several")


def test_a_folder_may_have_such_a_table_too(load: Load) -> None:
    (found,) = load('[[sources]]\npath = "a"\ncategories = { "a/b" = "c" }').sources

    assert (found.names, found.categories) == ({"a/b": ("c",)}, None)


def test_a_list_gives_a_source_for_each_of_its_feeds(load: Load, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(OPML, "utf-8")

    config = load(
        source('opml = "list.opml"\nname = "星球"\nprivate = true')
        + source('opml = "list.opml"\ncategory = "all"\nname = "2"')
    )

    assert [(one.name, one.url, one.category) for one in config.sources] == [
        ("星球/a.example/f", "https://a.example/f/", ("科技",)),
        ("星球/b.example", "https://b.example/", ()),
        ("2/a.example/f", "https://a.example/f/", ("all",)),
        ("2/b.example", "https://b.example/", ("all",)),
    ]
    assert [one.private for one in config.sources] == [True, True, False, False]
    assert len({one.path for one in config.sources}) == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[sources]]\ntype = "feed"', "no address to fetch"),
        (source(f'url = "{URL}"\nopml = "x"'), "not both"),
        ('[[sources]]\nopml = "x"', 'write type = "feed"'),
        (source('opml = "missing.opml"'), "cannot be used: No such file"),
        (source(f'url = "{URL}"') * 2, "two sources are called 'a.example'"),
        (source(f'url = "{URL}"\ncategories = {{ "a" = 5 }}'), "whole number"),
        (source(f'url = "{URL}"\ncategories = {{ "a" = ["b", ""] }}'), "without a name"),
        (source(f'url = "{URL}"\ncategories = "many"'), "'many' is not known"),
        (source('url = "file:///etc/passwd"'), "no web address"),
        (source('url = "https://u:p@a.example/"'), "user name or password"),
    ],
)
def test_what_does_not_go_together_is_refused(load: Load, text: str, message: str) -> None:
    assert any(message in found for found in refusals(load, text))


def test_a_hostile_list_is_refused_in_its_place(load: Load, tmp_path: Path) -> None:
    (tmp_path / "a.opml").write_text('<!DOCTYPE o [<!ENTITY a "a">]><opml><body/></opml>')

    with pytest.raises(ConfigErrors) as caught:
        load(source('opml = "a.opml"'))

    assert [(error.line, error.key) for error in caught.value.errors] == [(5, "sources.opml")]
    assert "declares entities" in str(caught.value)


def test_what_is_shown_of_feeds_gives_the_same_settings_again(load: Load, tmp_path: Path) -> None:
    text = f'url = "{URL}"\ncategories = {{ "T 1" = ["a", "b/c"] }}\ncategory = "x/y"'
    before = load(source(text))

    shown = show_settings(resolve_settings(tmp_path / "feedpub.toml", {}))
    (tmp_path / "feedpub.toml").write_text(shown, "utf-8")

    assert load_config(tmp_path / "feedpub.toml", {}) == before
