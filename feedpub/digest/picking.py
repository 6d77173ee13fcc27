"""Which articles of a digest a choice shows, and in which section; pure arithmetic on ids."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
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
class Selection:
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
    return [node for node in nodes if node in choice]


def pick(
    articles: Iterable[FrozenArticle],
    sections: Sequence[int],
    *,
    since: int,
    hidden: Collection[int] = (),
    cards: int,
    section_cards: int,
) -> Selection | None:
    """Return what a choice shows, None if that is nothing.

    Each article is in the first section that holds it, and there once.

    Args:
        articles: The lead first, then the newest first.
        sections: In the order of the mail.
        since: Whole seconds; what was first seen before is no news.
        hidden: Ids of withdrawn articles.
        cards: Articles at most.
        section_cards: Articles of one section at most; the first of all stands above them.
    """
    picks: list[Pick] = []
    shown: Counter[int] = Counter()
    omitted: Counter[int] = Counter()
    for article in articles:
        if article.first_seen < since or article.id in hidden:
            continue
        section = next((node for node in sections if node in article.nodes), None)
        if section is None:
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
    return Selection(tuple(picks), omitted, tuple(node for node in sections if node in present))
