"""Two runs of one site never overlap."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from feedpub.errors import BusyError, StoreError
from feedpub.locks import FileLock


def test_a_second_run_is_told_to_come_again(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with FileLock(path)(), pytest.raises(BusyError, match="try again"), FileLock(path, wait_s=0)():
        pass


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    order: list[str] = []

    def second() -> None:
        with FileLock(path, wait_s=30)():
            order.append("second")

    with FileLock(path)():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join(30)

    assert order == ["first", "second"]


def test_a_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(RuntimeError), FileLock(path)():
        raise RuntimeError

    with FileLock(path, wait_s=0)():
        pass


def test_a_lock_is_let_go_when_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    script = (
        "import sys, time; from pathlib import Path; from feedpub.locks import FileLock\n"
        "with FileLock(Path(sys.argv[1]))():\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError), FileLock(path, wait_s=0)():
            pass
        holder.kill()

    with FileLock(path, wait_s=5)():
        pass


def test_the_file_of_a_lock_stays(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with FileLock(path)():
        pass

    assert path.exists()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lock_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="writable"), FileLock(tmp_path / "no" / "lock")():
        pass
