"""Blogs whose configuration is a program: Astro, Eleventy, Pelican and Nikola."""

from pathlib import Path

from feedpub.sources.blog import SECTIONS, Blog, below, first_file, first_folder, site_url
from feedpub.sources.blog_settings import read_settings, text_of

_SCRIPTS = ("mjs", "js", "ts", "mts", "cjs", "cts")


def detect_astro(root: Path) -> Blog | None:
    """Return the blog if the folder is one of Astro (astro.build)."""
    config = first_file(root, (f"astro.config.{suffix}" for suffix in _SCRIPTS))
    if config is None:
        return None
    settings = read_settings(config)
    words: dict[str, object] = {}
    for name in ("consts", "config", "site.config", "data/site", "constants"):
        for suffix in ("ts", "js", "mjs"):
            words = {**read_settings(root / "src" / f"{name}.{suffix}"), **words}
    homes = ("src/content", "src/data", "src/pages", "content")
    folders = [f"{home}/{section}" for home in homes for section in ("blog", *SECTIONS)]
    articles = first_folder(root, folders, "src/content/blog")
    return Blog(
        "astro",
        config.name,
        articles,
        title=text_of(words, "SITE_TITLE", "title", "name"),
        url=site_url(text_of(settings, "site") or text_of(words, "website", "url"),
                      text_of(settings, "base")),
        zone=text_of(words, "timezone"),
        language=text_of(settings, "defaultLocale") or text_of(words, "lang", "locale"),
        permalink=below(articles.rpartition("/")[2]),
        author=text_of(words, "author"),
        description=text_of(words, "SITE_DESCRIPTION", "description", "desc"),
        public="public",
    )  # fmt: skip


def detect_eleventy(root: Path) -> Blog | None:
    """Return the blog if the folder is one of Eleventy (11ty.dev)."""
    names = [".eleventy.js", *(f"eleventy.config.{suffix}" for suffix in _SCRIPTS)]
    config = first_file(root, names)
    if config is None:
        return None
    data = ("_data/metadata", "src/_data/metadata", "_data/site", "src/_data/site")
    files = [f"{name}.{suffix}" for name in data for suffix in ("json", "js", "cjs", "mjs")]
    found = first_file(root, files)
    words = read_settings(found) if found else {}
    inputs = ("content/", "src/", "src/content/", "")
    folders = [f"{place}{section}" for place in inputs for section in ("blog", *SECTIONS)]
    articles = first_folder(root, folders, "posts")
    return Blog(
        "eleventy",
        config.name,
        articles,
        title=text_of(words, "title", "name"),
        url=site_url(text_of(words, "url")),
        language=text_of(words, "language", "lang"),
        permalink=below(articles.rpartition("/")[2]),
        author=text_of(words, "author", "author.name", "name"),
        description=text_of(words, "description"),
        public="public" if (root / "public").is_dir() else "",
    )


def detect_pelican(root: Path) -> Blog | None:
    """Return the blog if the folder is one of Pelican (getpelican.com)."""
    if not (root / "pelicanconf.py").is_file():
        return None
    settings = read_settings(root / "pelicanconf.py")
    published = read_settings(root / "publishconf.py")
    content = text_of(settings, "PATH") or "content"
    return Blog(
        "pelican",
        "pelicanconf.py",
        content,
        title=text_of(settings, "SITENAME"),
        url=site_url(text_of(published, "SITEURL") or text_of(settings, "SITEURL")),
        zone=text_of(settings, "TIMEZONE"),
        language=text_of(settings, "DEFAULT_LANG"),
        permalink=_pelican_pattern(settings),
        author=text_of(settings, "AUTHOR"),
        description=text_of(settings, "SITESUBTITLE", "SITEDESCRIPTION"),
        exclude=("pages/*",),
    )


_PELICAN_FIELDS = {
    "{slug}": ":title",
    "{date:%Y}": ":year",
    "{date:%m}": ":month",
    "{date:%d}": ":day",
    "{category}": ":category",
}


def _pelican_pattern(settings: dict[str, object]) -> str:
    """Return the pattern; none where a slug is made from the title, by rules of Pelican's own."""
    if text_of(settings, "SLUGIFY_SOURCE") != "basename":
        return ""
    pattern = text_of(settings, "ARTICLE_URL") or "{slug}.html"
    for written, ours in _PELICAN_FIELDS.items():
        pattern = pattern.replace(written, ours)
    return "" if "{" in pattern else pattern


def detect_nikola(root: Path) -> Blog | None:
    """Return the blog if the folder is one of Nikola (getnikola.com)."""
    settings = read_settings(root / "conf.py")
    if "BLOG_TITLE" not in settings and "POSTS" not in settings:
        return None
    folder, place = _nikola_posts(settings.get("POSTS"))
    pretty = settings.get("PRETTY_URLS", True)
    return Blog(
        "nikola",
        "conf.py",
        folder,
        title=text_of(settings, "BLOG_TITLE"),
        url=site_url(text_of(settings, "SITE_URL")),
        zone=text_of(settings, "TIMEZONE"),
        language=text_of(settings, "DEFAULT_LANG"),
        permalink=f"{place}:title/" if pretty else f"{place}:title.html",
        author=text_of(settings, "BLOG_AUTHOR"),
        description=text_of(settings, "BLOG_DESCRIPTION"),
        public="files",
    )


def _nikola_posts(patterns: object) -> tuple[str, str]:
    """Return the folder of the posts and the path that their pages begin with."""
    try:
        glob, place, *_ = patterns[0]  # type: ignore[index] # whatever conf.py holds
        folder, place = str(glob).rpartition("/")[0], str(place).strip("/")
    except (TypeError, IndexError, KeyError, ValueError):
        return "posts", "posts/"
    return folder or "posts", f"{place}/" if place else ""
