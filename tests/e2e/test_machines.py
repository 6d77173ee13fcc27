"""One site on several machines: one server, one bucket, and the bytes that one machine makes."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedpub.config import Config, load_config
from feedpub.errors import TargetError
from feedpub.model import BuildReport
from feedpub.publisher import Publisher
from feedpub.targets.s3 import STATE, S3Target
from feedpub.wiring import create_site, open_site
from tests.support.bucket import CREDENTIALS, Bucket
from tests.support.pictures import drawing

SETTINGS = """\
{places}
[site]
id = "3f0c9a52-7d0e-4a6e-9d0b-2f5f6a1d8c11"
url = "https://blog.example/"
title = "测试"
[[sources]]
path = "articles"
categories = "path"
[feeds]
entries = 3
url = "https://feeds.example/"
{more}
[build]
jobs = 1
"""
RENAMED = """
[categories.rename]
"coffee" = "饮料/coffee"
"""
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


class Editor:
    """Who writes; machines have copies of the folder, each with times of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, path: str, category: str, *, day: int, text: str = "") -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        title = place.stem.capitalize()
        head = f"title: {title}\ndate: 2026-11-{day:02}T08:00:00+08:00\ncategories: {category}"
        place.write_text(f"---\n{head}\n---\n{text or f'Words of {title}.'}\n", "utf-8")

    def first(self) -> None:
        self.write("tea.md", "[茶, 绿茶]", day=1)
        self.write("coffee.md", "[coffee]", day=2, text="![](cup.png) Black.")
        (self.folder / "cup.png").write_bytes(drawing(seed="cup"))
        self.write("both.md", "[[茶], [coffee]]", day=3)
        self.write("same.md", "[coffee]", day=4, text="The same.")
        for day in range(5, 9):
            self.write(f"day-{day}.md", "[茶]", day=day)

    def second(self) -> None:
        """New, changed, moved, deleted, a copy under another category."""
        self.write("new.md", "[新, 闻]", day=19)
        self.write("tea.md", "[茶, 绿茶]", day=1, text="Other words.")
        (self.folder / "below").mkdir()
        (self.folder / "both.md").rename(self.folder / "below/moved.md")
        (self.folder / "day-5.md").unlink()
        copied = (self.folder / "same.md").read_text("utf-8").replace("[coffee]", "[茶]")
        (self.folder / "copy.md").write_text(copied, "utf-8")

    def third(self) -> None:
        """The original of a copy goes; an article becomes unreadable, another a draft."""
        (self.folder / "same.md").unlink()
        (self.folder / "coffee.md").write_text("---\ntitle: [\n---\nBroken.\n", "utf-8")
        self.write("day-7.md", "[茶]\ndraft: true", day=7)
        self.write("late.md", "[茶, 红茶]", day=10)

    def fourth(self) -> None:
        """What was deleted and what was broken comes back."""
        self.write("day-5.md", "[茶]", day=5)
        self.write("coffee.md", "[coffee]", day=2, text="![](cup.png) White.")


class Machine:
    """One of the machines of a site, or the only one."""

    def __init__(self, root: Path, editor: Editor, **places: str) -> None:
        self.root, self.editor, self.now = root, editor, START
        self._places = "\n".join(f'{name} = "{value}"' for name, value in places.items())
        root.mkdir()
        (root / "feedpub.key").write_text("5e" * 32 + "\n")
        (root / "feedpub.key").chmod(0o600)
        self.set("")

    def set(self, more: str, s3: str = "") -> None:
        text = SETTINGS.format(places=self._places, more=more)
        (self.root / "feedpub.toml").write_text(text + s3, "utf-8")

    @property
    def config(self) -> Config:
        return load_config(self.root / "feedpub.toml", {})

    def open(self) -> Publisher:
        return open_site(self.config, clock=lambda: self.now, allow_private=True)

    def pull(self) -> None:
        """Take the editor's folder over, as a checkout does: all times are of now."""
        shutil.rmtree(self.root / "articles", ignore_errors=True)
        shutil.copytree(self.editor.folder, self.root / "articles", copy_function=shutil.copyfile)

    def build(self, **options: bool) -> BuildReport:
        self.pull()
        with self.open() as publisher:
            return publisher.build(**options)

    def files(self) -> dict[str, bytes]:
        folder = self.root / "feeds"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def live(editor: Editor, machines: list[Machine], build: Callable[[int], object]) -> None:
    """Let all happen that changes what is published.

    Args:
        editor: Of the folder.
        machines: That are told of settings and of the time.
        build: Is told the number of each build.
    """
    number = 0

    def tick(change: Callable[[], None]) -> None:
        nonlocal number
        change()
        for machine in machines:
            machine.now += timedelta(days=1)
        build(number)
        number += 1

    def hide() -> None:
        with machines[number % len(machines)].open() as publisher:
            publisher.hide("day-8.md")

    def rename() -> None:
        for machine in machines:
            machine.set(RENAMED)

    for change in (editor.first, editor.second, editor.third, hide, rename, editor.fourth):
        tick(change)


