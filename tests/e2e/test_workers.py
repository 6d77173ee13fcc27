"""The processes that share a build's work: none is lost, none stays behind, none waits."""

import gc
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from importlib import _bootstrap
from pathlib import Path

import pytest

from feedpub.catalog.slugs import transliterate
from feedpub.errors import BusyError, LintError, TargetError
from feedpub.ports import Lost
from feedpub.publishing.transcription import Transcriber
from feedpub.workers import Pool

KILL, FAIL = "kill", "fail"


def work(item: str) -> str:
    if item == KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    if item == FAIL:
        raise ValueError("nobody thought of it")
    return item * 2


def refuse(item: str) -> str:
    raise LintError("all/rss.xml", [item])


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    items = [str(number) for number in range(1_000)]

    with Pool(work, jobs) as pool:
        results = list(pool.map(items, chunk=7))

    assert results == [item * 2 for item in items]


def test_an_item_that_kills_its_worker_costs_only_itself() -> None:
    items = ["a", KILL, "b", KILL, *"cdefghijklmnop"]

    with Pool(work, 2) as pool:
        results = list(pool.map(items, chunk=3))

    assert results == [Lost(item) if item == KILL else item * 2 for item in items]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_unforeseen_exception_costs_only_its_item(jobs: int) -> None:
    with Pool(work, jobs) as pool:
        before, lost, after = pool.map(["a", FAIL, "b"], chunk=3)

    assert (before, after) == ("aa", "bb")
    assert lost == Lost(FAIL, "ValueError: nobody thought of it")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_on_purpose_ends_the_run_with_all_that_it_says(jobs: int) -> None:
    with Pool(refuse, jobs) as pool, pytest.raises(LintError) as caught:
        list(pool.map(["no title"]))

    assert (caught.value.document, caught.value.problems) == ("all/rss.xml", ("no title",))
    assert str(caught.value) == "all/rss.xml: no title"


def test_an_error_without_arguments_of_its_own_crosses_too() -> None:
    def fail(_: int) -> int:
        raise TargetError("feeds: no space left on device; make room and build again")

    with Pool(fail, 2) as pool, pytest.raises(TargetError, match="make room"):
        list(pool.map([1]))


def test_tasks_and_results_larger_than_a_pipe_do_not_block() -> None:
    items = [chr(97 + number % 26) * 20_000 for number in range(400)]

    with Pool(work, 2) as pool:
        results = list(pool.map(items, chunk=8))

    assert results == [item * 2 for item in items]


def test_one_job_may_have_a_process_of_its_own() -> None:
    with Pool(os.path.realpath, 1) as here, Pool(lambda _: os.getpid(), 1, apart=True) as there:
        assert list(here.map(["/"])) == ["/"]
        assert list(there.map([0])) != [os.getpid()]


def test_names_read_in_another_process_are_read_alike() -> None:
    names = ["重庆", "News", "新媒体", "!"]

    with Pool(transliterate, 1, apart=True) as pool:
        read = Transcriber(pool)

        assert [read(name) for name in names] == [transliterate(name) for name in names]


def test_a_name_that_kills_its_reader_is_read_here() -> None:
    with Pool(lambda _: os.kill(os.getpid(), signal.SIGKILL), 1, apart=True) as pool:
        assert Transcriber(pool)("新闻") == "xin-wen"


def test_no_worker_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = (
        "import sys, time\n"
        "from feedpub.workers import Pool\n"
        "pool = Pool(str, 3)\n"
        "text = ' '.join(str(worker.process.pid) for worker in pool._workers)\n"
        f"open({str(pids)!r}, 'w').write(text)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        parent.stdout.readline()

    parent.kill()
    parent.wait()

    deadline = time.monotonic() + 10
    waiting = [int(pid) for pid in pids.read_text().split()]
    assert len(waiting) == 3
    while waiting and time.monotonic() < deadline:
        waiting = [pid for pid in waiting if _is_running(pid)]
        time.sleep(0.02)
    assert not waiting


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_worker_never_waits_for_an_import_of_the_thread_that_it_was_not_forked_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(1)\nVALUE = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    importing = threading.Thread(target=importlib.import_module, args=("slow_to_import",))

    importing.start()
    while "slow_to_import" not in sys.modules:
        time.sleep(0.01)
    with Pool(read_value, 2) as pool:
        values = list(pool.map(["slow_to_import"] * 4))
    importing.join()

    assert values == [7] * 4


def test_an_import_without_end_is_an_error_and_not_a_wait_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "never_imported.py").write_text("import time\ntime.sleep(1)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("feedpub.workers._IMPORT_PATIENCE_S", 0.1)
    importing = threading.Thread(target=importlib.import_module, args=("never_imported",))

    importing.start()
    while "never_imported" not in sys.modules:
        time.sleep(0.01)
    with pytest.raises(BusyError, match="'never_imported'; build when it is imported, or set"):
        Pool(work, 2)
    importing.join()


def test_another_thread_may_begin_an_import_at_any_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever is made may call the collector, and that any finalizer, and then others go on.
    locks = {str(number): (lambda: None) for number in range(1_000)}
    monkeypatch.setattr(_bootstrap, "_module_locks", locks)
    threshold = gc.get_threshold()

    def begin_import(_phase: str, _info: object) -> None:
        locks[f"another {len(locks)}"] = lambda: None

    gc.callbacks.append(begin_import)
    gc.set_threshold(1)
    try:
        with Pool(work, 2) as pool:
            assert list(pool.map(["a"])) == ["aa"]
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(begin_import)


def test_a_worker_ends_by_itself_though_a_later_pool_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feedpub.workers._PATIENCE_S", 600)  # of a busy machine
    first = Pool(work, 1, apart=True)
    (process,) = (worker.process for worker in first._workers)

    with Pool(work, 1, apart=True):
        first.close()

    assert process.exitcode == 0  # it saw that nobody asks any more, and was not terminated


def read_value(name: str) -> int:
    return int(importlib.import_module(name).VALUE)
