"""Processes that tests start."""

import os

# What a run of the tests puts into the environment of its children, or a machine into everyone's.
# Coverage among it: to be counted would take a process a third of its time.
_LEAVE_OUT = ("COVERAGE_", "COV_CORE_", "FEEDPUB_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")


def clean_environment(**variables: str) -> dict[str, str]:
    """Return the environment of a user's shell, without settings of feedpub or of the tests.

    Args:
        variables: Added to it.
    """
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(_LEAVE_OUT)
    }
    return inherited | variables
