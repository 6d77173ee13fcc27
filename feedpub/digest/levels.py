"""The size guard: how much of each article a mail shows, so that Gmail never cuts it off.

Pure, in whole bytes of the decoded HTML part, so the same mail is planned on every run.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedpub.digest.picking import Pick
from feedpub.digest.values import Level

BUDGET = 90_000
"""Bytes of HTML that a mail is planned for; Gmail cuts near 102,000 (facts: a folk figure)."""

LARGEST_CARD = BUDGET // 4
"""A card above it is never offered: one article must not drive out all others."""

Sizes = tuple[int, int, int]
"""Bytes of a card by level, ascending."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands around the cards.

    Attributes:
        fixed: Bytes of all that every mail has, slots at their longest.
        headings: Of each section.
        more: Of each section's row that says how many more there are.
        rest: Of the row that says so of sections without a card.
    """

    fixed: int
    headings: Mapping[int, int]
    more: Mapping[int, int]
    rest: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """What fits.

    Attributes:
        levels: Of the cards shown: the first of those asked for.
        size: Bytes of the HTML part at most.
    """

    levels: tuple[Level, ...]
    size: int


def fit(
    picks: Sequence[Pick],
    sizes: Sequence[Sizes],
    omitted: Mapping[int, int],
    furniture: Furniture,
    *,
    highest: Level = Level.FULL,
    budget: int = BUDGET,
) -> Fitted:
    """Return the level of each card.

    Each gets its title, the last being dropped until they fit. If none was, cards are raised in
    order to summaries, and if all could be, to full texts; the first that does not fit ends it.

    Args:
        picks: At least one; the first stands above all sections.
        sizes: One a pick.
        omitted: By section, articles left out before.
        furniture: Around the cards.
        highest: The highest level that is wanted.
        budget: Bytes; the first card is shown even where it does not fit.
    """
    shown = len(picks)
    size = measure_titles(picks, sizes, omitted, furniture)
    while shown > 1 and size > budget:
        shown -= 1
        left = Counter(omitted) + Counter(pick.section for pick in picks[shown:])
        size = measure_titles(picks[:shown], sizes, left, furniture)
    levels = [Level.TITLE] * shown
    if shown == len(picks):
        for level in list(Level)[1 : highest + 1]:
            for place, card in enumerate(sizes):
                grown = card[level] - card[level - 1]
                if size + grown > budget:
                    return Fitted(tuple(levels), size)
                levels[place], size = level, size + grown
    return Fitted(tuple(levels), size)


def measure_titles(
    picks: Sequence[Pick],
    sizes: Sequence[Sizes],
    omitted: Mapping[int, int],
    furniture: Furniture,
) -> int:
    """Return the bytes of a mail that shows titles alone."""
    sections = {pick.section for pick in picks[1:]}
    more = {section for section, count in omitted.items() if count}
    return (
        furniture.fixed
        + sum(card[Level.TITLE] for card, _ in zip(sizes, picks, strict=False))
        + sum(furniture.headings[section] for section in sections)
        + sum(furniture.more[section] for section in more & sections)
        + (furniture.rest if more - sections else 0)
    )


def rank(offered: Mapping[Level, int]) -> tuple[Level, Level, Level]:
    """Return which level of a card stands in for title, summary and full text.

    Args:
        offered: Bytes by level; the title is always there.

    Returns:
        Levels whose sizes ascend. A whole article shorter than its summary takes the summary's
        place; a level that is not offered gives way to the one below.
    """
    full = max(offered)
    summary = max(level for level in offered if level <= Level.SUMMARY)
    if offered[full] <= offered[summary]:
        summary = full
    title = Level.TITLE
    if offered[summary] <= offered[title]:
        title = summary
    return title, summary, full
