"""Lists of subscribers as files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedpub.errors import StoreError
from tests.support.cli import FakeSite, run
from tests.support.settings import SITE


class BrokenAudience:
    """Has a database that is damaged half way."""

    def export_csv(self, *, states: list[object]) -> Iterator[str]:
        yield "email\nreader@inbox.test\n"
        raise StoreError("feedpub.db: damaged; bring back a copy")


class Site(FakeSite):
    def open_audience(self, _config: object) -> BrokenAudience:
        return BrokenAudience()


def test_an_export_that_fails_leaves_no_half_of_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("feedpub.toml").write_text(SITE)
    Path("people.csv").write_text("of last week")

    result = run("subscribers", "export", "people.csv", "--force", site=Site())

    assert result.exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feedpub.toml", "people.csv"]
    assert Path("people.csv").read_text() == "of last week"