def live_alone(root: Path, **places: str) -> Machine:
    """Return a site that one machine has built, as it is typed."""
    editor = Editor(root.with_name(f"{root.name}-editor"))
    machine = Machine(root, editor, **places)
    create_site(machine.config)
    live(editor, [machine], lambda _: machine.build())
    return machine


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one machine publishes that keeps its database in a file."""
    return live_alone(tmp_path_factory.mktemp("alone") / "site").files()


@pytest.fixture
def machines(tmp_path: Path, database: str, bucket: Bucket) -> list[Machine]:
    """Two machines of one site, with folders of their own."""
    editor = Editor(tmp_path / "editor")
    places = {"database": database, "target": f"s3://{bucket.name}"}
    made = [BucketMachine(tmp_path / name, editor, bucket, **places) for name in ("one", "two")]
    create_site(made[0].config)
    return list(made)


class BucketMachine(Machine):
    """A machine that publishes into a bucket."""

    def __init__(self, root: Path, editor: Editor, bucket: Bucket, **places: str) -> None:
        self._bucket = bucket
        super().__init__(root, editor, **places)

    def set(self, more: str, s3: str = "") -> None:
        super().set(more, s3 or f'[s3]\nendpoint = "{self._bucket.endpoint}"\n')

    def files(self) -> dict[str, bytes]:
        files = self._bucket.files()
        files.pop(STATE, None)
        return files


def differing(found: dict[str, bytes], wanted: dict[str, bytes]) -> list[str]:
    """Return the paths that are not the same."""
    return sorted(
        path for path in found.keys() | wanted.keys() if found.get(path) != wanted.get(path)
    )


def test_a_server_gives_the_bytes_that_a_file_gives(
    tmp_path: Path, database: str, wanted: dict[str, bytes]
) -> None:
    found = live_alone(tmp_path / "server", database=database).files()

    assert len([path for path in wanted if path.endswith("rss.xml")]) >= 7
    assert differing(found, wanted) == []


def test_two_machines_in_turn_give_the_bytes_that_one_gives(
    machines: list[Machine], wanted: dict[str, bytes]
) -> None:
    def build(number: int) -> None:
        machines[number % 2].build(by_jobs=True)

    live(machines[0].editor, machines, build)

    assert differing(machines[0].files(), wanted) == []


def test_two_processes_that_go_on_and_on_may_take_turns(
    machines: list[Machine], wanted: dict[str, bytes]
) -> None:
    one, two = (machine.open() for machine in machines)
    machines[0].editor.first()
    for machine in machines:
        machine.pull()

    one.build(by_jobs=True)
    for publisher, name in ((two, "a"), (one, "b"), (two, "c"), (one, "d")):
        machines[0].editor.write(f"{name}.md", "[茶]", day=18)
        for machine in machines:
            machine.pull()
        assert publisher.build(by_jobs=True).new == 1

    rss = machines[0].files()["all/rss.xml"]
    assert all(b">%s</title>" % name in rss for name in (b"A", b"B", b"C", b"D"))


def test_nothing_is_sent_that_another_machine_has_sent(machines: list[Machine]) -> None:
    machines[0].editor.first()
    machines[0].build()

    report = machines[1].build()

    assert (report.written, report.new, report.updated, report.moved) == (0, 0, 0, 0)


@pytest.mark.parametrize("after", [0, 3, 11, 24])
def test_what_one_machine_did_not_come_to_is_finished_by_the_other(
    machines: list[Machine], after: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor = machines[0].editor
    editor.first()
    machines[0].build(by_jobs=True)
    editor.second()
    put, left = S3Target._send, after

    def fail(*arguments: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            raise TargetError("the machine is gone")
        return put(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(S3Target, "_send", fail)
    with pytest.raises(TargetError):
        machines[0].build(by_jobs=True)
    monkeypatch.undo()
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)

    with machines[1].open() as publisher:
        assert "build" in [job.task for job in publisher.list_jobs()]
    machines[1].build(by_jobs=True)

    alone = Machine(tmp_path / "alone", Editor(tmp_path / "editor-alone"))
    create_site(alone.config)
    alone.editor.first()
    alone.build()
    alone.editor.second()
    alone.build()
    assert differing(machines[1].files(), alone.files()) == []
