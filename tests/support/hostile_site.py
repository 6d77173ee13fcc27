"""A site of hostile articles, and what holds for all that was made of it."""

import json
import re
import resource
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import feedparser
import lxml.etree

from tests.support.hostile import GB
from tests.support.published import find_dead_ends, list_starts, say_references_once
from tests.support.real_site import RealSite

MEMORY = 2 * GB
PATIENCE_S = 240
GOOD = ("good one", "good two")


def make_site(folder: Path, *, jobs: int = 2) -> RealSite:
    site = RealSite.create(folder / "site", jobs=jobs, entries=250)
    for number, title in enumerate(GOOD):
        date = f"2025-11-0{number + 1} 10:00:00"
        site.post(f"good{number}.md", title, date=date, categories="[a]")
    return site


def build_bounded(site: RealSite) -> tuple[dict[str, Any], str]:
    """Build in little memory and time; return what it reports and says."""
    started = time.monotonic()

    done = site.run(
        "--json", "build", "--offline", timeout=PATIENCE_S,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2_000:]
    assert time.monotonic() - started < PATIENCE_S
    assert "defect" not in done.stderr
    assert "Traceback" not in done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report, done.stderr


def places(report: Mapping[str, Any]) -> set[str]:
    return {problem["path"].rpartition("articles/")[2] for problem in report["problems"]}


def titles(files: Mapping[str, bytes], folder: str = "all") -> list[str]:
    return [item["title"] for item in json.loads(files[f"{folder}/feed.json"])["items"]]


# What holds for everything that was published


def check_output(site: RealSite, *, links: bool = True) -> dict[str, bytes]:
    """Hold what must be true of any output, and return it.

    Args:
        site: Built.
        links: Whether all links lead somewhere, those of the articles too.
    """
    files = site.published()
    check_paths(files)
    check_documents(files)
    assert set(GOOD) <= set(titles(files, "a"))
    # A picture that cannot be copied is a dead end of the article's own making.
    dead = find_dead_ends(files, list_starts(files)) if links else []
    assert [end for end in dead if not re.search(r"-> articles/.*(png|passwd)", end)] == []
    assert not [path for path, data in files.items() if b"root:x:0:" in data]
    assert site.waiting() == []
    assert not list(site.root.rglob("pwned"))
    return files


def check_paths(files: Mapping[str, bytes]) -> None:
    folded = [path.casefold() for path in files]
    assert len(set(folded)) == len(folded), "some file systems take two of these for one"
    for path in files:
        parts = PurePosixPath(path).parts
        assert not {"..", "."} & set(parts), path
        assert all(len(part.encode()) <= 255 and not part.startswith(".") for part in parts), path
        assert len(path.encode()) < 2_000, path
        assert not any(ord(char) < 32 or char in '\\<>:"|?*' for char in path), path
        assert not any(part.split(".")[0].lower() in ("con", "aux", "nul") for part in parts), path


def check_documents(files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        if path.endswith((".xml", ".opml")):
            lxml.etree.fromstring(data, lxml.etree.XMLParser(huge_tree=True))
        if path.endswith(("/rss.xml", "/atom.xml")):
            parsed = feedparser.parse(say_references_once(data), sanitize_html=False)
            assert not parsed.bozo, f"{path}: {parsed.get('bozo_exception')}"
        elif path.endswith(".json"):
            json.loads(data)
