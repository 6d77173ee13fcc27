"""What the benchmark ran on."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def describe_machine(*folders: Path) -> str:
    """Return processor, memory, system, load and the file systems of some folders in one line."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    places = ", ".join(f"{folder} on {file_system(folder)}" for folder in folders)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} "
        f"{platform.release()}, load {os.getloadavg()[0]:.2f}; {places}"
    )


def describe_versions(*packages: str) -> str:
    """Return the versions of Python and of some packages."""
    return ", ".join([f"Python {platform.python_version()}", *map(_version, packages)])


def file_system(folder: Path) -> str:
    """Return the type of the file system that a folder lies on, such as ext4."""
    mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text().splitlines()]
    above = {str(folder.resolve()), *map(str, folder.resolve().parents)}
    _, kind = max((len(place), kind) for place, kind in mounts if place in above)
    return kind


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
