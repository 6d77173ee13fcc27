"""feedpub finds what it ships, however it was installed, and the wheel holds what it needs."""

import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.processes import clean_environment

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    done = subprocess.run(
        list(command), cwd=cwd, env=clean_environment(**variables), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pip(python: Path, *arguments: str | Path) -> None:
    """Install into another environment, from nothing but what is here."""
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps"]
    run(*pip, "--no-index", "--no-build-isolation", *arguments, cwd=Path.cwd())


def make_environment(folder: Path) -> Path:
    """Make an environment with the libraries of this one, but without feedpub; return its Python.

    A folder that a .pth file adds is searched for packages, but not for further .pth files: the
    editable feedpub of this environment is not found through it.
    """
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    own = run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=folder).strip()
    Path(own, "libraries.pth").write_text("\n".join(site.getsitepackages()))
    return python


def build_demo(*command: str | Path, cwd: Path, **variables: str) -> dict[str, bytes]:
    """Return the published files of the sample site, as an installed feedpub builds it."""
    out = cwd / "site"
    run(*command, "demo", str(out), cwd=cwd, **variables)
    feeds = out / "feeds"
    built = {
        path.relative_to(feeds).as_posix(): path.read_bytes()
        for path in feeds.rglob("*")
        if path.is_file()
    }
    assert "index.html" in built
    return built


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that is made from it alone."""
    folder = tmp_path_factory.mktemp("dist")
    hatch = [sys.executable, "-m", "hatchling", "build", "-d", str(folder), "-t"]
    run(*hatch, "sdist", cwd=repository)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as sdist:
        # What Python 3.11.4 was the first to know.
        sdist.extraction_filter = getattr(tarfile, "data_filter", None)
        sdist.extractall(folder)
    run(*hatch, "wheel", cwd=next(path for path in folder.iterdir() if path.is_dir()))
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def from_checkout(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build_demo(
        make_environment(tmp_path_factory.mktemp("bare")),
        "-m",
        "feedpub",
        cwd=tmp_path_factory.mktemp("checkout"),
        PYTHONPATH=str(repository),
    )


def test_a_wheel_builds_the_same_site_as_a_checkout(
    wheel: Path, from_checkout: dict[str, bytes], tmp_path: Path
) -> None:
    python = make_environment(tmp_path / "venv")
    pip(python, wheel)

    assert build_demo(python.with_name("feedpub"), cwd=tmp_path) == from_checkout


def test_an_editable_install_builds_the_same_site_as_a_checkout(
    repository: Path, from_checkout: dict[str, bytes], tmp_path: Path
) -> None:
    python = make_environment(tmp_path / "venv")
    pip(python, "--editable", repository)

    assert build_demo(python.with_name("feedpub"), cwd=tmp_path) == from_checkout


def test_an_editable_install_leaves_no_copy_of_the_templates(
    repository: Path, tmp_path: Path
) -> None:
    python = make_environment(tmp_path / "venv")
    pip(python, "--editable", repository)

    assert list(tmp_path.glob("venv/lib/*/site-packages/feedpub/**/*")) == []


def test_the_wheel_holds_all_of_the_package_and_the_templates(
    repository: Path, wheel: Path
) -> None:
    shipped = run("git", "ls-files", "feedpub", "templates", cwd=repository).split("\n")
    expected = {
        name.replace("templates/", "feedpub/templates/", 1)
        if name.startswith("templates/")
        else name
        for name in shipped
        if name
    }

    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert expected <= held
    assert not [name for name in held if name.endswith((".pyc", ".db", ".key"))]


def test_the_source_distribution_leaves_the_published_sample_out(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        tops = {name.split("/")[1] for name in sdist.getnames()}

    assert {"feedpub", "templates", "tests", "docs", "README.md", "LICENSE"} <= tops
    assert not tops & {"feeds", ".ci", ".git"}


def test_the_version_is_that_of_the_package(wheel: Path) -> None:
    import feedpub

    assert wheel.name == f"feedpub-{feedpub.__version__}-py3-none-any.whl"
