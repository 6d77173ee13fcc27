"""The copies of the database that are made before anybody is mailed: which are kept."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedpub.wiring.databases import FileDatabase

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["feedpub", "site[1]"])
def database(tmp_path: Path, request: pytest.FixtureRequest) -> FileDatabase:
    made = FileDatabase(tmp_path / f"{request.param}.db")
    made.create()
    return made


def days(database: FileDatabase) -> list[str]:
    folder = Path(database.name).parent / "backups"
    return sorted(path.stem.rpartition("-")[2][:8] for path in folder.iterdir())


def test_the_seven_newest_are_kept(database: FileDatabase) -> None:
    for number in range(9):
        database.back_up(NOW + number * DAY)

    assert days(database) == [f"202611{day}" for day in (29, 30)] + [
        f"2026120{day}" for day in (1, 2, 3, 4, 5)
    ]


def test_copies_of_a_clock_that_ran_ahead_do_not_drive_out_the_newest(
    database: FileDatabase,
) -> None:
    for number in range(7):
        database.back_up(NOW.replace(year=2040) + number * DAY)

    for number in range(2):
        database.back_up(NOW + number * DAY)

    assert days(database)[:2] == ["20261127", "20261128"]
    assert len(days(database)) == 7


def test_a_copy_that_was_cut_short_is_taken_down_by_the_next(database: FileDatabase) -> None:
    folder = Path(database.name).parent / "backups"
    folder.mkdir()
    left = [folder / ".feedpub-1.db.0a1b2c3d.copying", folder / ".x.db.0a1b2c3d.copying-journal"]
    others = [folder / ".y.db.0a1b2c3d.copying", folder / ".z.db"]
    for path in (*left, *others):
        path.write_text("half")
    for path in (*left, others[1]):
        os.utime(path, (0, 0))

    database.back_up(NOW)

    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)
