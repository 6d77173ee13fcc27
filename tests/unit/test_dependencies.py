"""What pyproject.toml declares is what the code uses, and what the lock pins."""

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.imports import imports, modules

# Libraries that come with one that is declared, and whose own names its users are to import.
THROUGH = {"markupsafe": "jinja2", "urllib3": "requests", "werkzeug": "flask"}


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def imported() -> set[str]:
    """Return the distributions that feedpub imports from, types aside."""
    providers = packages_distributions()
    libraries = {
        found.module.split(".")[0]
        for module in modules()
        for found in imports(module)
        if not (found.is_own or found.is_standard or found.types_only)
    }
    return {canonicalize_name(providers[THROUGH.get(library, library)][0]) for library in libraries}


def test_every_library_that_is_imported_is_declared_and_the_other_way_round(
    project: dict[str, Any],
) -> None:
    extras = project["project"]["optional-dependencies"].values()
    declared = names(project["project"]["dependencies"]).union(*map(names, extras))

    assert declared == imported()


# Of the standard library, and missing on Windows.
POSIX = {"fcntl", "grp", "pwd", "resource", "termios"}


def test_no_more_systems_are_promised_than_it_can_be_imported_on(project: dict[str, Any]) -> None:
    classifiers = project["project"]["classifiers"]
    systems = [line for line in classifiers if line.startswith("Operating System")]
    needed = {found.module for module in modules() for found in imports(module)} & POSIX

    assert systems == [f"Operating System :: {'POSIX' if needed else 'OS Independent'}"]


def test_every_dependency_has_a_lower_bound_and_no_upper_one(project: dict[str, Any]) -> None:
    requirements = [
        Requirement(line)
        for group in (
            project["project"]["dependencies"],
            *project["project"]["optional-dependencies"].values(),
            project["dependency-groups"]["test"],
        )
        for line in group
    ]

    assert [r.name for r in requirements if [s.operator for s in r.specifier] != [">="]] == []


def test_the_lock_pins_every_dependency_by_hash_and_names_no_index(
    repository: Path, project: dict[str, Any]
) -> None:
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    pinned = {
        canonicalize_name(line.partition("==")[0]) for line in lock.splitlines() if "==" in line
    }
    wanted = names(project["project"]["dependencies"]) | names(project["dependency-groups"]["test"])

    assert wanted <= pinned
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert not [word for word in ("://", "--index", "--find-links") if word in lock]
