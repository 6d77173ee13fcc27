"""Blogs whose configuration is data: Hexo, Jekyll, Hugo and Zola."""

import re
from pathlib import Path

from feedpub.sources.blog import SECTIONS, Blog, below, first_file, first_folder, site_url
from feedpub.sources.blog_settings import read_settings, table_of, text_of

_LISTS = ("_index*", "*/_index*")  # Hugo's and Zola's pages about a section


def _requires(root: Path, package: str) -> bool:
    settings = read_settings(root / "package.json")
    return any(
        package in table_of(settings, place) for place in ("dependencies", "devDependencies")
    )


def detect_hexo(root: Path) -> Blog | None:
    """Return the blog if the folder is one of Hexo (hexo.io)."""
    config = first_file(root, ("_config.yml", "_config.yaml", "_config.json"))
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
        url=site_url(text_of(settings, "url")),
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


def detect_jekyll(root: Path) -> Blog | None:
    """Return the blog if the folder is one of Jekyll (jekyllrb.com)."""
    config = first_file(root, ("_config.yml", "_config.yaml", "_config.toml"))
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
    style = _posts_default(settings) or text_of(settings, "permalink") or "date"
    return Blog(
        "jekyll",
        config.name,
        articles,
        title=text_of(settings, "title", "name"),
        url=site_url(text_of(settings, "url"), text_of(settings, "baseurl")),
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


def _posts_default(settings: dict[str, object]) -> str:
    """Return the permalink that the configuration gives to all posts by a default of its own."""
    defaults = settings.get("defaults")
    for one in defaults if isinstance(defaults, list) else ():
        if isinstance(one, dict) and text_of(one, "scope.type") in ("", "posts"):
            everywhere = not text_of(one, "scope.path").strip("/")
            if everywhere and (pattern := text_of(one, "values.permalink")):
                return pattern
    return text_of(settings, "collections.posts.permalink")


_HUGO_CONFIGS = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in ("toml", "yaml", "yml", "json")
)


def detect_hugo(root: Path) -> Blog | None:
    """Return the blog if the folder is one of Hugo (gohugo.io)."""
    config = first_file(root, _HUGO_CONFIGS)
    settings = read_settings(config) if config else {}
    if config is None or (config.stem != "hugo" and not text_of(settings, "baseURL")):
        return None
    content = text_of(settings, "contentDir") or "content"
    section = first_folder(root / content, SECTIONS, "")
    main = text_of(settings, "defaultContentLanguage") or "en"
    own = f"languages.{main}"
    patterns = table_of(settings, "permalinks")
    pattern = text_of(patterns, section, f"page.{section}") if section else ""
    return Blog(
        "hugo",
        config.relative_to(root).as_posix(),
        f"{content}/{section}".rstrip("/"),
        title=text_of(settings, "title", f"{own}.title"),
        url=site_url(text_of(settings, "baseURL")),
        zone=text_of(settings, "timeZone"),
        language=text_of(
            settings, "locale", "languageCode", f"{own}.languageCode", "defaultContentLanguage"
        ),
        permalink=_hugo_pattern(pattern, section),
        author=text_of(settings, "params.author", "params.author.name", "author.name", "author"),
        description=text_of(settings, "params.description", f"{own}.params.description"),
        exclude=_LISTS,
        public="static",
    )


def _hugo_pattern(pattern: str, section: str) -> str:
    """Return a pattern for a source that begins within a section, which Hugo's tokens name."""
    pattern = pattern or "/:sections/:slugorcontentbasename/"
    pattern = re.sub(r":sections(\[[^\]]*\])?", f"{section}/:sections", pattern)
    return re.sub(r":section\b", section, pattern) if section else pattern


def detect_zola(root: Path) -> Blog | None:
    """Return the blog if the folder is one of Zola (getzola.org)."""
    config = first_file(root, ("zola.toml", "config.toml"))
    settings = read_settings(config) if config else {}
    if config is None or (config.stem != "zola" and not text_of(settings, "base_url")):
        return None
    section = first_folder(root / "content", SECTIONS, "")
    return Blog(
        "zola",
        config.name,
        f"content/{section}".rstrip("/"),
        title=text_of(settings, "title"),
        url=site_url(text_of(settings, "base_url")),
        language=text_of(settings, "default_language"),
        permalink=below(section),
        author=text_of(settings, "author", "extra.author"),
        description=text_of(settings, "description"),
        exclude=_LISTS,
        public="static",
    )
