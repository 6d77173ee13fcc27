"""The values that page templates see; documented in docs/reference, so they change with care."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedpub.model import Category, CategoryPath, Entry, FeedSummary, Picture, Site
from feedpub.pages.links import link_between, web_url

EVERYTHING = Category(id=0, path=(), slugs=("all",))
"""The category that holds every article; its place in the output folder never changes."""

WEEKS_A_MONTH = 52 / 12


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something new comes.

    Attributes:
        unit: ``rare`` is less than once a month.
        count: Articles in that unit, rounded; 0 if rare.
    """

    unit: Literal["week", "month", "rare"]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A category with its place in the tree.

    Attributes:
        name: Innermost name; empty for everything.
        path: Names, outer to inner.
        folder: Its files are below it.
        articles: Published, those of its subtree included.
        pace: None where nothing can be said.
        updated: None if empty.
        children: In the order given.
    """

    name: str
    path: CategoryPath
    folder: str
    articles: int
    pace: Pace | None
    updated: datetime | None
    children: tuple["Line", ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture with its address as seen from the page.

    Attributes:
        src: Relative where we serve it ourselves.
        url: Absolute.
        width: None where unknown.
        height: None where unknown.
    """

    src: str
    url: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """An article in a list, or at the head of its own page.

    Attributes:
        title: Plain text.
        href: Relative for our own page; empty where its URL is none of the web's.
        summary: Plain text; may be empty or equal to the title.
        published: Aware.
        updated: Aware; None if it is the same day's.
        authors: Names.
        language: BCP 47 where it differs from that of the page, else None.
        categories: Of the article itself.
        tags: Plain text.
        image: None where there is none.
    """

    title: str
    href: str
    summary: str
    published: datetime
    updated: datetime | None
    authors: tuple[str, ...]
    language: str | None
    categories: tuple[Category, ...]
    tags: tuple[str, ...]
    image: Image | None


def measure_pace(weekly: float) -> Pace | None:
    """Return what to call a number of posts a week, None for none at all."""
    if weekly <= 0:
        return None
    if weekly >= 0.95:
        return Pace("week", int(weekly + 0.5))
    if (monthly := weekly * WEEKS_A_MONTH) >= 0.95:
        return Pace("month", int(monthly + 0.5))
    return Pace("rare")


def make_line(summary: FeedSummary, children: tuple[Line, ...] = ()) -> Line:
    """Return a category's line with the lines below it."""
    category = summary.category
    return Line(
        name=category.name,
        path=category.path,
        folder=category.folder,
        articles=summary.articles,
        pace=measure_pace(summary.weekly),
        updated=summary.updated,
        children=children,
    )


def grow_tree(summaries: Iterable[FeedSummary]) -> tuple[Line, ...]:
    """Nest categories by their paths.

    Args:
        summaries: In depth-first order; everything is left out. One whose parent is not among
            them stands at the top, so that no feed is ever lost from sight.
    """
    stack: list[tuple[CategoryPath, FeedSummary | None, list[Line]]] = [((), None, [])]

    def close() -> None:
        _, summary, children = stack.pop()
        if summary is not None:
            stack[-1][2].append(make_line(summary, tuple(children)))

    for summary in summaries:
        path = summary.category.path
        if not path:
            continue
        while stack[-1][0] != path[: len(stack[-1][0])]:
            close()
        stack.append((path, summary, []))
    while len(stack) > 1:
        close()
    return tuple(stack[0][2])


def make_image(picture: Picture | None, page: str) -> Image | None:
    """Return a picture as a page shows it, None where there is none that a page may show."""
    if picture is None or not (url := web_url(picture.url)):
        return None
    src = link_between(page, picture.path) if picture.path else url
    return Image(src=src, url=url, width=picture.width, height=picture.height)


def make_card(entry: Entry, *, page: str, page_language: str, site: Site) -> Card:
    """Return an article as a page shows it."""
    language = entry.language or site.language
    days = {instant.astimezone(site.zone).date() for instant in (entry.published, entry.updated)}
    return Card(
        title=entry.title,
        href=link_between(page, entry.page) if entry.page else web_url(entry.url),
        summary="" if entry.summary.strip() == entry.title.strip() else entry.summary,
        published=entry.published,
        updated=entry.updated if len(days) > 1 else None,
        authors=entry.authors,
        language=None if language.lower() == page_language.lower() else language,
        categories=entry.categories,
        tags=entry.tags,
        image=make_image(entry.picture, page),
    )


def list_ancestors(category: Category) -> Sequence[Category]:
    """Return the categories above one, outermost first; ids are not known here and are -1."""
    return [
        Category(id=-1, path=category.path[:depth], slugs=category.slugs[:depth])
        for depth in range(1, len(category.path))
    ]
