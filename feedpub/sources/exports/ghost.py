"""The posts of a Ghost export (JSON)."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from feedpub.errors import ExportError
from feedpub.reading.dates import parse_date
from feedpub.reading.text import plain_line
from feedpub.reading.writing import Manuscript
from feedpub.sources.exports.entry import Entry, Options, Unread
from feedpub.sources.exports.lexical import render_lexical
from feedpub.sources.exports.mobiledoc import render_mobiledoc
from feedpub.sources.exports.package import Package, read_member

MAX_BYTES = 512 * 1024**2
_HOME = "__GHOST_URL__"
_HINT = "name the file that 'Settings, Import/Export, Export' gives"

Row = Mapping[str, Any]


def read_ghost(package: Package, options: Options) -> Iterator[Entry | Unread]:
    """Yield the posts of an export, and its pages if they are asked for.

    What is not for everybody (members, payers, those who get it by mail) is protected, and its
    text left out.

    Raises:
        ExportError: It is no export, or a part of one.
    """
    members = [member for member in package.members() if member.name.lower().endswith(".json")]
    if not members:
        raise ExportError(f"holds no .json file; {_HINT}", path=package.path)
    for member in members:
        name = "" if package.path.endswith(member.name) else member.name
        data = read_member(package, member, max_bytes=MAX_BYTES)
        tables = _find_tables(_parse(data, package.path, name), package.path, name)
        yield from _read_posts(tables, options)


def _parse(data: bytes, path: str, member: str) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExportError(
            "is not UTF-8; export it again", path=path, member=member, line=line
        ) from error
    except json.JSONDecodeError as error:
        raise ExportError(
            f"JSON that breaks off or is damaged ({error.msg}); export it again",
            path=path,
            member=member,
            line=error.lineno,
        ) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or thousands of brackets.
        raise ExportError(
            "JSON that no export of Ghost holds; export it again", path=path, member=member
        ) from error


def _find_tables(document: Any, path: str, member: str) -> Mapping[str, list[Row]]:
    """Return the tables of the database; the older form wraps them in a list."""
    if isinstance(document, dict):
        outer = document.get("db")
        if isinstance(outer, list) and outer and isinstance(outer[0], dict):
            document = outer[0]
        tables = document.get("data")
        if isinstance(tables, dict) and isinstance(tables.get("posts"), list):
            return {
                name: [row for row in rows if isinstance(row, dict)]
                for name, rows in tables.items()
                if isinstance(rows, list)
            }
    raise ExportError(
        f"is no export of Ghost (no table of posts); {_HINT}", path=path, member=member
    )


def _read_posts(tables: Mapping[str, list[Row]], options: Options) -> Iterator[Entry | Unread]:
    tags = _join(tables, "posts_tags", "tag_id", "tags")
    authors = _join(tables, "posts_authors", "author_id", "users")
    users = {str(row.get("id")): row for row in tables.get("users", [])}
    meta = {str(row.get("post_id")): row for row in tables.get("posts_meta", [])}
    for post in tables["posts"]:
        if _is_page(post) and not options.pages:
            continue
        number = str(post.get("id") or post.get("uuid") or "")
        if not number:
            yield Unread(_text(post, "title"), "a post without an id; export the site again")
            continue
        writers = authors[number] or [users.get(str(post.get("author_id")), {})]
        yield _make_entry(post, number, tags[number], writers, meta.get(number, {}), options)


def _join(
    tables: Mapping[str, list[Row]], name: str, key: str, target: str
) -> defaultdict[str, list[Row]]:
    """Return the rows that posts refer to, in their order, by post."""
    rows = {str(row.get("id")): row for row in tables.get(target, [])}
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for link in sorted(tables.get(name, []), key=lambda link: _number(link.get("sort_order"))):
        row = rows.get(str(link.get(key)))
        if row is not None:
            found[str(link.get("post_id"))].append(row)
    return found


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0


def _is_page(post: Row) -> bool:
    return post.get("type") == "page" or post.get("page") in (1, True)


def _make_entry(
    post: Row, number: str, tags: list[Row], writers: list[Row], meta: Row, options: Options
) -> Entry:
    status, visibility = _text(post, "status"), _text(post, "visibility") or "public"
    protected = (
        status not in ("published", "scheduled", "draft")
        or visibility != "public"
        or meta.get("email_only") in (1, True)
    )
    slug = _text(post, "slug")
    names = [_text(tag, "name") for tag in tags if not _is_internal(tag)]
    title = plain_line(_text(post, "title"))
    manuscript = Manuscript(
        title=title,
        body="" if protected else _at_home(_render(post), options),
        date=_read_date(post.get("published_at"), options),
        updated=_read_date(post.get("updated_at"), options),
        id=f"{options.source}/{number}",
        link=_find_link(post, slug, options),
        categories=tuple((plain_line(name, longest=200),) for name in names if name.strip()),
        authors=tuple(name for row in writers if (name := plain_line(_text(row, "name")))),
        language=_text(post, "locale") or None,
        summary=None if protected else _text(post, "custom_excerpt"),
        thumbnail=_at_home(_text(post, "feature_image") or _text(post, "image"), options) or None,
        draft=status == "draft",
        protected=protected,
    )
    return Entry(number, slug or title, manuscript)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _is_internal(tag: Row) -> bool:
    return _text(tag, "name").startswith("#") or tag.get("visibility") == "internal"


def _render(post: Row) -> str:
    if html := _text(post, "html"):
        return html
    if lexical := _text(post, "lexical"):
        return render_lexical(lexical)
    return render_mobiledoc(_text(post, "mobiledoc"))


def _at_home(text: str, options: Options) -> str:
    """Return a text with the placeholder of Ghost's own address filled in."""
    return text.replace(_HOME, options.url.rstrip("/")) if _HOME in text else text


def _find_link(post: Row, slug: str, options: Options) -> str | None:
    if address := _text(post, "canonical_url"):
        return _at_home(address, options)
    return f"{options.url}{quote(slug, errors='replace')}/" if options.url and slug else None


def _read_date(value: object, options: Options) -> datetime | None:
    """Return an instant: ISO 8601, or milliseconds in exports of old versions."""
    if isinstance(value, int) and 0 < value < 10**14:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=value)
    if not isinstance(value, str):
        return None
    try:
        return parse_date(value, options.zone).instant
    except ValueError:
        return None
