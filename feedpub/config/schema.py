"""Every key of ``feedpub.toml``: its kind, its default and what it is for."""

from collections.abc import Mapping
from typing import Any, get_args

from feedpub.config import database_schema, formats, kinds, mail_schema, target_schema
from feedpub.config.setting import Setting
from feedpub.config.source_values import CategoryMode, DateMode, Generator, SourceType
from feedpub.config.values import (
    ArchiveContent,
    ArticlePages,
    Content,
    ThumbnailMode,
)
from feedpub.model import CategoryPath

_CATEGORY_MODES: tuple[CategoryMode, ...] = get_args(CategoryMode)


SITE_TITLE = Setting(
    "site.title",
    kinds.text(),
    "",
    "What the site is called in feeds and pages.",
    default_doc="name of the folder",
)
SITE_URL = Setting(
    "site.url",
    formats.url(folder=True),
    "",
    "Address of the blog or portal itself.",
    default_doc="`http://localhost:8000/`, with a warning",
)
SITE_ID = Setting(
    "site.id",
    formats.identifier(),
    "00000000-0000-0000-0000-000000000000",
    "Minted by `feedpub init`. The ids of all articles are made from it, so that the site may move"
    " to another domain; never change it.",
    default_doc="none",
    required=True,
)
SITE_DESCRIPTION = Setting(
    "site.description", kinds.text(), "", "One line about the site, for feed readers."
)
SITE_LANGUAGE = Setting(
    "site.language",
    formats.language(),
    "zh-CN",
    "Language of the articles that do not name their own, and of the pages.",
)
SITE_TIMEZONE = Setting(
    "site.timezone",
    formats.zone(),
    "Asia/Shanghai",
    "Zone of the dates that are written without one, and of the dates on the pages.",
)
SITE_AUTHOR = Setting(
    "site.author", kinds.text(), "", "Name of the author of articles that do not name one."
)
SITE_COPYRIGHT = Setting("site.copyright", kinds.text(), "", "Copyright line of the feeds.")
SITE_ICON = Setting(
    "site.icon",
    kinds.text(),
    "",
    "Picture that stands for the site in feed readers: a URL, or a path on the site.",
)

SOURCE_NAME = Setting(
    "sources.name",
    kinds.text(),
    "",
    "Name of the source, unique. It is part of every article's identity; keep it when the folder"
    " moves.",
    default_doc="last part of `path`; for a feed its host",
)
SOURCE_TYPE: Setting[SourceType] = Setting(
    "sources.type",
    kinds.choice(*get_args(SourceType)),
    "folder",
    "Kind of source: a folder of articles, a feed of somebody else, or an export of another"
    " system.",
)
SOURCE_PATH = Setting(
    "sources.path",
    kinds.path(),
    "articles",
    "Folder that the articles are in, or file of the export, relative to `feedpub.toml`. For a"
    " feed, the folder that its entries are kept in for good.",
    default_doc="`articles`; for a feed a folder of its own in `remote`",
)
SOURCE_URL = Setting(
    "sources.url",
    formats.url(),
    "",
    "Address of the feed; or of the site that an export comes from, for links that the export"
    " itself leaves open.",
    default_doc="for an export what it says",
)
SOURCE_OPML = Setting(
    "sources.opml",
    kinds.optional(kinds.path()),
    "",
    "List of subscriptions in place of `url`: each of its feeds is a source of its own, and its"
    " folders are their `category`.",
    default_doc="none",
)
SOURCE_PRIVATE = Setting(
    "sources.private",
    kinds.boolean(),
    False,
    "Whether the feed may be on a private address or any port, as an RSSHub of your own is.",
)
SOURCE_PAGES = Setting(
    "sources.pages",
    kinds.boolean(),
    False,
    "Whether the pages of an export, such as an imprint, are articles, too.",
)
SOURCE_GENERATOR: Setting[Generator] = Setting(
    "sources.generator",
    kinds.choice(*get_args(Generator)),
    "auto",
    "Site generator that the articles are written for; `auto` recognises it file by file.",
)
SOURCE_PERMALINK = Setting(
    "sources.permalink",
    kinds.text(),
    "",
    "Pattern of the articles' addresses on the site, as the generator's own configuration has it,"
    " such as `:year/:month/:day/:title/`.",
    default_doc="none: feedpub makes a page for each article",
)
SOURCE_CATEGORIES: Setting[CategoryMode | Mapping[str, CategoryPath] | None] = Setting(
    "sources.categories",
    formats.categories(*_CATEGORY_MODES),
    "",
    "What a flat list of categories means: one path from outer to inner, or several categories. Or"
    ' a table of what they are here, `{ "Tech" = ["news", "technology"] }`: those that it does not'
    " name are left out.",
    default_doc="`path` for `hexo` and `auto`, `several` for the others and for feeds",
)
SOURCE_CATEGORY = Setting(
    "sources.category",
    formats.category(),
    "",
    "Category of the articles that have none, or none that `categories` names: `news/china`.",
    default_doc="none",
)
SOURCE_DATES: Setting[DateMode] = Setting(
    "sources.dates",
    kinds.choice("pinned", "author"),
    "pinned",
    "Whether a date without a zone that changes alone is a crawler's (`pinned` ignores it) or the"
    " author's.",
)
SOURCE_PICTURES = Setting(
    "sources.pictures",
    kinds.texts(what="paths"),
    [],
    "Folders in which `/local/pictures` are looked for.",
    default_doc="the source's folder, then those above it up to `feedpub.toml`",
)
SOURCE_EXCLUDE = Setting(
    "sources.exclude",
    kinds.texts(what="patterns", check_one=kinds.glob()),
    [],
    "Paths within the source to leave out, such as `drafts/*`.",
)

