"""Processes that tests start."""

import os

# What a run of the tests puts into the environment of its children, or a machine into everyone's.
_COVERAGE = ("COVERAGE_", "COV_CORE_")
_LEAVE_OUT = ("FEEDPUB_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")


def clean_environment(*, measured: bool = False, **variables: str) -> dict[str, str]:
    """Return the environment of a user's shell, without settings of feedpub or of the tests.

    Args:
        measured: Whether coverage counts the process, too; not where time, system calls, written
            files or loaded modules are.
        variables: Added to it.
    """
    leave_out = _LEAVE_OUT if measured else _LEAVE_OUT + _COVERAGE
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(leave_out)
    }
    return inherited | variables
