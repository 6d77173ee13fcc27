"""The settings of sources that are exports."""

import pytest

from feedpub.wiring.sources import spool_folder
from tests.support.settings import SITE, Complain, Load

EXPORT = '[[sources]]\ntype = "ghost"\npath = "ghost.json"\n'


def test_an_export_is_a_source_with_a_name_and_a_site(load: Load) -> None:
    config = load(EXPORT + 'name = "old"\nurl = "https://old.example"\npages = true\n')

    (source,) = config.sources
    assert (source.type, source.name, source.path) == ("ghost", "old", config.root / "ghost.json")
    assert (source.url, source.pages) == ("https://old.example/", True)


def test_an_export_without_a_name_is_refused(complain: Complain) -> None:
    (error,) = complain(SITE + EXPORT)

    assert "part of its articles' ids" in error
    assert 'name = "old-blog"' in error


def test_a_kind_that_there_is_not_is_answered_with_those_that_there_are(
    complain: Complain,
) -> None:
    (error,) = complain(SITE + EXPORT.replace("ghost", "gost", 1) + 'name = "old"\n')

    assert "did you mean 'ghost'" in error


@pytest.mark.parametrize("name", ["old", "旧", "a/../../b", "..", "a" * 300, "%", ". ."])
def test_every_name_has_a_folder_of_its_own_for_what_is_unpacked(load: Load, name: str) -> None:
    config = load(EXPORT + f'name = "{name}"\n')
    other = load(EXPORT + f'name = "{name}2"\n')

    folder = spool_folder(config, config.sources[0])
    assert folder.parent == config.root / ".feedpub" / "ghost"
    assert folder.name not in (".", "..")
    assert len(folder.name.encode()) < 200
    assert folder.name != spool_folder(other, other.sources[0]).name
