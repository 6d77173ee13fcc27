"""What is published once for the whole site: subscribe page, OPML, assets, scripts, status."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feedpub.catalog.categories import CategoryTree
from feedpub.embeds.places import INDEX
from feedpub.feeds import build_opml
from feedpub.model import FeedSummary, Site
from feedpub.publishing.standing import EVERYTHING
from feedpub.publishing.store import Shelves

if TYPE_CHECKING:
    from feedpub.embeds.maker import Embeds
    from feedpub.pages import Pages

_WEEK_S = 7 * 24 * 3600
_WEEKS = 12


def summarise_feeds(shelves: Shelves, tree: CategoryTree) -> list[FeedSummary]:
    """Return a line for each category that has or had articles, everything first, depth-first."""
    counts = shelves.counts()
    doubled = _count_doubled(shelves.overlaps(), tree)
    recent = {shelf: _list_recent(shelves, shelf) for shelf in counts}
    return [_summarize(node.id, tree, counts, doubled, recent) for node in tree]


def _count_doubled(overlaps: Mapping[tuple[int, ...], int], tree: CategoryTree) -> Counter[int]:
    """Return how often articles stand in a category, or below it, more than once."""
    doubled: Counter[int] = Counter()
    for shelves, articles in overlaps.items():
        times = Counter(
            node.id for shelf in shelves for node in (tree[shelf], *tree.ancestors(shelf))
        )
        doubled.update({node: articles * (number - 1) for node, number in times.items()})
    return doubled


def _list_recent(shelves: Shelves, shelf: int) -> list[tuple[int, int]]:
    newest = shelves.newest(shelf, 1)
    if not newest:
        return []
    end = newest[0][0] + 1
    return shelves.between(shelf, end - _WEEKS * _WEEK_S, end)


def _summarize(
    category: int,
    tree: CategoryTree,
    counts: Mapping[int, int],
    doubled: Mapping[int, int],
    recent: Mapping[int, Sequence[tuple[int, int]]],
) -> FeedSummary:
    node = tree[category]
    if category == EVERYTHING:
        below, number = {EVERYTHING}, counts.get(EVERYTHING, 0)
    else:
        below = {item.id for item in tree.subtree(category)}
        number = sum(counts.get(shelf, 0) for shelf in below) - doubled.get(category, 0)
    articles = {article for shelf in below for article in recent.get(shelf, ())}
    times = sorted((time for time, _ in articles), reverse=True)
    return FeedSummary(
        category=node,
        articles=number,
        own_articles=counts.get(category, 0),
        weekly=_per_week(times),
        updated=datetime.fromtimestamp(times[0], UTC) if times else None,
    )


def _per_week(times: Sequence[int]) -> float:
    """Return posts a week over the weeks, at most twelve, that the newest ones span."""
    if not times:
        return 0.0
    since = times[0] - _WEEKS * _WEEK_S
    counted = [time for time in times if time > since]
    weeks = max(1.0, min(_WEEKS, (times[0] - counted[-1]) / _WEEK_S))
    return round(len(counted) / weeks, 1)


def find_children(
    summaries: Sequence[FeedSummary], tree: CategoryTree
) -> dict[int, list[FeedSummary]]:
    """Return the summaries of the categories with articles right below each one."""
    by_id = {summary.category.id: summary for summary in summaries}
    return {
        category: [by_id[child.id] for child in tree.children(category) if by_id[child.id].articles]
        for category in by_id
    }


def make_front_pages(
    summaries: Sequence[FeedSummary],
    site: Site,
    pages: "Pages | None",
    embeds: "Embeds | None" = None,
) -> dict[str, bytes]:
    """Return what is published once, by path; categories without articles are left out of it."""
    shown = [item for item in summaries if item.articles or not item.category.path]
    documents = {"feeds.opml": build_opml(shown, site), "status.json": _status(shown)}
    if pages is not None:
        documents |= {"index.html": pages.index(shown), **pages.assets()}
    if embeds is not None:
        documents |= embeds.files()
    if embeds is not None and pages is not None:
        documents[INDEX] = embeds.index(shown, pages)
    return documents


def _status(summaries: Sequence[FeedSummary]) -> bytes:
    everything = summaries[0]
    updated = everything.updated
    status = {
        "articles": everything.articles,
        "categories": len(summaries) - 1,
        "feeds": 3 * len(summaries),
        "updated": None if updated is None else updated.isoformat().replace("+00:00", "Z"),
    }
    return json.dumps(status, indent=2).encode() + b"\n"
