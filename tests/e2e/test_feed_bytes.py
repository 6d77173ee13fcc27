"""The bytes of feeds depend on what they are made from and on nothing else."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.feeds import make_entry, publish

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PROGRAM = """
import sys
from tests.support.feeds import make_entry, publish
for data in publish(make_entry(1), make_entry(2, language="en"), latest_archive="2025-12").values():
    sys.stdout.buffer.write(data)
"""


def digest_elsewhere(**variables: str) -> str:
    """Return the hash of some feeds, made by a process with these environment variables."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **variables}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return sha256(done.stdout).hexdigest()


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2"},
        {"TZ": "Pacific/Kiritimati"},
        {"TZ": "America/New_York", "LC_ALL": "POSIX"},
        {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
    ],
    ids=str,
)
def test_feeds_do_not_depend_on_where_they_are_made(variables: dict[str, str]) -> None:
    documents = publish(
        make_entry(1), make_entry(2, language="en"), latest_archive="2025-12"
    ).values()

    assert digest_elsewhere(**variables) == sha256(b"".join(documents)).hexdigest()


def test_the_locale_of_the_process_is_left_as_it_was() -> None:
    import locale

    before = locale.setlocale(locale.LC_ALL)

    publish(make_entry(1))

    assert locale.setlocale(locale.LC_ALL) == before
