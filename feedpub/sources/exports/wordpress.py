"""The posts of a WordPress export."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from feedpub.errors import ExportError
from feedpub.model import CategoryPath
from feedpub.reading.dates import parse_date
from feedpub.reading.text import plain_line
from feedpub.reading.writing import Manuscript
from feedpub.sources.exports.entry import Entry, Options, Unread, join_address
from feedpub.sources.exports.package import Member, Package
from feedpub.sources.exports.wordpress_text import render_wordpress
from feedpub.sources.exports.wxr import Definition, Item, read_wxr

MAX_BYTES = 4 * 1024**3
_DEEPEST = 20
_SHORT = 60  # characters of a title that is made of a text

# What WordPress and its editors keep among the posts, and no reader ever sees as one.
_INTERNAL = frozenset(
    [
        "attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset", "page",
        "oembed_cache", "user_request", "wp_block", "wp_template", "wp_template_part",
        "wp_global_styles", "wp_navigation", "wp_font_family", "wp_font_face", "jetpack_migration",
    ]
)  # fmt: skip
_ADDRESSES = frozenset({"link", "base_site_url", "base_blog_url"})
_OPEN = frozenset({"publish", "future", ""})
_DRAFTS = frozenset({"draft", "pending", "auto-draft"})


@dataclass(slots=True)
class _Site:
    """What the posts refer to.

    Attributes:
        base: Address that the export was made at.
        authors: Display name by login.
        categories: Name and parent's slug by slug.
        files: Address of each attachment by its number.
    """

    base: str = ""
    authors: dict[str, str] = field(default_factory=dict)
    categories: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def learn(self, found: Item | Definition) -> None:
        fields = found.fields
        if isinstance(found, Item):
            if fields.get("post_type") == "attachment" and fields.get("attachment_url"):
                self.files[fields.get("post_id", "")] = fields["attachment_url"]
        elif found.kind == "author":
            self.authors[fields.get("author_login", "")] = fields.get("author_display_name", "")
        elif found.kind == "category":
            name = fields.get("cat_name", ""), fields.get("category_parent", "")
            self.categories.setdefault(fields.get("category_nicename", ""), name)
        elif found.kind == "term" and fields.get("term_taxonomy") == "category":
            name = fields.get("term_name", ""), fields.get("term_parent", "")
            self.categories.setdefault(fields.get("term_slug", ""), name)
        elif found.kind in _ADDRESSES and (found.kind == "base_blog_url" or not self.base):
            self.base = fields[""].rstrip("/") + "/" if fields[""] else ""

    def find_path(self, slug: str, name: str) -> CategoryPath:
        """Return the path of a category, outer to inner."""
        path: list[str] = []
        at = slug
        while at in self.categories and len(path) < _DEEPEST:
            own, at = self.categories[at]
            path.insert(0, plain_line(own, longest=200))
        return tuple(part for part in path if part) or (plain_line(name, longest=200),)


def read_wordpress(package: Package, options: Options) -> Iterator[Entry | Unread]:
    """Yield the posts of an export, and its pages if they are asked for.

    Drafts are drafts; what is private or has a password is protected, and its text left out.

    Raises:
        ExportError: It is no export, or a part of one.
    """
    members = [member for member in package.members() if member.name.lower().endswith(".xml")]
    if not members:
        raise ExportError("holds no .xml file; name an export of WordPress", path=package.path)
    site = _Site()
    for member in members:
        for found in read_wxr(package, member):
            site.learn(found)
    yield from _read_items(package, members, options, site)


def _read_items(
    package: Package, members: list[Member], options: Options, site: _Site
) -> Iterator[Entry | Unread]:
    others: Counter[str] = Counter()
    used: set[str] = set()
    for member in members:
        for item in read_wxr(package, member):
            if isinstance(item, Definition):
                continue
            kind = item.fields.get("post_type", "")
            if kind == "post" or (kind == "page" and options.pages):
                if item.fields.get("status") != "trash":
                    yield _make_entry(item, options, site, used)
            elif kind not in _INTERNAL:
                others[kind] += 1
    for kind, count in sorted(others.items()):
        yield Unread("", f"items of the type '{kind}': {count}; only posts and pages are articles")


def _make_entry(item: Item, options: Options, site: _Site, used: set[str]) -> Entry:
    fields = item.fields
    base = options.url or site.base
    number = fields.get("post_id", "")
    key = fields.get("guid") or f"{options.source}?p={number}"
    if key in used:  # copied posts keep the guid of what they were copied from
        key = f"{key}#{number}"
    used.add(key)
    status = fields.get("status", "")
    protected = bool(fields.get("post_password")) or status not in (_OPEN | _DRAFTS)
    slug = unquote(fields.get("post_name", "")).removesuffix(".html")
    body = "" if protected else render_wordpress(fields.get("content", ""), site.files)
    manuscript = Manuscript(
        # Short notes ("asides") have none; a name made of their number would tell nothing.
        title=plain_line(fields.get("title", "")) or plain_line(body, longest=_SHORT),
        body=body,
        date=_find_date(fields, options),
        updated=_read_utc(fields.get("post_modified_gmt", "")),
        id=key,
        link=_find_link(fields.get("link", ""), base, site.base),
        categories=_list_paths(item, site),
        tags=tuple(plain_line(term.name) for term in item.terms if term.domain == "post_tag"),
        authors=_list_authors(item, site.authors),
        summary=None if protected else plain_line(fields.get("excerpt", ""), longest=2000),
        thumbnail=_find_picture(item, site, base),
        draft=status in _DRAFTS,
        protected=protected,
    )
    return Entry(key, slug or manuscript.title, manuscript)


def _find_date(fields: Mapping[str, str], options: Options) -> datetime | None:
    """Return when a post was published; drafts have all but one of the forms as zeros."""
    utc = _read_utc(fields.get("post_date_gmt", ""))
    if utc is not None:
        return utc
    stamp = _parse(fields.get("pubDate", ""), options)
    if stamp is not None and stamp.year > 1970:
        return stamp
    return _parse(fields.get("post_date", ""), options)


def _read_utc(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _parse(text: str, options: Options) -> datetime | None:
    try:
        return parse_date(text, options.zone).instant
    except ValueError:
        return None


def _find_link(link: str, base: str, old: str) -> str | None:
    """Return a post's address on the site as it is now."""
    if not link:
        return None
    if old and base != old and link.startswith(old):
        return join_address(base, link[len(old) :])
    return join_address(base, link)


def _list_paths(item: Item, site: _Site) -> tuple[CategoryPath, ...]:
    paths = (site.find_path(t.slug, t.name) for t in item.terms if t.domain == "category")
    return tuple(dict.fromkeys(paths))


def _list_authors(item: Item, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return who wrote a post: what the plugin Co-Authors Plus says, else WordPress itself."""
    several = [term.name for term in item.terms if term.domain == "author"]
    login = item.fields.get("creator", "")
    # A login may be an address, which is nobody's business.
    found = several or [names.get(login) or login.partition("@")[0]]
    return tuple(dict.fromkeys(name for one in found if (name := plain_line(one, longest=200))))


def _find_picture(item: Item, site: _Site, base: str) -> str | None:
    address = site.files.get(item.meta.get("_thumbnail_id", ""))
    return join_address(base, address) if address else None
