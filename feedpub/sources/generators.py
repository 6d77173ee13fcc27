"""Which generator a folder is the blog of, and what its configuration says of the site."""

from collections.abc import Callable
from pathlib import Path

from feedpub.sources.blog import Blog
from feedpub.sources.declared_blogs import detect_hexo, detect_hugo, detect_jekyll, detect_zola
from feedpub.sources.scripted_blogs import (
    detect_astro,
    detect_eleventy,
    detect_nikola,
    detect_pelican,
)

# Those with a file name of their own first; _config.yml and config.toml are shared by two each.
_DETECTORS: dict[str, Callable[[Path], Blog | None]] = {
    "astro": detect_astro,
    "eleventy": detect_eleventy,
    "pelican": detect_pelican,
    "hexo": detect_hexo,
    "jekyll": detect_jekyll,
    "zola": detect_zola,
    "hugo": detect_hugo,
    "nikola": detect_nikola,
}
GENERATORS = tuple(_DETECTORS)


def detect_blog(root: Path, generator: str | None = None) -> Blog | None:
    """Return what a folder is the blog of; None if it is that of no generator we know.

    Args:
        root: The blog's folder.
        generator: Look for this one only.
    """
    names = [generator] if generator else list(_DETECTORS)
    for name in names:
        if name in _DETECTORS and (blog := _DETECTORS[name](root)):
            return blog
    return None


__all__ = ["GENERATORS", "Blog", "detect_blog"]
