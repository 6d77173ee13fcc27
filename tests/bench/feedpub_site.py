"""The feedpub side: a site over generated posts, and the command that builds it."""

import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.bench.hugo import BASE_URL

# What both sides do: full text, three formats, 20 newest, no pages, no archives, no embeds.
_SAME_WORK = """\
[feeds]
folder = "{output}"
entries = 20
content = "full"
archive = "none"

[thumbnails]
mode = "link"

[pages]
enabled = false

[embed]
enabled = false
"""
_DEFAULTS = """\
[feeds]
folder = "{output}"
"""
_SITE = """\
[site]
title = "Bench"
url = "{url}"
id = "{site_id}"

[[sources]]
path = "{posts}"
generator = "hexo"
{permalink}
"""


@dataclass(frozen=True, slots=True)
class FeedpubSite:
    """One site.

    Attributes:
        folder: With the settings and the database, on disk.
        output: With the feeds, on tmpfs.
        template: The folder as it was before the first build.
    """

    folder: Path
    output: Path
    template: Path

    def reset(self) -> None:
        """Make the next build a cold one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.output, ignore_errors=True)
        shutil.copytree(self.template, self.folder)

    def use_database(self, address: str) -> None:
        """Let the site have its database elsewhere."""
        settings = self.folder / "feedpub.toml"
        settings.write_text(f'database = "{address}"\n{settings.read_text()}')

    def build_command(self, *options: str) -> list[str]:
        """Return the command that builds the site."""
        return [*feedpub(), "-C", str(self.folder), "--json", "build", *options]


def feedpub() -> list[str]:
    """Return the program as it is installed beside the running Python."""
    program = Path(sys.executable).with_name("feedpub")
    if not program.is_file():
        raise FileNotFoundError(f"{program}: install feedpub first: pip install -e .")
    return [str(program)]


def make_site(root: Path, output: Path, posts: Path, *, defaults: bool = False) -> FeedpubSite:
    """Make a site over a folder of posts, ready for a cold build.

    Args:
        root: Where the site's folder goes; must not exist or be a site of an earlier run.
        output: Where it publishes.
        posts: A folder from generator.make_posts.
        defaults: Leave every setting but the source and the output at its default.
    """
    site = FeedpubSite(root / "site", output, root / "template")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    # The database and the key are made by init, and a cold build begins with an empty catalog.
    subprocess.run(
        [*feedpub(), "--no-input", "init", str(site.template)], check=True, capture_output=True
    )
    settings = site.template / "feedpub.toml"
    site_id = tomllib.loads(settings.read_text())["site"]["id"]
    permalink = "" if defaults else 'permalink = ":year/:month/:day/:title/"'
    text = _SITE + "\n" + (_DEFAULTS if defaults else _SAME_WORK)
    settings.write_text(
        text.format(
            url=BASE_URL,
            site_id=site_id,
            posts=posts.resolve(),
            permalink=permalink,
            output=output.resolve(),
        )
    )
    site.reset()
    return site