REMOTE_EVERY = Setting(
    "remote.every",
    kinds.whole_number(0, 10_080),
    15,
    "Minutes between two requests for a feed, at least; builds in between do with what was"
    " fetched. A server that asks for more time is given it.",
)
REMOTE_BUDGET = Setting(
    "remote.budget",
    kinds.whole_number(1, 86_400),
    60,
    "Seconds that one build spends on fetching feeds; the next build goes on.",
)

FEEDS_FOLDER = Setting(
    "feeds.folder",
    kinds.path(),
    "feeds",
    "Folder that everything is published in, relative to `feedpub.toml`.",
)
FEEDS_URL = Setting(
    "feeds.url",
    formats.url(folder=True),
    "",
    "Address at which that folder is served.",
    default_doc="`site.url` and the last part of `feeds.folder`",
)
FEEDS_ENTRIES = Setting(
    "feeds.entries",
    kinds.whole_number(1, 250),
    20,
    "How many of the newest articles a feed holds. Whatever came within the last 48 hours stays"
    " in, too.",
)
FEEDS_CONTENT: Setting[Content] = Setting(
    "feeds.content",
    kinds.choice("full", "summary"),
    "full",
    "Whether feeds carry whole articles or their summaries.",
)
FEEDS_ARCHIVE: Setting[ArchiveContent] = Setting(
    "feeds.archive",
    kinds.choice("full", "summary", "none"),
    "summary",
    "What the monthly archives carry, if there are to be any.",
)
FEEDS_HUB = Setting(
    "feeds.hub",
    formats.url(),
    "",
    "WebSub hub that readers may subscribe at to be told of news at once.",
    default_doc="none",
)
FEEDS_PING = Setting(
    "feeds.ping", kinds.boolean(), False, "Whether a build tells the hub which feeds changed."
)
FEEDS_TTL = Setting(
    "feeds.ttl",
    kinds.whole_number(1, 10_080),
    60,
    "Minutes that a feed reader should wait between two looks.",
)

THUMBNAILS_MODE: Setting[ThumbnailMode] = Setting(
    "thumbnails.mode",
    kinds.choice("copy", "link", "none"),
    "copy",
    "Whether pictures are copied and served with the feeds, linked to where they are, or left out.",
)
THUMBNAILS_PLACEHOLDERS = Setting(
    "thumbnails.placeholders",
    kinds.texts(),
    ["picsum.photos"],
    "Pictures that say nothing: text within their host and path, such as a service of random ones.",
)
THUMBNAILS_BUDGET = Setting(
    "thumbnails.budget",
    kinds.whole_number(0, 86_400),
    60,
    "Seconds that one build spends on fetching pictures; the next build goes on.",
)

PAGES_ENABLED = Setting(
    "pages.enabled", kinds.boolean(), True, "Whether pages for people are made beside the feeds."
)
PAGES_ARTICLES: Setting[ArticlePages] = Setting(
    "pages.articles",
    kinds.choice("auto", "none"),
    "auto",
    "Whether an article that has no address of its own gets a page.",
)
PAGES_TEMPLATES = Setting(
    "pages.templates",
    kinds.path(),
    "templates",
    "Folder of your own templates; only what differs from the defaults needs to be there"
    " (`feedpub template eject`).",
)

EMBED_ENABLED = Setting(
    "embed.enabled",
    kinds.boolean(),
    True,
    "Whether pages of others can show the latest articles: fragments, frames, oEmbed and the"
    " element.",
)
EMBED_ENTRIES = Setting(
    "embed.entries",
    kinds.whole_number(1, 50),
    10,
    "Articles in a fragment and in a frame, at most as many as a feed holds.",
)

CATEGORIES_RENAME = Setting(
    "categories.rename",
    formats.renames(),
    {},
    'Renamed categories, `"old/path" = "new/path"`: the feed keeps its id, and its old address'
    " leads to the new one.",
)

BUILD_JOBS = Setting(
    "build.jobs",
    kinds.whole_number(0, 256),
    0,
    "How many processes read articles.",
    default_doc="`0`: one a processor",
)

SETTINGS: tuple[Setting[Any], ...] = (
    *database_schema.SETTINGS,
    target_schema.TARGET,
    SITE_TITLE,
    SITE_URL,
    SITE_ID,
    SITE_DESCRIPTION,
    SITE_LANGUAGE,
    SITE_TIMEZONE,
    SITE_AUTHOR,
    SITE_COPYRIGHT,
    SITE_ICON,
    SOURCE_NAME,
    SOURCE_TYPE,
    SOURCE_PATH,
    SOURCE_URL,
    SOURCE_OPML,
    SOURCE_PRIVATE,
    SOURCE_PAGES,
    SOURCE_GENERATOR,
    SOURCE_PERMALINK,
    SOURCE_CATEGORIES,
    SOURCE_CATEGORY,
    SOURCE_DATES,
    SOURCE_PICTURES,
    SOURCE_EXCLUDE,
    REMOTE_EVERY,
    REMOTE_BUDGET,
    FEEDS_FOLDER,
    FEEDS_URL,
    FEEDS_ENTRIES,
    FEEDS_CONTENT,
    FEEDS_ARCHIVE,
    FEEDS_HUB,
    FEEDS_PING,
    FEEDS_TTL,
    *target_schema.S3,
    THUMBNAILS_MODE,
    THUMBNAILS_PLACEHOLDERS,
    THUMBNAILS_BUDGET,
    PAGES_ENABLED,
    PAGES_ARTICLES,
    PAGES_TEMPLATES,
    EMBED_ENABLED,
    EMBED_ENTRIES,
    CATEGORIES_RENAME,
    BUILD_JOBS,
    *mail_schema.SETTINGS,
)
"""In the order of the documentation; ``sources`` is the only table that may come several times."""
