"""What is cast in a mould is, byte for byte, what feedgen writes."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from feedpub.feeds.body import NO_BODY, SLOT, Body, make_body
from feedpub.feeds.channel import ATOM, RSS, Format, Link, category_scheme
from feedpub.feeds.item import Item
from feedpub.feeds.mould import write_references
from feedpub.feeds.rss_atom import Head, cast, write_head
from feedpub.feeds.xml_item import render_xml_items, write_items
from feedpub.model import Picture
from tests.support.feeds import SITE

# All that XML can hold but the marks, and oftener than chance what it must escape.
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cn", "Cs"], exclude_characters="\ufffe\uffff"
) | st.sampled_from("<>&\"'\r\n\t]\x85\u2028 ")
TEXTS = st.text(CHARACTERS, min_size=1, max_size=20)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(9000, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC, microsecond=0)
)
NUMBERS = st.none() | st.integers(1, 10**9)
NAMES = st.lists(TEXTS, max_size=3).map(tuple)
ITEMS = st.builds(
    Item,
    id=TEXTS,
    url=TEXTS,
    title=TEXTS,
    summary=st.just("") | TEXTS,
    body=st.just(NO_BODY) | TEXTS.map(make_body),
    published=INSTANTS,
    updated=INSTANTS,
    authors=NAMES,
    categories=st.lists(st.lists(TEXTS, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple),
    tags=NAMES,
    picture=st.none() | st.builds(Picture, TEXTS, NUMBERS, NUMBERS, NUMBERS, st.none() | TEXTS),
    language=st.none() | TEXTS,
)
LINKS = st.lists(st.builds(Link, st.just("next-archive"), TEXTS, st.none() | TEXTS), max_size=3)
FORMS = st.sampled_from([RSS, ATOM])
HEADS = st.builds(
    Head,
    id=TEXTS,
    title=TEXTS,
    description=TEXTS,
    updated=INSTANTS,
    page=st.shared(TEXTS, key="page"),
    author=TEXTS,
    author_url=TEXTS,
    links=st.tuples(LINKS, st.shared(TEXTS, key="page")).map(
        lambda pair: (*pair[0], Link("alternate", pair[1], "text/html"))
    ),
    stylesheet=st.sampled_from(["../assets/feed.css", "../../assets/feed.css"]),
    language=TEXTS,
    copyright=st.just("") | TEXTS,
    icon=st.just("") | TEXTS.map("{}.png".format),
    ttl_minutes=st.integers(1, 100_000),
    archive=st.booleans(),
)


def write_one(item: Item) -> tuple[bytes, bytes]:
    """Return the entries that feedgen writes, cut out of its documents."""
    slotted = item._replace(body=Body(SLOT.encode(), b"") if item.body.xml else NO_BODY)
    found = []
    for document, tag in zip(
        write_items([slotted], category_scheme(SITE)), ("item", "entry"), strict=True
    ):
        start, end = document.index(f"<{tag}".encode()), document.rindex(f"</{tag}>".encode())
        entry = write_references(document[start:end]) + f"</{tag}>".encode()
        found.append(entry.replace(SLOT.encode(), item.body.xml))
    return found[0], found[1]


@given(st.lists(ITEMS, min_size=1, max_size=3))
def test_entries_are_those_that_feedgen_writes(items: Sequence[Item]) -> None:
    assert render_xml_items(items, SITE) == [write_one(item) for item in items]


@given(HEADS, FORMS)
def test_a_head_is_the_one_that_feedgen_writes(head: Head, form: Format) -> None:
    assert cast(head, form) == write_references(write_head(head, form))
