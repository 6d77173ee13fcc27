"""What ``init`` learns of a blog, and how its folder is looked at."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SECTIONS = ("posts", "post", "blog", "articles", "news")
"""Where the articles are, in generators that leave it to the author; the likeliest first."""

_EXAMPLE = re.compile(r"//(www\.)?(example\.(com|org|net)|localhost|127\.|your)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Blog:
    """A blog as its own configuration describes it; empty text where it says nothing.

    Attributes:
        generator: As in ``feedpub.toml``.
        config: Its configuration file, relative to the folder.
        articles: Folder of the articles, relative, with ``/``.
        title: Of the site.
        url: Where it is served; the placeholders that generators come with count as nothing.
        zone: As written.
        language: As written.
        permalink: Pattern of the articles' URLs.
        author: Name.
        description: One line.
        exclude: Patterns of files among the articles that are none.
        public: Folder whose files the generator copies to the site as they are; ``""`` if unknown.
    """

    generator: str
    config: str
    articles: str
    title: str = ""
    url: str = ""
    zone: str = ""
    language: str = ""
    permalink: str = ""
    author: str = ""
    description: str = ""
    exclude: tuple[str, ...] = ()
    public: str = ""


def first_file(root: Path, names: Iterable[str]) -> Path | None:
    """Return the first of some files that is there."""
    return next((root / name for name in names if (root / name).is_file()), None)


def first_folder(root: Path, names: Iterable[str], default: str) -> str:
    """Return the first of some folders that is there, by name."""
    return next((name for name in names if (root / name).is_dir()), default)


def site_url(*parts: str) -> str:
    """Return the parts of an address as one, empty if it is only an example of one."""
    url = "/".join(part.strip("/") for part in parts if part.strip("/"))
    known = url.startswith(("http://", "https://")) and not _EXAMPLE.search(url)
    return f"{url}/" if known else ""


def below(folder: str) -> str:
    """Return the pattern of a generator that names pages after their files."""
    return "/".join(part for part in (folder, ":title/") if part)
