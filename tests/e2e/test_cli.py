"""The real program as a process: exit codes, streams, encodings, terminals."""

import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.programs import PATIENCE_S, PROGRAM, environment, finish, start, wait_for_line

GOOD = "---\ntitle: 一篇文章 😀\ndate: 2026-01-31T09:00:00+08:00\ncategories: [科技]\n---\n正文。\n"
CTRL_C = b"\x03"
PAUSE_S = 5
BAD = "---\ntitle: 坏文章 😀\ndate: [\n---\nbody\n"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh site, for others to copy."""
    folder = tmp_path_factory.mktemp("fresh")
    made = finish("init", "--no-input", "--url", "https://a.example/", "站点", cwd=folder)
    assert made.returncode == 0, made.stderr.decode()
    return folder / "站点"


@pytest.fixture
def site(fresh: Path, tmp_path: Path) -> Path:
    """A fresh site with one article; never built."""
    site = shutil.copytree(fresh, tmp_path / "站点")
    (site / "articles" / "good.md").write_text(GOOD, "utf-8")
    return site


@pytest.fixture
def broken(site: Path) -> Path:
    """The same with an article that cannot be read."""
    (site / "articles" / "坏.md").write_text(BAD, "utf-8")
    return site


def _read_on(master: int, *, again: bytes) -> bytes:
    """Return what a terminal shows next; press keys again while nothing happens.

    A signal that comes between a prompt and the wait for its answer is kept by Python until that
    wait ends, so whoever sees nothing happen presses Ctrl-C once more.
    """
    while not select.select([master], [], [], PAUSE_S)[0]:
        os.write(master, again)
    return os.read(master, 65536)


def run_at_a_terminal(
    *words: str,
    cwd: Path,
    answers: Sequence[tuple[str, str]] = (),
    env: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run on a pseudo-terminal.

    Args:
        words: After ``feedpub``.
        cwd: Where.
        answers: What to wait for and what to type then.
        env: On top of a usual one.

    Returns:
        The exit code and all that the terminal showed.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(
        # Its own session, whose terminal this becomes, so that Ctrl-C reaches it.
        ["setsid", "--ctty", "--wait", *PROGRAM, *words],
        cwd=cwd, stdin=slave, stdout=slave, stderr=slave,
        env=environment(TERM="xterm-256color", **(env or {})),
    )  # fmt: skip
    os.close(slave)
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    shown, waiting, typed = b"", list(answers), b""
    with suppress(OSError):  # Linux ends a terminal that nobody holds any more with EIO
        while chunk := _read_on(master, again=CTRL_C if typed == CTRL_C else b""):
            shown += chunk
            if waiting and waiting[0][0].encode() in shown:
                typed = waiting.pop(0)[1].encode()
                os.write(master, typed)
    watchdog.cancel()
    os.close(master)
    return process.wait(), shown.decode()


# A newcomer's way


def test_a_folder_dropped_into_a_fresh_site_builds_with_no_further_setting(tmp_path: Path) -> None:
    assert finish("init", "--no-input", cwd=tmp_path).returncode == 0
    folder = tmp_path / "articles" / "any" / "depth"
    folder.mkdir(parents=True)
    (folder / "文章.md").write_text(GOOD, "utf-8")

    built = finish("build", cwd=tmp_path)

    assert built.returncode == 0, built.stderr.decode()
    assert "一篇文章" in (tmp_path / "feeds/all/rss.xml").read_text("utf-8")
    assert (tmp_path / "feeds/ke-ji/atom.xml").exists()


def test_the_demo_shows_what_it_made(tmp_path: Path) -> None:
    shown = finish("demo", "demo-site", cwd=tmp_path)

    assert shown.returncode == 0, shown.stderr.decode()
    text = shown.stdout.decode()
    page = re.search(r"Open in a browser: (.+)", text)
    assert page is not None
    assert Path(page[1]).is_file()
    feeds = {path.relative_to(tmp_path / "demo-site/feeds").as_posix()
             for path in (tmp_path / "demo-site/feeds").rglob("rss.xml")
             if "archive" not in path.parts}  # fmt: skip
    assert feeds == set(re.findall(r"(\S+/rss\.xml)", text))


def test_a_second_build_has_nothing_to_do(site: Path) -> None:
    first = json.loads(finish("build", "--json", cwd=site).stdout)
    second = json.loads(finish("build", "--json", cwd=site).stdout)

    assert (first["new"], second["new"], second["written"]) == (1, 0, 0)


# Exit codes


def test_a_bad_article_is_told_and_the_rest_is_published(broken: Path) -> None:
    built = finish("build", cwd=broken)

    assert built.returncode == 0
    assert re.search(r"^articles/坏\.md:4:\d+: error: ", built.stderr.decode(), re.MULTILINE)
    assert "一篇文章" in (broken / "feeds/all/rss.xml").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("build", "--strict"), 3),
        (("check",), 3),
        (("build", "--nonsense"), 2),
        (("build", "--category", "nonsense"), 2),
        (("nonsense",), 2),
        ((), 2),
        (("restore", "missing.db"), 2),
        (("hide", "missing.md"), 3),
    ],
)
def test_the_exit_code_says_what_happened(broken: Path, words: tuple[str, ...], code: int) -> None:
    assert finish(*words, cwd=broken).returncode == code


def test_broken_settings_are_named_with_line_and_column(site: Path) -> None:
    settings = site / "feedpub.toml"
    settings.write_text(settings.read_text() + "\nentires = 3\nsmtp_password = 'x'\n")

    result = finish("build", cwd=site)

    assert result.returncode == 3
    assert re.fullmatch(
        r"error: feedpub\.toml:\d+:1: unknown key 'entires' .*\n"
        r"error: feedpub\.toml:\d+:1: 'smtp_password' is a secret .*\n",
        result.stderr.decode(),
    )


def test_a_missing_database_is_refused_with_the_way_out(site: Path) -> None:
    (site / "feedpub.db").unlink()

    result = finish("build", cwd=site)

    assert result.returncode == 1
    assert "restore" in result.stderr.decode()
    assert not (site / "feedpub.db").exists()


def test_ctrl_c_ends_with_130(site: Path) -> None:
    with start("build", "--watch", cwd=site, stderr=subprocess.PIPE) as process:
        wait_for_line(process.stderr, b"watching")
        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=60) == 130
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_a_reader_that_stops_listening_is_no_error_message(site: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    result = subprocess.run(
        [*PROGRAM, "config", "show"], cwd=site, env=environment(), stdout=writer,
        stderr=subprocess.PIPE, timeout=60,
    )  # fmt: skip
    os.close(writer)

    assert result.stderr == b""


@pytest.mark.parametrize(
    ("words", "closed"),
    [("build --offline", "2>&-"), ("send --offline", "<&-"), ("status --json", "<&- >&- 2>&-")],
)
def test_who_starts_it_may_close_its_streams(broken: Path, words: str, closed: str) -> None:
    usual = finish(*words.split(), cwd=broken)

    result = subprocess.run(
        ["sh", "-c", f"exec {shlex.join(PROGRAM)} {words} {closed}"],
        cwd=broken, env=environment(), capture_output=True, timeout=PATIENCE_S,
    )  # fmt: skip

    assert result.returncode == usual.returncode
    assert (broken / "feedpub.db").read_bytes().startswith(b"SQLite format 3")


def test_the_folder_that_it_is_started_from_may_be_gone(broken: Path) -> None:
    start_from_nowhere = "mkdir gone && cd gone && rmdir ../gone && exec"

    result = subprocess.run(
        ["sh", "-c", f"{start_from_nowhere} {shlex.join(PROGRAM)} -C '{broken}' build --offline"],
        cwd=broken, env=environment(), capture_output=True, text=True, timeout=PATIENCE_S,
    )  # fmt: skip

    assert result.returncode == 0, result.stderr
    assert f"{broken}/articles/坏.md:4:1: error" in result.stderr


# Streams, colours, progress


def test_off_a_terminal_there_is_neither_colour_nor_progress(broken: Path) -> None:
    result = finish("build", cwd=broken)

    assert b"\x1b" not in result.stderr
    assert b"\r" not in result.stderr
    assert result.stdout == b""


def test_json_is_alone_on_stdout(broken: Path) -> None:
    for words in (("build",), ("status",), ("check",), ("config", "show"), ("template", "list")):
        json.loads(finish("--json", *words, cwd=broken).stdout)


@pytest.mark.parametrize(
    ("words", "env", "colored"),
    [
        (("check",), {}, False),
        (("check",), {"FORCE_COLOR": "1"}, True),
        (("check", "--color", "always"), {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_follows_the_environment_and_the_option(
    broken: Path, words: tuple[str, ...], env: dict[str, str], colored: bool
) -> None:
    assert (b"\x1b[" in finish(*words, cwd=broken, env=env).stdout) is colored


def test_a_terminal_gets_colour_and_a_bar_that_is_gone_in_the_end(broken: Path) -> None:
    code, shown = run_at_a_terminal("build", cwd=broken)

    assert code == 0
    assert "\x1b[31merror\x1b[0m" in shown
    assert "\x1b[?25h" in shown  # the cursor, hidden while the bar moves, is back


def test_no_color_is_honoured_at_a_terminal(broken: Path) -> None:
    _, shown = run_at_a_terminal("check", cwd=broken, env={"NO_COLOR": "1"})

    assert "error:" in shown
    assert "\x1b[" not in shown


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1"])
@pytest.mark.parametrize(
    "words", [("build",), ("check",), ("status",), ("status", "--json"), ("demo", "d")]
)
def test_no_encoding_of_the_terminal_stops_the_program(
    broken: Path, words: tuple[str, ...], encoding: str
) -> None:
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}

    result = finish(*words, cwd=broken, env=env)

    assert result.returncode in (0, 3)
    assert b"Traceback" not in result.stderr
    # click takes an ASCII terminal for one that was never set up, and writes UTF-8.
    shown = result.stdout.decode("utf-8" if encoding == "ascii" else encoding)
    if "--json" in words:
        assert json.loads(shown)["articles"] in (0, 1)


# Questions


def test_questions_at_a_terminal_make_a_site(tmp_path: Path) -> None:
    code, shown = run_at_a_terminal(
        "init",
        cwd=tmp_path,
        answers=[
            ("site called", "名字\n"),
            ("At which address", "https://q.example/\n"),
            ("In which language", "\n"),
            ("In which time zone", "\n"),
        ],
    )

    assert code == 0
    assert "What is the site called" in shown
    assert 'title = "名字"' in (tmp_path / "feedpub.toml").read_text("utf-8")


def test_ctrl_c_at_a_question_writes_nothing(tmp_path: Path) -> None:
    code, _ = run_at_a_terminal("init", cwd=tmp_path, answers=[("site called", CTRL_C.decode())])

    assert code == 130
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    assert finish("init", cwd=tmp_path).returncode == 0


# Watching


def test_a_watched_site_is_built_when_an_article_or_a_setting_changes(site: Path) -> None:
    with start("build", "--watch", "--offline", cwd=site, stderr=subprocess.PIPE) as process:
        wait_for_line(process.stderr, b"watching")
        (site / "articles" / "new.md").write_text(GOOD.replace("一篇", "第二篇"), "utf-8")
        wait_for_text(site / "feeds/all/rss.xml", "第二篇")

        settings = site / "feedpub.toml"
        settings.write_text(settings.read_text().replace('title = "站点"', 'title = "改名"'))
        wait_for_text(site / "feeds/all/rss.xml", "改名")

        settings.write_text(settings.read_text() + "nonsense = 1\n")
        wait_for_line(process.stderr, b"unknown key 'nonsense'")
        assert process.poll() is None


def wait_for_text(path: Path, text: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while text not in path.read_text("utf-8"):
        assert time.monotonic() < until, f"{path} never said {text}"
        time.sleep(0.05)


# Keeping


def test_a_hidden_article_leaves_the_feeds_and_comes_back(site: Path) -> None:
    finish("build", cwd=site)
    feed = site / "feeds/all/feed.json"

    assert finish("hide", "good.md", cwd=site).returncode == 0
    finish("build", cwd=site)
    assert json.loads(feed.read_text("utf-8"))["items"] == []

    finish("hide", "--undo", "good.md", cwd=site)
    finish("build", cwd=site)
    assert len(json.loads(feed.read_text("utf-8"))["items"]) == 1


def test_a_lost_database_is_restored_with_all_ids(site: Path) -> None:
    finish("build", cwd=site)
    before = (site / "feeds/all/feed.json").read_bytes()
    assert finish("backup", "kept.db", cwd=site).returncode == 0
    for file in site.glob("feedpub.db*"):
        file.unlink()

    assert finish("restore", "kept.db", cwd=site).returncode == 0

    assert json.loads(finish("build", "--json", cwd=site).stdout)["written"] == 0
    assert (site / "feeds/all/feed.json").read_bytes() == before
