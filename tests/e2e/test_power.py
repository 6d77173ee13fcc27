"""What a power cut could take: no file stands at its place before all of it is on the disk."""

import re
from pathlib import Path

import pytest

from feedpub.targets.keep import INDEX
from tests.support import strace
from tests.support.generations import write_first, write_second
from tests.support.real_site import RealSite
from tests.support.strace import Call

_PATH = re.compile(r'"([^"]+)"')
_DESCRIPTOR = re.compile(r"^\d+<([^>]+)>")


def find_risks(calls: list[Call], root: Path) -> list[str]:
    """Return the files below a folder that a power cut could have left empty, or without a name."""
    written: set[str] = set()
    nameless: dict[str, str] = {}
    risks = []
    for call in calls:
        paths = _PATH.findall(call.text)
        if call.name == "openat" and "O_CREAT" in call.text:
            written |= {path for path in paths if path.startswith(str(root))}
        elif call.name.startswith("rename") and paths[-1].startswith(str(root)):
            risks += [f"{path} as {paths[-1]}" for path in paths[:1] if path in written]
            nameless[paths[-1]] = str(Path(paths[-1]).parent)
        elif call.name == "fsync" and (place := _DESCRIPTOR.match(call.text)):
            written.discard(place[1])
            nameless = {path: folder for path, folder in nameless.items() if folder != place[1]}
        elif call.name == "syncfs":
            written, nameless = set(), {}
    return risks + [f"the name of {path}" for path in nameless]


pytestmark = strace.needed()


@pytest.mark.parametrize("generation", ["first", "second"])
def test_a_power_cut_leaves_whole_files(generation: str, tmp_path: Path) -> None:
    site = RealSite.create(tmp_path / "site", entries=2)
    write_first(site)
    if generation == "second":
        site.build_well()
        write_second(site)

    calls = strace.record(site.words("build", "--offline"), site.root)

    renamed = [call for call in calls if call.name.startswith("rename")]
    assert len(renamed) > 30
    assert find_risks(calls, site.feeds) == []


def test_a_power_cut_leaves_whole_exports_and_no_index_of_what_is_not_there(tmp_path: Path) -> None:
    site = RealSite.create(tmp_path / "site", entries=2)
    write_first(site)
    for number in range(40):
        site.post(f"{number}.md", f"Post {number}", date="2025-10-03 10:00:00")
    site.build_well()
    kept = site.root / "exported"

    calls = strace.record(site.words("export", str(kept)), kept)

    (noted,) = (call for call in calls if call.name.startswith("rename") and INDEX in call.text)
    before = calls[: calls.index(noted)]
    assert sum(call.name.startswith("rename") for call in before) > 40
    assert find_risks(before, kept) == []
    assert find_risks(calls, kept) == []
    assert sum(call.name in ("fsync", "syncfs") for call in calls) < 10
