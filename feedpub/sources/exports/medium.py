"""The posts of a Medium export: a page of HTML with microformats for each (microformats.org)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from feedpub.errors import ExportError
from feedpub.reading.dates import parse_date
from feedpub.reading.text import plain_line
from feedpub.reading.writing import Manuscript
from feedpub.sources.exports.entry import Entry, Options, Unread
from feedpub.sources.exports.package import Member, Package, read_member

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_POST_BYTES = 8 * 1024**2
_NUMBER = re.compile(r"[-_/]([0-9a-f]{8,16})(?:\.html)?/?$")
_HINT = "name the archive that 'Settings, Download your information' gives"


def read_medium(package: Package, options: Options) -> Iterator[Entry | Unread]:
    """Yield the posts of an export; those that were never published are drafts.

    Raises:
        ExportError: It is no export, or a part of one.
    """
    pages = [member for member in package.members() if member.name.lower().endswith(".html")]
    # The archive also holds pages about claps, bookmarks and the like, each in a folder of its own.
    posts = [member for member in pages if "posts" in member.name.split("/")[:-1]] or [
        member for member in pages if "/" not in member.name
    ]
    if not posts:
        raise ExportError(f"holds no posts/*.html; {_HINT}", path=package.path)
    for member in posts:
        yield _read_post(package, member, options)


def _read_post(package: Package, member: Member, options: Options) -> Entry | Unread:
    from lxml import etree, html

    try:
        text = read_member(package, member, max_bytes=MAX_POST_BYTES).decode("utf-8-sig")
        page = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except UnicodeDecodeError:
        return Unread(member.name, "is not UTF-8; export it again")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Unread(member.name, "is no page that can be read; export it again")
    title, body = _first(page, "p-name"), _first(page, "e-content")
    if title is None or body is None:
        return Unread(member.name, "is no post of Medium (no p-name, no e-content); nothing to do")
    return _make_entry(page, title, body, member, options)


def _make_entry(
    page: "HtmlElement", title: "HtmlElement", body: "HtmlElement", member: Member, options: Options
) -> Entry:
    name = _text(title)
    canonical = _address(_first(page, "p-canonical"))
    key = _find_key(page, canonical, member)
    summary, day = _first(page, "p-summary"), _first(page, "dt-published")
    is_draft = member.name.rpartition("/")[2].startswith("draft_") or (
        day is None and not canonical
    )
    manuscript = Manuscript(
        title=name,
        body=_write_body(body, name),
        date=None if day is None else _read_date(str(day.get("datetime") or ""), options),
        id=f"https://medium.com/p/{key}",
        link=canonical or f"https://medium.com/p/{key}",
        categories=tuple((tag,) for one in _all(page, "p-tag") if (tag := _text(one))),
        authors=tuple(author for one in _all(page, "p-author") if (author := _text(one))),
        summary=None if summary is None else _text(summary),
        draft=is_draft,
    )
    return Entry(key, _find_slug(canonical) or name, manuscript)


def _all(page: "HtmlElement", name: str) -> "list[Any]":
    query = f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"
    found = page.xpath(query)
    return found if isinstance(found, list) else []


def _first(page: "HtmlElement", name: str) -> "Any | None":
    return next(iter(_all(page, name)), None)


def _text(element: "HtmlElement") -> str:
    # Text by now: a "&lt;" of it is one that is meant.
    return " ".join(str(element.text_content()).split())


def _address(element: "HtmlElement | None") -> str:
    address = "" if element is None else str(element.get("href") or "")
    return address if address.startswith(("https://", "http://")) else ""


def _find_key(page: "HtmlElement", canonical: str, member: Member) -> str:
    """Return Medium's own number of a post: it is in its short address, its address, its file."""
    for link in page.xpath("//footer//a/@href"):
        path = _path(str(link))
        if path.startswith("/p/") and len(path) > len("/p/"):
            return path.removeprefix("/p/").strip("/")
    number = _NUMBER.search(_path(canonical)) or _NUMBER.search(f"/{member.name}")
    return number[1] if number else member.name.rpartition("/")[2].removesuffix(".html")


def _find_slug(canonical: str) -> str:
    last = _path(canonical).rpartition("/")[2]
    return _NUMBER.sub("", last) if "-" in last else ""


def _path(address: str) -> str:
    """Return the path of an address; empty for what is none."""
    try:
        return urlsplit(address).path
    except ValueError:  # such as "http://[x"
        return ""


def _write_body(body: "HtmlElement", title: str) -> str:
    """Return the inside of a post, without the heading that repeats its title."""
    from html import escape

    from lxml import html

    for heading in _all(body, "graf--title"):
        if plain_line(_text(heading)) == plain_line(title) and heading.getparent() is not None:
            heading.drop_tree()
    inside = "".join(html.tostring(child, encoding="unicode") for child in body)
    return escape(body.text or "", quote=False) + inside


def _read_date(text: str, options: Options) -> datetime | None:
    try:
        return parse_date(text, options.zone).instant
    except ValueError:
        return None
