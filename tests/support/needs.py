"""Skip marks for what a test needs besides Python, each with one clear reason.

``.ci/run`` installs all of it and fails if a test was skipped with one of these reasons.

    from tests.support import needs

    pytestmark = needs.program("newsboat")

    @needs.node_package("feedsmith")
    def test_feedsmith_reads_what_was_written() -> None: ...
"""

import os
import shutil
from pathlib import Path

import pytest

# Where the package's name is not that of the program.
PACKAGES = {
    "nginx": "nginx-light",
    "node": "nodejs",
    "smtp-sink": "postfix",
    "dovecot": "dovecot-core",
    "opendkim-genkey": "opendkim-tools",
}
# ``npm install --prefix tests/support`` fills it from the package.json beside this file.
NODE_MODULES = Path(__file__).with_name("node_modules")
# Debian keeps daemons where an ordinary user's PATH does not look.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


def find(name: str) -> str | None:
    """Return the path of a program, None where it is missing."""
    return shutil.which(name, path=SEARCH_PATH)


def program(name: str) -> pytest.MarkDecorator:
    """Return the mark that skips a test where a program is missing."""
    package = PACKAGES.get(name, name)
    return pytest.mark.skipif(find(name) is None, reason=f"needs the apt package {package}")


def node_package(name: str) -> pytest.MarkDecorator:
    """Return the mark that skips a test where node or one of its packages is missing."""
    if find("node") is None:
        return program("node")
    return pytest.mark.skipif(
        not (NODE_MODULES / name / "package.json").is_file(),
        reason=f"needs the npm package {name}: npm install --prefix tests/support",
    )


def file(path: str, package: str) -> pytest.MarkDecorator:
    """Return the mark that skips a test where a package's file is missing."""
    return pytest.mark.skipif(not Path(path).exists(), reason=f"needs the apt package {package}")
