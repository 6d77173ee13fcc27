"""Byte code is made once for all processes of a run, even where Python was told to write none.

Else each of some thousand programs would compile feedpub again, and each process that tests would
rewrite the assertions of every test.
"""

import compileall
import importlib
import os
import sys
from pathlib import Path

import pytest


def compile_package(folder: Path) -> None:
    """Write the byte code of a package; what is up to date, or may not be written, is left."""
    compileall.compile_dir(folder, quiet=2)


def import_share(config: pytest.Config) -> None:
    """Have each of several processes import its share of all tests; the others load what it wrote.

    They collect in one order: without this, all would rewrite the same file at the same time.
    """
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if count == 1 or not _is_everything(config):
        return
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    sys.dont_write_bytecode = False
    for path in sorted(config.rootpath.glob("tests/**/test_*.py"))[number::count]:
        name = ".".join(path.relative_to(config.rootpath).with_suffix("").parts)
        importlib.import_module(name)


def _is_everything(config: pytest.Config) -> bool:
    named = [config.invocation_params.dir / argument for argument in config.args]
    return named == [config.rootpath / "tests"]
