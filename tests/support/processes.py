"""Processes that tests start."""

import os

# What a run of the tests puts into the environment of its children, or a machine into everyone's.
_LEAVE_OUT = ("COVERAGE_", "COV_CORE_", "FEEDPUB_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")


def clean_environment(**variables: str) -> dict[str, str]:
    """Return the environment of a user's shell: no coverage measurement, no settings of feedpub.

    For what is counted (time, system calls, loaded modules); other processes are measured.
    """
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(_LEAVE_OUT)
    }
    return inherited | variables
