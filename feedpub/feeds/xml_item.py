"""An entry in RSS and in Atom, by feedgen and its one extension.

feedgen writes one entry of each shape, of marks; all others are cast in that mould, a batch at a
time, and read back. Text and attributes are escaped in them, so the end tag of an entry can stand
nowhere but at its end.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from feedpub.errors import LintError
from feedpub.feeds.body import NO_BODY, SLOT, Body, fill_slot
from feedpub.feeds.channel import category_scheme
from feedpub.feeds.item import Item, has_size, is_measured
from feedpub.feeds.lint import parse_xml
from feedpub.feeds.mould import Mould, escape_text, make_mark, write_references
from feedpub.feeds.text import to_html, to_rfc822
from feedpub.model import Picture, Site

if TYPE_CHECKING:
    from lxml import etree

_SLOT_UTF8 = SLOT.encode()
_ATOM_NAMESPACE = "{http://www.w3.org/2005/Atom}"


class _Shape(NamedTuple):
    """What the elements of an entry depend on.

    Attributes:
        body: Whether it has one.
        summary: Whether one is written.
        authors: How many.
        categories: How many.
        tags: How many.
        language: Whether it is named.
        picture: Whether there is one.
        sized: Whether its sides are known.
        typed: Whether its media type is.
        measured: Whether its bytes are.
    """

    body: bool
    summary: bool
    authors: int
    categories: int
    tags: int
    language: bool
    picture: bool
    sized: bool
    typed: bool
    measured: bool


class _Form(NamedTuple):
    """The mould of a format's entry, and the document around it.

    Attributes:
        mould: Of the entry.
        before: The document up to its first entry.
        after: The rest of it.
    """

    mould: Mould
    before: bytes
    after: bytes


def render_xml_items(items: Sequence[Item], site: Site) -> list[tuple[bytes, bytes]]:
    """Return the RSS item and the Atom entry of each article, in the order given.

    Raises:
        ValueError: One of them holds text that XML cannot.
        LintError: What was written does not read back.
    """
    if not items:
        return []
    scheme = category_scheme(site)
    rss, atom = [], []
    for item in items:
        rss_form, atom_form = _make_forms(_measure(item), scheme)
        texts = [escape_text(text) for text in _list_texts(item)]
        rss.append(rss_form.mould.fill(texts))
        atom.append(atom_form.mould.fill(texts))
    _check(rss_form, rss, items, "guid", "")
    _check(atom_form, atom, items, "id", _ATOM_NAMESPACE)
    return [
        (fill_slot(one, item.body.xml), fill_slot(other, item.body.xml))
        for one, other, item in zip(rss, atom, items, strict=True)
    ]


def _measure(item: Item) -> _Shape:
    picture = item.picture
    return _Shape(
        bool(item.body.xml),
        _has_summary(item),
        len(item.authors),
        len(item.categories),
        len(item.tags),
        bool(item.language),
        picture is not None,
        picture is not None and has_size(picture),
        picture is not None and bool(picture.media_type),
        picture is not None and is_measured(picture),
    )


def _list_texts(item: Item) -> list[str]:
    """Return every text of an entry, in an order that depends on its shape only."""
    texts = [
        item.id,
        item.url,
        item.title,
        item.updated.isoformat(),
        item.published.isoformat(),
        to_rfc822(item.published),
        *item.authors,
        *["/".join(path) for path in item.categories],
        *[path[-1] for path in item.categories],
        *item.tags,
    ]
    if _has_summary(item):
        texts.append(_summarise(item))
    if item.language:
        texts.append(item.language)
    if item.picture is not None:
        texts += _list_picture_texts(item.picture)
    return texts


def _list_picture_texts(picture: Picture) -> list[str]:
    texts = [picture.url]
    if has_size(picture):
        texts += (str(picture.width), str(picture.height))
    if picture.media_type:
        texts.append(picture.media_type)
        if picture.length:
            texts.append(str(picture.length))
    return texts


# Moulds


@lru_cache(maxsize=256)
def _make_forms(shape: _Shape, scheme: str) -> tuple[_Form, _Form]:
    """Return the RSS and the Atom form of a shape."""
    item = _make_dummy(shape)
    rss, atom = write_items([item], scheme)
    texts = [escape_text(text).decode() for text in _list_texts(item)]
    return _make_form(rss, "item", texts), _make_form(atom, "entry", texts)


def _make_form(document: bytes, tag: str, marks: Sequence[str]) -> _Form:
    document = write_references(document)
    start, end = document.index(f"<{tag}".encode()), document.index(f"</{tag}>".encode())
    end += len(f"</{tag}>")
    return _Form(Mould(document[start:end], marks), document[:start], document[end:])


def _make_dummy(shape: _Shape) -> Item:
    """Return an entry of marks."""
    marks = iter(make_mark(number) for number in range(1_000_000))
    numbers = iter(range(987_654_321_000, 987_654_321_999))
    picture = None
    if shape.picture:
        picture = Picture(
            next(marks),
            next(numbers) if shape.sized else None,
            next(numbers) if shape.sized else None,
            next(numbers) if shape.measured else None,
            next(marks) if shape.typed else None,
        )
    return Item(
        id=next(marks),
        url=next(marks),
        title=next(marks),
        summary=next(marks) if shape.summary else "",
        body=Body(_SLOT_UTF8, _SLOT_UTF8) if shape.body else NO_BODY,
        published=datetime(9001, 2, 3, 4, 5, 6, tzinfo=UTC),
        updated=datetime(9002, 3, 4, 5, 6, 7, tzinfo=UTC),
        authors=tuple(next(marks) for _ in range(shape.authors)),
        categories=tuple((next(marks), next(marks)) for _ in range(shape.categories)),
        tags=tuple(next(marks) for _ in range(shape.tags)),
        picture=picture,
        language=next(marks) if shape.language else None,
    )


# feedgen


def write_items(items: Sequence[Item], scheme: str) -> tuple[bytes, bytes]:
    """Return an RSS and an Atom document of entries, whose bodies are the slot, as feedgen does."""
    from feedgen.feed import FeedGenerator

    from feedpub.feeds.extension import NAME, EntryExtension, FeedExtension

    generator = FeedGenerator()
    generator.register_extension(NAME, FeedExtension, EntryExtension)
    generator.id("-")
    generator.title("-")
    generator.subtitle("-")
    generator.link(href="-")
    for item in items:
        _add_entry(generator, item, scheme)
    return generator.rss_str(pretty=True), generator.atom_str(pretty=True)


def _add_entry(generator: Any, item: Item, scheme: str) -> None:
    entry = generator.add_entry(order="append")
    entry.id(item.id)
    entry.title(item.title)
    entry.updated(item.updated)
    entry.link(href=item.url)
    entry.author([{"name": name} for name in item.authors])
    entry.category(_list_categories(item, scheme))
    _add_texts(entry, item)
    links = [{"rel": "alternate"}]
    picture = item.picture
    if picture is not None and is_measured(picture):
        entry.enclosure(picture.url, picture.length, picture.media_type)
        length, media_type = str(picture.length), str(picture.media_type)
        links.append({"rel": "enclosure", "type": media_type, "length": length})
    entry.feedpub.item = item
    entry.feedpub.links = links


def _add_texts(entry: Any, item: Item) -> None:
    # A summary is HTML in both formats: RSS readers take a description for that whatever it is.
    if item.body.xml:
        entry.content(SLOT, type="html")
    if _has_summary(item):
        entry.summary(_summarise(item), type="html")


def _has_summary(item: Item) -> bool:
    return bool(item.summary) or not item.body.xml


def _summarise(item: Item) -> str:
    return to_html(item.summary or item.title)


def _list_categories(item: Item, scheme: str) -> list[dict[str, str]]:
    paths = [{"term": "/".join(path), "scheme": scheme} for path in item.categories]
    return paths + [{"term": tag} for tag in item.tags]


# Reading back


def _check(
    form: _Form, entries: Sequence[bytes], items: Sequence[Item], id_tag: str, namespace: str
) -> None:
    root = parse_xml(b"".join([form.before, *entries, form.after]), "entries")
    ids, titles = (_list_texts_of(root, namespace + tag) for tag in (id_tag, "title"))
    # The head has a title and perhaps an id of its own.
    if ids[-len(items) :] != [item.id for item in items] or titles[1:] != [
        item.title for item in items
    ]:
        raise LintError("entries", ["they do not read back as they were written"])


def _list_texts_of(root: "etree._Element", tag: str) -> list[str | None]:
    return [element.text for element in root.iter(tag)]
