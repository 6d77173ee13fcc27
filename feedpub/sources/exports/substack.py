"""The posts of a Substack export: ``posts.csv`` and a file of HTML for each."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape

from feedpub.errors import ExportError
from feedpub.reading.dates import parse_date
from feedpub.reading.tags import attributes, scan_tags
from feedpub.reading.text import plain_line
from feedpub.reading.writing import Manuscript
from feedpub.sources.exports.entry import Entry, Options, Unread
from feedpub.sources.exports.package import Member, Package, read_member

TABLE = "posts.csv"
MAX_TABLE_BYTES = 64 * 1024**2
MAX_POST_BYTES = 8 * 1024**2
_NEEDED = ("post_id", "post_date", "is_published", "title")
_HINT = "name the archive that 'Settings, Export your data' gives"
# Calls to action, for the platform's own pages.
_ASIDE = ("button-wrapper", "subscription-widget", "captioned-button-wrap", "subscribe-widget")


def read_substack(package: Package, options: Options) -> Iterator[Entry | Unread]:
    """Yield the posts of an export, and its pages if they are asked for.

    What is only for payers is protected, and its text left out.

    Raises:
        ExportError: It is no export, or a part of one.
    """
    members = {member.name: member for member in package.members()}
    table = next((name for name in members if name.rpartition("/")[2] == TABLE), None)
    if table is None:
        raise ExportError(f"holds no {TABLE}; {_HINT}", path=package.path)
    folder = table[: -len(TABLE)]
    texts = {
        name.rpartition("/")[2].removesuffix(".html"): member
        for name, member in members.items()
        if name.startswith(f"{folder}posts/") and name.endswith(".html")
    }
    for row in _read_table(package, members[table]):
        yield from _read_row(row, texts.pop(row["post_id"], None), package, options)
    for member in texts.values():
        yield Unread(member.name, f"is not in {TABLE}; nothing tells whether it is published")


def _read_table(package: Package, member: Member) -> Iterator[dict[str, str]]:
    data = read_member(package, member, max_bytes=MAX_TABLE_BYTES)
    text = _decode(data, package, member)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = next(reader, [])
        missing = [name for name in _NEEDED if name not in names]
        if missing:
            raise ExportError(
                f"no column '{missing[0]}'; {_HINT}",
                path=package.path,
                member=member.name,
                line=1,
            )
        for cells in reader:
            if cells:
                yield dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))
    except csv.Error as error:
        raise ExportError(
            f"a table that breaks off or is damaged ({error}); export it again",
            path=package.path,
            member=member.name,
            line=reader.line_num,
        ) from error


def _decode(data: bytes, package: Package, member: Member) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExportError(
            "is not UTF-8; export it again", path=package.path, member=member.name, line=line
        ) from error


def _read_row(
    row: Mapping[str, str], text: Member | None, package: Package, options: Options
) -> Iterator[Entry | Unread]:
    key = row["post_id"].strip()
    if row.get("type") == "page" and not options.pages:
        return
    if not key:
        yield Unread(TABLE, f"a row without 'post_id' ({row['title'][:60]}); export it again")
        return
    published = row["is_published"].strip().lower() == "true"
    protected = (row.get("audience") or "everyone") != "everyone"
    if text is None and published and not protected:
        yield Unread(f"posts/{key}.html", "is published, and its text is missing; export it again")
        return
    body = ""
    if text is not None and not protected:
        data = read_member(package, text, max_bytes=MAX_POST_BYTES)
        body = _tidy(_decode(data, package, text)) + _link_audio(row)
    slug = key.partition(".")[2]
    title = plain_line(row["title"])
    manuscript = Manuscript(
        title=title or plain_line(slug.replace("-", " ")),
        body=body,
        date=_read_date(row["post_date"], options),
        id=f"{options.source}/{key.partition('.')[0]}",
        link=f"{options.url}p/{slug}" if options.url and slug else None,
        summary=None if protected else plain_line(row.get("subtitle", ""), longest=2000),
        draft=not published,
        protected=protected,
    )
    yield Entry(key.partition(".")[0], slug or title, manuscript)


def _read_date(text: str, options: Options) -> datetime | None:
    try:
        return parse_date(text, options.zone).instant
    except ValueError:
        return None


def _link_audio(row: Mapping[str, str]) -> str:
    address = row.get("podcast_url", "").strip()
    shown = escape(address)
    return f'<p><a href="{shown}">{shown}</a></p>' if address.startswith("http") else ""


def _tidy(html: str) -> str:
    """Return a post without its buttons."""
    parts: list[str] = []
    done, within, depth = 0, "", 0
    for tag in scan_tags(html):
        if within:
            if tag.name == within:
                depth += -1 if tag.closing else 1
            if not depth:
                done, within = tag.end, ""
        elif not tag.closing and tag.name in ("p", "div") and _is_aside(tag.attributes):
            parts.append(html[done : tag.start])
            within, depth = tag.name, 1
    return "".join([*parts, "" if within else html[done:]])


def _is_aside(written: str) -> bool:
    if "class" not in written:
        return False
    kinds = attributes(written).get("class", "")
    return any(name in kinds for name in _ASIDE)
