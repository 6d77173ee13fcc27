"""Who is forgotten is named nowhere, and no import or backup brings them back."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.real_site import RealSite
from tests.support.subscribers import Run, listed

CANARY = "Canary.Bird@birds.example"


def holders(root: Path, needle: str) -> list[str]:
    """Return the files that hold a text, in whatever case."""
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and needle.lower().encode() in path.read_bytes().lower()
    )


@pytest.fixture
def canary(site: RealSite, run: Run, tmp_path: Path) -> RealSite:
    """A site that knows the canary from everywhere: row, log, outbox, copies of the database."""
    (site.root / "list.csv").write_text(f"email\nother@example.com\n{CANARY}\n")
    run("add", CANARY, "--confirmed", "--category", "News")
    run("remove", CANARY)
    run("add", CANARY, "--confirmed")
    (site.root / "outbox").mkdir()
    (site.root / "outbox" / "1.eml").write_text(f"To: {CANARY}\r\n\r\nNews\r\n")
    (site.root / "outbox" / "2.eml").write_text("To: other@example.com\r\n\r\nNews\r\n")
    (site.root / "backups").mkdir()
    for name in ("backups/feedpub-20260101.db", "mine.db"):
        assert site.run("backup", site.root / name).returncode == 0
    assert site.run("backup", tmp_path / "away.db").returncode == 0
    assert len(holders(site.root, CANARY)) >= 5
    return site


def test_nothing_in_the_site_names_who_was_forgotten(canary: RealSite, run: Run) -> None:
    done = run("forget", CANARY.upper(), "--yes", "--json")

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["known"], report["compacted"]) == (True, True)
    assert report["cleaned"] == ["mine.db", "backups/feedpub-20260101.db", "outbox/1.eml"]
    assert report["left"] == ["list.csv"]
    assert "still names the address, delete or edit it: list.csv" in done.stderr
    assert holders(canary.root, CANARY) == ["list.csv"]
    assert holders(canary.root, "birds.example") == ["list.csv"]
    assert (canary.root / "outbox" / "2.eml").exists()


def test_no_import_brings_back_who_was_forgotten(canary: RealSite, run: Run) -> None:
    run("forget", CANARY, "--yes")

    done = run("import", canary.root / "list.csv", "--as", "confirmed", "--on-conflict", "update")
    (canary.root / "list.csv").unlink()

    assert "1 never mailed again" in done.stderr
    assert [one["address"] for one in listed(run)] == ["other@example.com"]
    assert holders(canary.root, CANARY) == []


@pytest.mark.parametrize("backup", ["mine.db", "../away.db"])
def test_no_backup_brings_back_who_was_forgotten(canary: RealSite, run: Run, backup: str) -> None:
    run("forget", CANARY, "--yes")
    (canary.root / "list.csv").unlink()

    done = canary.run("restore", canary.root / backup, "--yes")

    assert done.returncode == 0, done.stderr
    assert listed(run) == []
    shown = run("show", CANARY)
    assert "barred: erased" in shown.stderr
    run("forget", CANARY, "--yes")
    assert holders(canary.root, CANARY) == []


def test_a_backup_does_not_bring_back_who_left_since(site: RealSite, run: Run) -> None:
    run("add", "ann@example.com", "--confirmed")
    site.run("backup", site.root / "mine.db")
    run("remove", "ann@example.com")

    site.run("restore", site.root / "mine.db", "--yes")

    assert [one["state"] for one in listed(run)] == ["unsubscribed"]


def test_an_address_that_nobody_has_can_be_barred(run: Run, site: RealSite) -> None:
    done = run("forget", CANARY, "--yes")

    assert done.returncode == 0
    assert "nobody had this address; it is barred from imports now" in done.stderr
    assert holders(site.root, CANARY) == []


def test_an_older_copy_without_subscribers_is_left_as_it_is(
    site: RealSite, run: Run, tmp_path: Path
) -> None:
    shutil.copy(site.database, site.root / "old.db")
    before = (site.root / "old.db").read_bytes()
    run("add", CANARY, "--confirmed")

    run("forget", CANARY, "--yes")

    assert (site.root / "old.db").read_bytes() == before
