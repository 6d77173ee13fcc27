"""Power cuts, full and read-only disks: what is published stays whole, the next build mends all."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.matrices.points import run_matrix
from tests.support import strace, sweeps
from tests.support.generations import write_first, write_second
from tests.support.published import find_dead_ends, list_starts
from tests.support.real_site import RealSite
from tests.support.small_disk import SmallDisk, mount_small_disk, requires_mounts


@pytest.fixture(scope="module")
def generations(tmp_path_factory: pytest.TempPathFactory) -> tuple[RealSite, RealSite]:
    """A site that was built and changed since; the same after an undisturbed build."""
    folder = tmp_path_factory.mktemp("generations")
    old = RealSite.create(folder / "old", entries=2)
    write_first(old)
    old.build_well()
    write_second(old)
    new = old.copy(folder / "new")
    new.build_well()
    return old, new


@pytest.fixture
def old(generations: tuple[RealSite, RealSite], tmp_path: Path) -> RealSite:
    return generations[0].copy(tmp_path / "old")


@pytest.fixture
def new(generations: tuple[RealSite, RealSite], tmp_path: Path) -> RealSite:
    return generations[1].copy(tmp_path / "new")


def test_the_sites_of_the_matrix_have_what_can_break(old: RealSite, new: RealSite) -> None:
    before, after = old.published(), new.published()

    assert {"media", "articles", "assets", "all", "a", "c"} <= {
        path.split("/")[0] for path in before
    }
    assert any("/archive/" in path for path in before)
    assert before.keys() - after.keys()
    assert after.keys() - before.keys() >= {"z/y/rss.xml", "z/y/index.html"}
    assert sum(before[path] != after[path] for path in before.keys() & after.keys()) > 20
    for files in (before, after):
        assert find_dead_ends(files, list_starts(files)) == []


# Every point: FEEDPUB_SWEEPS=full, or by hand: python -m tests.matrices.builds


@pytest.mark.slow
@strace.needed()
def test_a_fault_at_any_call_leaves_a_whole_site(tmp_path: Path) -> None:
    sample = [] if sweeps.is_full() else ["--sample", "32", "--seed", "1"]

    # Half of the points are kills.
    done = run_matrix("builds", "--faults", "kill,kill,ENOSPC,EIO", *sample, spare=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert sweeps.is_full() or "32 points" in done.stdout
    assert "0 failures" in done.stdout


def test_what_a_killed_build_staged_is_taken_down_by_the_next(old: RealSite, new: RealSite) -> None:
    with old.start("build", "--offline") as build:
        old.freeze_while_staging(build)
        build.kill()

    assert old.waiting()
    old.build_well()

    assert old.waiting() == []
    assert old.published() == new.published()


def test_pictures_come_back_with_an_output_that_was_deleted(new: RealSite) -> None:
    wanted = new.published()
    shutil.rmtree(new.feeds)

    new.build_well()

    # What is gone went with the output, and nothing leads there: the page of an article that was
    # deleted, and feed and embed of a category that this emptied.
    lost = wanted.keys() - new.published().keys()
    assert all(path.startswith(("articles/gone", "media/", "c/", "embed/c.")) for path in lost)
    assert find_dead_ends(new.published(), list_starts(new.published())) == []


def test_everything_is_made_again_where_a_picture_was_deleted(new: RealSite) -> None:
    wanted = new.published()
    for path in wanted:
        if path.startswith("media/"):
            (new.feeds / path).unlink()

    new.build_well("--everything")

    files = new.published()
    assert all(path.startswith("media/") for path in wanted.keys() - files.keys())
    assert find_dead_ends(files, list_starts(files)) == []


# Full and read-only disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with mount_small_disk(tmp_path / "disk", kilobytes=2_000) as mounted:
        yield mounted


def find_harm(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """Return what was published and is not as it was, and what is new besides pictures."""
    changed = [path for path, data in before.items() if after.get(path) != data]
    return changed + [path for path in after.keys() - before if not path.startswith("media/")]


@requires_mounts
@pytest.mark.parametrize("leave", [0, 16, 64, 128, 160])
def test_a_full_disk_is_told_and_harms_nothing(
    leave: int, old: RealSite, new: RealSite, disk: SmallDisk
) -> None:
    there, site = RealSite(disk.place), RealSite(disk.path)
    shutil.copytree(old.root, disk.path, dirs_exist_ok=True)
    disk.fill(leave=leave * 1024)

    done = there.build(wrapper=disk.wrapper)

    assert done.returncode == 1, done.stderr
    assert str(there.root) in done.stderr
    assert "defect" not in done.stderr
    assert "make room" in done.stderr
    assert find_harm(old.published(), site.published()) == []
    assert site.waiting() == []
    site.articles_known()

    disk.clear()
    assert there.build(wrapper=disk.wrapper).returncode == 0
    assert site.published() == new.published()


@requires_mounts
def test_a_read_only_output_is_told_and_still_served(
    old: RealSite, new: RealSite, disk: SmallDisk
) -> None:
    published = old.published()
    shutil.copytree(old.feeds, disk.path, dirs_exist_ok=True)
    shutil.rmtree(old.feeds)
    old.feeds.symlink_to(disk.place)
    disk.make_read_only()

    done = old.build(wrapper=disk.wrapper)

    assert done.returncode == 1
    assert str(old.feeds) in done.stderr
    assert "Read-only file system; make the folder writable and build again" in done.stderr
    assert all((disk.path / path).read_bytes() == data for path, data in published.items())

    disk.make_writable()
    assert old.build(wrapper=disk.wrapper).returncode == 0
    assert all((disk.path / path).read_bytes() == data for path, data in new.published().items())


@requires_mounts
@pytest.mark.parametrize("words", [("build", "--offline"), ("hide", "old.md"), ("backup",)])
def test_a_read_only_site_is_told(words: tuple[str, ...], old: RealSite, disk: SmallDisk) -> None:
    shutil.copytree(old.root, disk.path, dirs_exist_ok=True)
    disk.make_read_only()
    there = RealSite(disk.place)
    extra = [str(disk.place / "copy.db")] if words == ("backup",) else []

    done = there.run(*words, *extra, wrapper=disk.wrapper)

    assert done.returncode == 1
    assert str(there.root) in done.stderr
    assert "defect" not in done.stderr
    assert ";" in done.stderr, "no remedy"


# Without the right to pass over permissions, which root has

_DROP = "dac_override,-dac_read_search"
WITHOUT_RIGHTS = (
    ["setpriv", f"--bounding-set=-{_DROP}", f"--inh-caps=-{_DROP}"] if os.geteuid() == 0 else []
)
requires_permissions = pytest.mark.skipif(
    subprocess.run([*WITHOUT_RIGHTS, "true"], capture_output=True).returncode != 0,
    reason="needs to give up the rights of root",
)


@requires_permissions
@pytest.mark.parametrize("folder", [".", "all", "a/b", "articles"])
def test_an_output_of_another_user_is_told_and_written_once_it_can_be(
    folder: str, old: RealSite, new: RealSite
) -> None:
    before, place = old.published(), old.feeds / folder
    place.chmod(0o555)

    done = old.build(wrapper=WITHOUT_RIGHTS)

    place.chmod(0o755)
    assert done.returncode == 1
    assert str(place.resolve()) in done.stderr
    assert "let this user write there" in done.stderr
    assert find_harm(before, old.published()) == []
    assert old.waiting() == []

    old.build_well()
    assert old.published() == new.published()


@requires_permissions
@pytest.mark.parametrize(
    ("mode", "remedy"),
    [(0, "let this user read and write it"), (0o444, "make it writable for this user")],
)
def test_a_database_of_another_user_is_told_and_left_alone(
    mode: int, remedy: str, old: RealSite, new: RealSite
) -> None:
    before, kept = old.published(), old.database.read_bytes()
    old.database.chmod(mode)

    done = old.build(wrapper=WITHOUT_RIGHTS)

    old.database.chmod(0o600)
    assert done.returncode == 1
    assert str(old.database) in done.stderr
    assert remedy in done.stderr
    assert (old.published(), old.database.read_bytes()) == (before, kept)

    old.build_well()
    assert old.published() == new.published()


@requires_permissions
def test_an_unreadable_article_is_named_and_read_once_it_can_be(
    old: RealSite, new: RealSite
) -> None:
    article = old.articles / "fresh.md"
    article.chmod(0)

    done = old.build(wrapper=WITHOUT_RIGHTS)

    assert done.returncode == 0
    assert "articles/fresh.md: error: cannot be opened: Permission denied" in done.stderr
    assert "z/rss.xml" not in old.published()

    article.chmod(0o644)  # changes neither size nor time
    assert "error" not in old.build(wrapper=WITHOUT_RIGHTS).stderr
    assert old.published() == new.published()


@requires_permissions
def test_an_article_that_cannot_be_read_again_is_tried_with_each_build(
    new: RealSite,
) -> None:
    settings = new.root / "feedpub.toml"
    settings.write_text(settings.read_text().replace("测试 Test", "another title"))
    article = new.articles / "mid.md"
    article.chmod(0)
    shutil.rmtree(new.feeds)

    done = new.build(wrapper=WITHOUT_RIGHTS)

    assert "articles/mid.md: error: cannot be opened: Permission denied" in done.stderr
    article.chmod(0o644)
    new.post("other.md", "Other", date="2025-11-20", categories="[c]")
    assert "error" not in new.build(wrapper=WITHOUT_RIGHTS).stderr
    assert new.look("SELECT * FROM dirty") == []


@requires_permissions
def test_an_article_that_becomes_unreadable_stays_as_it_was(old: RealSite) -> None:
    before = old.published()["a/b/rss.xml"]
    (old.articles / "mid.md").chmod(0)
    os.utime(old.articles / "mid.md")

    done = old.build(wrapper=WITHOUT_RIGHTS)

    assert "articles/mid.md: error: cannot be opened" in done.stderr
    assert b"<title>Mid</title>" in before
    assert b"<title>Mid</title>" in old.published()["a/b/rss.xml"]


@requires_permissions
def test_a_folder_that_cannot_be_listed_holds_its_source(old: RealSite) -> None:
    before = old.published()
    (old.articles / "below").mkdir(mode=0)

    done = old.build(wrapper=WITHOUT_RIGHTS)

    (old.articles / "below").chmod(0o755)
    assert done.returncode == 3
    assert "below" in done.stderr
    assert {path: old.published().get(path) for path in before} == before


@pytest.mark.parametrize("blocker", ["file", "folder"])
def test_something_in_the_way_of_a_document_is_told(
    blocker: str, old: RealSite, new: RealSite
) -> None:
    place = old.feeds / ("z" if blocker == "file" else "z/rss.xml")
    if blocker == "file":
        place.write_text("in the way")
    else:
        place.mkdir(parents=True)

    done = old.build()

    assert done.returncode == 1
    assert str(old.feeds / "z") in done.stderr
    assert "remove the" in done.stderr
    assert old.waiting() == []

    place.unlink() if blocker == "file" else place.rmdir()
    old.build_well()
    assert old.published() == new.published()


# A process of the build that is killed, such as for want of memory


def test_a_killed_worker_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    site = RealSite.create(tmp_path / "site", jobs=2, entries=5)
    for number in range(300):
        categories = f"[c{number % 9}]"
        site.post(f"{number}.md", f"Title {number}", date="2025-11-01", categories=categories)
    undisturbed = site.copy(tmp_path / "undisturbed")
    undisturbed.build_well()

    killed = 0
    with site.start("build", "--offline") as build:
        children = Path(f"/proc/{build.pid}/task/{build.pid}/children")
        while build.poll() is None and killed < 3:
            with suppress(FileNotFoundError, ProcessLookupError):
                for child in children.read_text().split()[:1]:
                    os.kill(int(child), signal.SIGKILL)
                    killed += 1
                    time.sleep(0.1)
        _, said = build.communicate(timeout=60)

    assert killed
    assert build.returncode == 0, said
    assert "error" not in said
    assert site.published() == undisturbed.published()
