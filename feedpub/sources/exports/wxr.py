"""WordPress's export format (WXR), item by item: memory does not grow with the number of posts."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from feedpub.errors import ExportError
from feedpub.sources.exports.mending import Mended
from feedpub.sources.exports.package import READ_FAULTS, Member, Package, unreadable

_Element = Any  # what the stubs of lxml know of elements is not enough for what is read here

_WP = "http://wordpress.org/export/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_TAGS = (
    "item", "link", "{*}author", "{*}category", "{*}term", "{*}base_blog_url", "{*}base_site_url",
)  # fmt: skip
# Nothing of an article is lost by them: a bare "&", a stray "]]>", a control character.
_HARMLESS = re.compile(
    r"ERR_ENTITYREF_(?:SEMICOL_MISSING|NO_NAME)|(?:ERR|WAR)_UNDECLARED_ENTITY|ERR_INVALID_CHAR"
    r"|ERR_INVALID_(?:DEC_|HEX_)?CHARREF|ERR_MISPLACED_CDATA_END|NS_\w+|WAR_\w+"
)


class Term(NamedTuple):
    """A category or a tag that an item names.

    Attributes:
        domain: ``category``, ``post_tag``, ``author`` or a plugin's.
        slug: ``nicename``.
        name: As shown.
    """

    domain: str
    slug: str
    name: str


class Item(NamedTuple):
    """An item as written.

    Attributes:
        line: From 1, on which it starts.
        fields: Text by name: ``title link guid pubDate content excerpt creator`` and those of
            WordPress; the first of two counts.
        terms: In order.
        meta: WordPress's custom fields.
    """

    line: int
    fields: dict[str, str]
    terms: list[Term]
    meta: dict[str, str]


class Definition(NamedTuple):
    """An element of the channel: ``author``, ``category``, ``term`` or an address."""

    kind: str
    fields: dict[str, str]


def read_wxr(package: Package, member: Member) -> Iterator[Item | Definition]:
    """Yield what a file defines and holds, in its order.

    Raises:
        ExportError: It is none of WordPress's, declares a document type, or breaks off; with line.
    """
    from lxml import etree

    with package.open(member.name) as stream:
        events = etree.iterparse(
            Mended(stream),
            events=("end",),
            tag=_TAGS,
            recover=True,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            yield from _read_events(events, package, member)
        except etree.XMLSyntaxError as error:
            raise _broken(package, member, str(error), error.lineno) from error
        except READ_FAULTS as error:
            raise unreadable(package, member.name, error) from error
        _check_end(events, package, member)


def _read_events(events: Any, package: Package, member: Member) -> Iterator[Item | Definition]:
    for number, (_, element) in enumerate(events):
        if number == 0:
            _check_type(element, package, member)
        namespace, name = split_name(element.tag)
        if name == "item" and not namespace:
            yield _read_item(element)
            _forget(element)
        elif (namespace.startswith(_WP) or name == "link") and _is_in_channel(element):
            fields = {"": _text(element), **_read_fields(element)}
            yield Definition(name, fields)


def _is_in_channel(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and split_name(parent.tag)[1] == "channel"


def _forget(element: _Element) -> None:
    """Let go of an element and of what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _check_type(element: _Element, package: Package, member: Member) -> None:
    if element.getroottree().docinfo.doctype:
        raise ExportError(
            "declares a document type, which no export of WordPress does; export it again",
            path=package.path,
            member=_name(package, member),
            line=1,
        )


def _check_end(events: Any, package: Package, member: Member) -> None:
    root = events.root
    for entry in events.error_log:
        if not _HARMLESS.fullmatch(entry.type_name):
            raise _broken(package, member, entry.message.strip(), entry.line)
    if root is None or root.tag != "rss":
        found = "nothing" if root is None else f"<{split_name(root.tag)[1]}>"
        raise ExportError(
            f"{found} where an export of WordPress has <rss>; name the file that 'Tools, Export' "
            "gives",
            path=package.path,
            member=_name(package, member),
            line=1,
        )
    if root.getroottree().docinfo.doctype:
        _check_type(root, package, member)


def _broken(package: Package, member: Member, reason: str, line: int | None) -> ExportError:
    reason = re.sub(r", line \d+, column \d+.*", "", reason)
    return ExportError(
        f"XML that breaks off or is damaged ({reason}); export it again",
        path=package.path,
        member=_name(package, member),
        line=line,
    )


def _name(package: Package, member: Member) -> str:
    return "" if package.path.endswith(member.name) else member.name


def _read_item(element: _Element) -> Item:
    fields: dict[str, str] = {}
    terms: list[Term] = []
    meta: dict[str, str] = {}
    line = int(element.sourceline or 1)
    for child in element:
        namespace, name = split_name(child.tag)
        if name == "category" and not namespace:
            domain = str(child.get("domain") or "category")
            terms.append(Term(domain, str(child.get("nicename") or ""), _text(child)))
        elif name == "postmeta" and namespace.startswith(_WP):
            pair = _read_fields(child)
            meta.setdefault(pair.get("meta_key", ""), pair.get("meta_value", ""))
        elif name == "encoded":
            fields.setdefault("content" if namespace == _CONTENT else "excerpt", _text(child))
        elif not namespace or namespace == _DC or namespace.startswith(_WP):
            fields.setdefault(name, _text(child))
    return Item(line, fields, terms, meta)


def _read_fields(element: _Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    for child in element:
        fields.setdefault(split_name(child.tag)[1], _text(child))
    return fields


def _text(element: _Element) -> str:
    """Return an element's text; references that XML does not know stay as written."""
    if not len(element):
        return (element.text or "").strip()
    parts = [element.text or ""]
    for child in element:
        parts += [child.text or "" if not isinstance(child.tag, str) else "", child.tail or ""]
    return "".join(parts).strip()


def split_name(tag: object) -> tuple[str, str]:
    """Return the name space and the local name of an element; both empty for what is none."""
    if not isinstance(tag, str):
        return "", ""
    namespace, brace, name = tag.rpartition("}")
    return (namespace[1:], name) if brace else ("", name)
