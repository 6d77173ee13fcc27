"""Which articles of a digest a choice shows, and in which section; pure arithmetic on ids."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from feedpub.digest.frozen import FrozenArticle
from feedpub.model import Choice


@dataclass(frozen=True, slots=True)
class Pick:
    """An article in its place.

    Attributes:
        article: Its id.
        section: Node whose section it is in; 0 for those without a category.
    """

    article: int
    section: int


@dataclass(frozen=True, slots=True)
class Picks:
    """What a choice shows.

    Attributes:
        picks: The lead first, then the newest first; never empty.
        omitted: By section, how many more there are.
        order: Every section that has something, in the order of the mail.
    """

    picks: tuple[Pick, ...]
    omitted: Counter[int]
    order: tuple[int, ...]


def list_sections(choice: Choice, *, nodes: Sequence[int], tops: Sequence[int]) -> list[int]:
    """Return the sections of a choice, in the order of the tree.

    Args:
        choice: Ids of nodes, ``()`` for all; those that hold nothing may be among them.
        nodes: That hold an article, in the order of the tree; 0 holds those without a category.
        tops: Those of them at the top of the tree, 0 among them.
    """
    if not choice or 0 in choice:
        return list(tops)
    wanted = frozenset(choice)
    return [node for node in nodes if node in wanted]


def index_articles(articles: Sequence[FrozenArticle]) -> Mapping[int, tuple[int, ...]]:
    """Return by node the places of the articles in it or below it, ascending."""
    found: dict[int, list[int]] = {}
    for place, article in enumerate(articles):
        for node in article.nodes:
            found.setdefault(node, []).append(place)
    return {node: tuple(places) for node, places in found.items()}


def pick(
    articles: Sequence[FrozenArticle],
    index: Mapping[int, Sequence[int]],
    sections: Sequence[int],
    *,
    since: int,
    hidden: Collection[int] = (),
    cards: int,
    section_cards: int,
) -> Picks | None:
    """Return what a choice shows, None if that is nothing.

    Each article is in the first section that holds it, and there once.

    Args:
        articles: The lead first, then the newest first.
        index: Of them.
        sections: In the order of the mail.
        since: Whole seconds; what was first seen before is no news.
        hidden: Ids of withdrawn articles.
        cards: Articles at most.
        section_cards: Articles of one section at most; the first of all stands above them.
    """
    placed: dict[int, int] = {}
    for section in sections:
        for place in index.get(section, ()):
            placed.setdefault(place, section)
    picks: list[Pick] = []
    shown: Counter[int] = Counter()
    omitted: Counter[int] = Counter()
    for place in sorted(placed):
        article, section = articles[place], placed[place]
        if article.first_seen < since or article.id in hidden:
            continue
        if not picks:
            picks.append(Pick(article.id, section))
        elif len(picks) < cards and shown[section] < section_cards:
            picks.append(Pick(article.id, section))
            shown[section] += 1
        else:
            omitted[section] += 1
    if not picks:
        return None
    present = {found.section for found in picks} | omitted.keys()
    return Picks(tuple(picks), omitted, tuple(node for node in sections if node in present))
