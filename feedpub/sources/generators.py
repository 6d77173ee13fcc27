"""Which generator a folder is the blog of, and what its configuration says of the site."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from feedpub.sources.blog_settings import read_settings, table_of, text_of

_LISTS = ("_index*", "*/_index*")  # Hugo's and Zola's pages about a section
_SECTIONS = ("posts", "post", "blog", "articles", "news")
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


def _first(root: Path, names: Iterable[str]) -> Path | None:
    return next((root / name for name in names if (root / name).is_file()), None)


def _first_folder(root: Path, names: Iterable[str], default: str) -> str:
    return next((name for name in names if (root / name).is_dir()), default)


def _site_url(*parts: str) -> str:
    url = "/".join(part.strip("/") for part in parts if part.strip("/"))
    known = url.startswith(("http://", "https://")) and not _EXAMPLE.search(url)
    return f"{url}/" if known else ""


def _requires(root: Path, package: str) -> bool:
    settings = read_settings(root / "package.json")
    return any(
        package in table_of(settings, place) for place in ("dependencies", "devDependencies")
    )


def _detect_hexo(root: Path) -> Blog | None:
    config = _first(root, ("_config.yml", "_config.yaml", "_config.json"))
    if config is None:
        return None
    settings = read_settings(config)
    source = text_of(settings, "source_dir") or "source"
    marks = (root / source / "_posts", root / "scaffolds")
    if not _requires(root, "hexo") and not any(mark.is_dir() for mark in marks):
        return None
    return Blog(
        "hexo",
        config.name,
        f"{source}/_posts",
        title=text_of(settings, "title"),
        url=_site_url(text_of(settings, "url")),
        zone=text_of(settings, "timezone"),
        language=text_of(settings, "language"),
        permalink=text_of(settings, "permalink") or ":year/:month/:day/:title/",
        author=text_of(settings, "author"),
        description=text_of(settings, "description", "subtitle"),
    )


# jekyllrb.com/docs/permalinks, "Built-in formats"
_JEKYLL_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "weekdate": "/:categories/:year/W:week/:short_day/:title.html",
    "none": "/:categories/:title.html",
}


def _detect_jekyll(root: Path) -> Blog | None:
    config = _first(root, ("_config.yml", "_config.yaml", "_config.toml"))
    settings = read_settings(config) if config else {}
    posts = "/".join(
        part for part in (text_of(settings, "source"), text_of(settings, "collections_dir")) if part
    )
    articles = f"{posts}/_posts" if posts not in ("", ".") else "_posts"
    marks = (root / articles, root / "_layouts", root / "_includes")
    if config is None or not (
        any(mark.is_dir() for mark in marks)
        or _mentions(root / "Gemfile", "jekyll")
        or "baseurl" in settings
    ):
        return None
    style = text_of(settings, "permalink") or "date"
    return Blog(
        "jekyll",
        config.name,
        articles,
        title=text_of(settings, "title", "name"),
        url=_site_url(text_of(settings, "url"), text_of(settings, "baseurl")),
        zone=text_of(settings, "timezone"),
        language=text_of(settings, "lang", "locale", "language"),
        permalink=_JEKYLL_STYLES.get(style, style),
        author=text_of(settings, "author", "author.name"),
        description=text_of(settings, "description", "tagline"),
    )


def _mentions(path: Path, word: str) -> bool:
    try:
        return word in path.read_text("utf-8", "replace")
    except OSError:
        return False


_HUGO_CONFIGS = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in ("toml", "yaml", "yml", "json")
)


def _detect_hugo(root: Path) -> Blog | None:
    config = _first(root, _HUGO_CONFIGS)
    settings = read_settings(config) if config else {}
    if config is None or (config.stem != "hugo" and not text_of(settings, "baseURL")):
        return None
    content = text_of(settings, "contentDir") or "content"
    section = _first_folder(root / content, _SECTIONS, "")
    main = text_of(settings, "defaultContentLanguage") or "en"
    own = f"languages.{main}"
    patterns = table_of(settings, "permalinks")
    pattern = text_of(patterns, section, f"page.{section}") if section else ""
    return Blog(
        "hugo",
        config.relative_to(root).as_posix(),
        f"{content}/{section}".rstrip("/"),
        title=text_of(settings, "title", f"{own}.title"),
        url=_site_url(text_of(settings, "baseURL")),
        zone=text_of(settings, "timeZone"),
        language=text_of(
            settings, "locale", "languageCode", f"{own}.languageCode", "defaultContentLanguage"
        ),
        permalink=pattern or _below(section),
        author=text_of(settings, "params.author", "params.author.name", "author.name", "author"),
        description=text_of(settings, "params.description", f"{own}.params.description"),
        exclude=_LISTS,
        public="static",
    )


def _below(folder: str) -> str:
    """Return the pattern of a generator that names pages after their files."""
    return "/".join(part for part in (folder, ":path/") if part)


def _detect_zola(root: Path) -> Blog | None:
    config = _first(root, ("zola.toml", "config.toml"))
    settings = read_settings(config) if config else {}
    if config is None or (config.stem != "zola" and not text_of(settings, "base_url")):
        return None
    section = _first_folder(root / "content", _SECTIONS, "")
    return Blog(
        "zola",
        config.name,
        f"content/{section}".rstrip("/"),
        title=text_of(settings, "title"),
        url=_site_url(text_of(settings, "base_url")),
        language=text_of(settings, "default_language"),
        permalink=_below(section),
        author=text_of(settings, "author", "extra.author"),
        description=text_of(settings, "description"),
        exclude=_LISTS,
        public="static",
    )


_SCRIPTS = ("mjs", "js", "ts", "mts", "cjs", "cts")


def _detect_astro(root: Path) -> Blog | None:
    config = _first(root, (f"astro.config.{suffix}" for suffix in _SCRIPTS))
    if config is None:
        return None
    settings = read_settings(config)
    words: dict[str, object] = {}
    for name in ("consts", "config", "site.config", "data/site", "constants"):
        for suffix in ("ts", "js", "mjs"):
            words = {**read_settings(root / "src" / f"{name}.{suffix}"), **words}
    homes = ("src/content", "src/data", "src/pages", "content")
    folders = [f"{home}/{section}" for home in homes for section in ("blog", *_SECTIONS)]
    articles = _first_folder(root, folders, "src/content/blog")
    return Blog(
        "astro",
        config.name,
        articles,
        title=text_of(words, "SITE_TITLE", "title", "name"),
        url=_site_url(text_of(settings, "site") or text_of(words, "website", "url"),
                      text_of(settings, "base")),
        zone=text_of(words, "timezone"),
        language=text_of(settings, "defaultLocale") or text_of(words, "lang", "locale"),
        permalink=_below(articles.rpartition("/")[2]),
        author=text_of(words, "author"),
        description=text_of(words, "SITE_DESCRIPTION", "description", "desc"),
        public="public",
    )  # fmt: skip


def _detect_eleventy(root: Path) -> Blog | None:
    names = [".eleventy.js", *(f"eleventy.config.{suffix}" for suffix in _SCRIPTS)]
    config = _first(root, names)
    if config is None:
        return None
    data = ("_data/metadata", "src/_data/metadata", "_data/site", "src/_data/site")
    files = [f"{name}.{suffix}" for name in data for suffix in ("json", "js", "cjs", "mjs")]
    found = _first(root, files)
    words = read_settings(found) if found else {}
    inputs = ("content/", "src/", "src/content/", "")
    folders = [f"{place}{section}" for place in inputs for section in ("blog", *_SECTIONS)]
    articles = _first_folder(root, folders, "posts")
    return Blog(
        "eleventy",
        config.name,
        articles,
        title=text_of(words, "title", "name"),
        url=_site_url(text_of(words, "url")),
        language=text_of(words, "language", "lang"),
        permalink=_below(articles.rpartition("/")[2]),
        author=text_of(words, "author", "author.name"),
        description=text_of(words, "description"),
        public="public" if (root / "public").is_dir() else "",
    )


def _detect_pelican(root: Path) -> Blog | None:
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
        url=_site_url(text_of(published, "SITEURL") or text_of(settings, "SITEURL")),
        zone=text_of(settings, "TIMEZONE"),
        language=text_of(settings, "DEFAULT_LANG"),
        permalink=_pelican_pattern(text_of(settings, "ARTICLE_URL") or "{slug}.html"),
        author=text_of(settings, "AUTHOR"),
        description=text_of(settings, "SITESUBTITLE", "SITEDESCRIPTION"),
        exclude=("pages/*",),
    )


_PELICAN_FIELDS = {
    "{slug}": ":slug",
    "{date:%Y}": ":year",
    "{date:%m}": ":month",
    "{date:%d}": ":day",
    "{category}": ":category",
}


def _pelican_pattern(pattern: str) -> str:
    for written, ours in _PELICAN_FIELDS.items():
        pattern = pattern.replace(written, ours)
    return "" if "{" in pattern else pattern


def _detect_nikola(root: Path) -> Blog | None:
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
        url=_site_url(text_of(settings, "SITE_URL")),
        zone=text_of(settings, "TIMEZONE"),
        language=text_of(settings, "DEFAULT_LANG"),
        permalink=f"{place}:slug/" if pretty else f"{place}:slug.html",
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


# Those with a file name of their own first; _config.yml and config.toml are shared by two each.
_DETECTORS: dict[str, Callable[[Path], Blog | None]] = {
    "astro": _detect_astro,
    "eleventy": _detect_eleventy,
    "pelican": _detect_pelican,
    "hexo": _detect_hexo,
    "jekyll": _detect_jekyll,
    "zola": _detect_zola,
    "hugo": _detect_hugo,
    "nikola": _detect_nikola,
}
GENERATORS = tuple(_DETECTORS)
