"""A disk of a few kilobytes, mounted where only the test and the processes it starts see it."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

# As root, or as root of a name space of one's own.
_UNSHARE = ["unshare", "--mount", *(["--user", "--map-root-user"] if os.geteuid() else [])]
_ENTER = ["nsenter", "--mount", *(["--user", "--preserve-credentials"] if os.geteuid() else [])]


@cache
def may_mount() -> bool:
    """Return whether this user may mount a disk of memory."""
    try:
        done = subprocess.run(
            [*_UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True
        )
    except FileNotFoundError:
        return False
    return done.returncode == 0


requires_mounts = pytest.mark.skipif(
    not may_mount(), reason="needs the right to mount (as root, or user name spaces)"
)


@dataclass(frozen=True)
class SmallDisk:
    """A mounted disk.

    Attributes:
        place: Where processes started by ``wrapper`` see it.
        path: Where this process sees it.
        wrapper: Runs the command given behind it with the disk in its place.
    """

    place: Path
    path: Path
    wrapper: Sequence[str]

    def fill(self, *, leave: int) -> None:
        """Take up all room but some bytes."""
        status = os.statvfs(self.path)
        with (self.path / "filler").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, status.f_bavail * status.f_frsize - leave)

    def clear(self) -> None:
        """Give the room back."""
        (self.path / "filler").unlink()

    def make_read_only(self) -> None:
        self._remount("ro")

    def make_writable(self) -> None:
        self._remount("rw")

    def _remount(self, option: str) -> None:
        command = ["mount", "-o", f"remount,{option}", str(self.place)]
        subprocess.run([*self.wrapper, *command], check=True, capture_output=True)


@contextmanager
def mount_small_disk(place: Path, *, kilobytes: int) -> Iterator[SmallDisk]:
    """Mount a disk on an empty folder for as long as the context lasts."""
    place.mkdir(parents=True, exist_ok=True)
    script = f'mount -t tmpfs -o size={kilobytes}k none "$1" && echo ready && exec sleep 600'
    with subprocess.Popen(
        [*_UNSHARE, "sh", "-c", script, "sh", str(place)], stdout=subprocess.PIPE, text=True
    ) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "ready\n"
            wrapper = [*_ENTER, "--target", str(holder.pid), "--"]
            yield SmallDisk(place, _seen_from_here(holder.pid, place), wrapper)
        finally:
            holder.kill()


def _seen_from_here(pid: int, place: Path) -> Path:
    path = Path(f"/proc/{pid}/root/{place}")
    deadline = time.monotonic() + 10
    while not path.is_dir():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return path
