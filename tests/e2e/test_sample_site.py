"""feeds/ of the repository is what ``feedpub demo`` publishes, byte for byte."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.processes import clean_environment


def read_tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build_sample(folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "feedpub", "demo", folder],
        env=clean_environment(),
        check=True,
        capture_output=True,
    )
    return folder / "feeds"


def test_the_published_sample_is_what_demo_makes(
    repository: Path, tmp_path: Path, update_golden: bool
) -> None:
    golden, made = repository / "feeds", build_sample(tmp_path / "demo")
    if update_golden:
        shutil.rmtree(golden, ignore_errors=True)
        shutil.copytree(made, golden)

    expected, found = read_tree(golden), read_tree(made)

    assert found.keys() == expected.keys()
    changed = [name for name in found if found[name] != expected[name]]
    assert changed == [], "pytest --update-golden tests/e2e/test_sample_site.py; then read the diff"


def test_two_demos_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    first, second = (read_tree(build_sample(tmp_path / name)) for name in ("one", "two"))

    assert first == second
