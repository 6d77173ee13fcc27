"""A folder in memory for what tests write: they would wait for a disk thousands of times."""

import os
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
# A run of all tests leaves less than 1 GB behind.
_ENOUGH = 3 * 1024**3


def use_memory() -> None:
    """Have this process and its children put temporary files there, unless TMPDIR says where."""
    if "TMPDIR" in os.environ or not _is_fit():
        return
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None


def _is_fit() -> bool:
    """Return whether there is room, and programs may be run from there."""
    if not os.access(_MEMORY, os.W_OK):
        return False
    status = os.statvfs(_MEMORY)
    return status.f_bavail * status.f_frsize > _ENOUGH and not status.f_flag & os.ST_NOEXEC
