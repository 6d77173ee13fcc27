"""The kinds of value with a format of their own: URL, language, zone, id and category paths."""

import re
import unicodedata
from collections.abc import Mapping
from ipaddress import ip_network
from typing import TypeVar
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from feedpub.config.kinds import (
    InvalidValueError,
    Kind,
    choice,
    clean_text,
    expect,
    optional,
    refuse,
    texts,
)
from feedpub.model import CategoryPath

T = TypeVar("T")


def url(*, folder: bool = False) -> Kind[str]:
    """Return the kind of an absolute http or https address.

    Args:
        folder: Whether it stands for a place that others are below, and so ends with ``/``.
    """
    return Kind("URL", lambda value: _check_url(clean_text(value), folder=folder))


def _check_url(written: str, *, folder: bool) -> str:
    if not written:
        return ""
    try:
        parts = urlsplit(written)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise refuse(f"{written!r} is no URL; write it as https://example.com/") from error
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\<>\"']", written):
        raise refuse(f"{written!r} is no web address; write it as https://example.com/")
    if parts.username is not None or parts.password is not None:
        raise refuse("a user name or password in the URL; leave it out, everyone will read it")
    if folder and (parts.query or parts.fragment):
        raise refuse(f"{written!r} has a '?' or '#' part; leave it out")
    host = f"[{host}]" if ":" in host else host
    place = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    if folder and not place.endswith("/"):
        place += "/"
    netloc = f"{host}:{port}" if port is not None else host
    return urlunsplit((parts.scheme, netloc, place, parts.query, parts.fragment))


def networks() -> Kind[tuple[str, ...]]:
    """Return the kind of a list of networks of IP addresses."""
    return texts(what="networks", check_one=_check_network)


def _check_network(written: str) -> str:
    try:
        return str(ip_network(written))
    except ValueError as error:
        raise refuse(f"{written!r} is no network; write it as 10.0.0.0/8") from error


def language() -> Kind[str]:
    """Return the kind of a BCP 47 language tag, in its usual case."""

    def check(value: object) -> str:
        tag = clean_text(value)
        usual = normal_language(tag)
        if usual is None:
            raise refuse(f"{tag!r} is no language tag; write one such as zh-CN or en")
        if "_" in tag:
            raise refuse(f"{tag!r} is no language tag; did you mean {usual!r}?")
        return usual

    return Kind("language tag (BCP 47)", check)


def normal_language(tag: str) -> str | None:
    """Return a language tag in its usual case, ``_`` read as ``-``; None if it is none."""
    parts = tag.replace("_", "-").split("-")
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]):
        return None
    if not all(re.fullmatch(r"[A-Za-z0-9]{1,8}", part) for part in parts[1:]):
        return None
    return "-".join([parts[0].lower(), *(_usual_case(part) for part in parts[1:])])


def _usual_case(subtag: str) -> str:
    # RFC 5646, 2.1.1: two letters are a region, four a script.
    return {2: subtag.upper(), 4: subtag.title()}.get(len(subtag), subtag.lower())


def zone() -> Kind[ZoneInfo]:
    """Return the kind of a time zone of the IANA database."""

    def check(value: object) -> ZoneInfo:
        key = clean_text(value)
        try:
            return ZoneInfo(key)
        except (ValueError, OSError, KeyError) as error:
            raise refuse(f"{key!r} is no time zone;{_suggest_zone(key)}") from error

    return Kind("time zone (IANA name)", check)


def _suggest_zone(key: str) -> str:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    # Etc/GMT+8 is eight hours behind UTC: the last thing that whoever writes GMT+8 has in mind.
    zones = sorted(zone for zone in available_timezones() if not zone.startswith("Etc/"))
    by_lower = {zone.lower(): zone for zone in zones}
    by_lower |= {zone.split("/")[-1].lower(): zone for zone in zones}
    near = get_close_matches(key.lower(), by_lower, n=1, cutoff=0.85)
    if near:
        return f" did you mean {by_lower[near[0]]!r}?"
    return " name a city of it, such as Asia/Shanghai, or UTC"


def identifier() -> Kind[str]:
    """Return the kind of the UUID that ``init`` mints, in its usual form."""

    def check(value: object) -> str:
        from uuid import UUID

        written = clean_text(value)
        try:
            return str(UUID(written))
        except ValueError as error:
            raise refuse(
                f"{written!r} is no UUID; put back the one that 'feedpub init' wrote"
            ) from error

    return Kind("UUID", check)


def category() -> Kind[CategoryPath]:
    """Return the kind of one category path, such as ``news/china``; empty for none."""
    return Kind("category path", _check_category)


def _check_category(value: object) -> CategoryPath:
    if isinstance(value, list):
        names = tuple(clean_text(name) for name in value)
        if not all(names):
            raise refuse("a category without a name; write it as ['news', 'china']")
        return tuple(unicodedata.normalize("NFC", name) for name in names)
    written = clean_text(value)
    return category_path(written) if written else ()


def categories(*modes: T) -> Kind[T | Mapping[str, CategoryPath] | None]:
    """Return the kind of a mode, or of a table from names of categories to paths.

    Args:
        modes: Words that may stand in place of a table.
    """
    word = optional(choice(*modes))

    def check(value: object) -> T | Mapping[str, CategoryPath] | None:
        return _check_names(value) if isinstance(value, dict) else word.check(value)

    return Kind(f"{word.name}, or table", check)


def _check_names(table: dict[str, object]) -> Mapping[str, CategoryPath]:
    found: dict[str, CategoryPath] = {}
    faults: list[tuple[tuple[str | int, ...], str]] = []
    for name, path in table.items():
        try:
            found[unicodedata.normalize("NFC", name).strip().lower()] = _check_category(path)
        except InvalidValueError as error:
            faults += [((name,), message) for _, message in error.faults]
    if faults:
        raise InvalidValueError(*faults)
    return found


def renames() -> Kind[Mapping[CategoryPath, CategoryPath]]:
    """Return the kind of the table from old to new category paths."""
    return Kind("table", _check_renames)


def _check_renames(value: object) -> Mapping[CategoryPath, CategoryPath]:
    table = expect(value, dict, 'a table of "old/path" = "new/path"')
    found: dict[CategoryPath, CategoryPath] = {}
    faults: list[tuple[tuple[str | int, ...], str]] = []
    for old, new in table.items():
        try:
            found[category_path(old)] = category_path(clean_text(new))
        except InvalidValueError as error:
            faults += [((old,), message) for _, message in error.faults]
    circles = [old for old in table if not faults and _goes_round(found, category_path(old))]
    faults += [((old,), f"{old!r} is renamed to itself in the end; remove it") for old in circles]
    if faults:
        raise InvalidValueError(*faults)
    return {old: _last(found, old) for old in found}


def category_path(written: str) -> CategoryPath:
    r"""Return a category path written with ``/`` (``\/`` for one within a name).

    Raises:
        InvalidValueError: A name is empty.
    """
    parts = re.split(r"(?<!\\)/", unicodedata.normalize("NFC", written))
    names = tuple(part.replace("\\/", "/").strip() for part in parts)
    if not all(names):
        raise refuse(f"{written!r} has an empty name; write it as 'news/china'")
    return names


def _goes_round(renames: dict[CategoryPath, CategoryPath], start: CategoryPath) -> bool:
    seen, at = {start}, renames[start]
    while at in renames and at not in seen:
        seen.add(at)
        at = renames[at]
    return at in seen


def _last(renames: dict[CategoryPath, CategoryPath], start: CategoryPath) -> CategoryPath:
    while start in renames:
        start = renames[start]
    return start
