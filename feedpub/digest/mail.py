"""One mail of a digest while it is planned: how much of each article, and in which order."""

from collections import Counter
from collections.abc import Iterator, Sequence

from feedpub.digest.edition import Blocks, Edition
from feedpub.digest.levels import Fitted, Furniture, Sizes, fit
from feedpub.digest.picking import Pick, Picks
from feedpub.digest.plan import Block, Plan
from feedpub.digest.text import one_line
from feedpub.digest.values import Level

CONTENTS_FROM = 4
"""Articles from which on a mail has a table of contents."""
_LONGEST_SUBJECT_TITLE = 120


class Mail:
    """The mail of everybody with the same choice."""

    def __init__(self, edition: Edition, selection: Picks) -> None:
        self._edition, self._selection = edition, selection
        self._cards = [
            edition.card(found.article, place == 0) for place, found in enumerate(selection.picks)
        ]

    def plan(self, *, prefix: str, content: Level) -> Plan:
        """Return the blocks of the mail.

        Args:
            prefix: Of the subject; may be empty.
            content: The highest level of a card.
        """
        fitted, has_contents = self._fit(content)
        edition = self._edition
        rows = list(self.rows(fitted.levels))
        shown = self._selection.picks[: len(fitted.levels)]
        html = [block for block, _ in rows]
        if has_contents:
            html = self._add_contents(html, shown, whole=fitted.levels[0] is Level.FULL)
        return Plan(
            subject=self._subject(prefix),
            language=edition.language,
            articles=tuple(found.article for found in self._in_order(shown)),
            html=(
                edition.before,
                edition.preheader(self._preheader(shown)),
                edition.between,
                edition.top[0],
                edition.masthead[0],
                *html,
                edition.footer[0],
                edition.after,
            ),
            text=(
                edition.masthead[1],
                edition.top[1],
                *(text for _, text in rows),
                edition.footer[1],
            ),
        )

    def rows(self, levels: Sequence[Level]) -> Iterator[Blocks]:
        """Yield the rows of the articles: the first, then section by section.

        Args:
            levels: Of the first so many picks; the others are left to the site.
        """
        picks, edition = self._selection.picks, self._edition
        yield self._cards[0].levels[levels[0]]
        left = Counter(found.section for found in picks[len(levels) :]) + self._selection.omitted
        by_section: dict[int, list[int]] = {}
        for place in range(1, len(levels)):
            by_section.setdefault(picks[place].section, []).append(place)
        for section in self._selection.order:
            if places := by_section.get(section):
                yield edition.headings[section]
                yield from (self._cards[place].levels[levels[place]] for place in places)
                if count := left.pop(section, 0):
                    yield edition.more(section, count)
        if count := left.total():
            yield edition.more(None, count)

    def _fit(self, content: Level) -> tuple[Fitted, bool]:
        """Return the levels of the cards, and whether a table of contents stands above them.

        It is left out of a mail that is a list of titles itself.
        """
        sizes = [card.sizes for card in self._cards]
        if content is not Level.TITLE and len(sizes) >= CONTENTS_FROM:
            wider = [
                (title + card.line, summary + card.line, full + card.line)
                for (title, summary, full), card in zip(sizes, self._cards, strict=True)
            ]
            found = self._fit_sizes(wider, self._edition.contents_frame, content)
            if any(found.levels):
                return found, True
            return self._fit_sizes(sizes, 0, Level.TITLE), False
        return self._fit_sizes(sizes, 0, content), False

    def _fit_sizes(self, sizes: Sequence[Sizes], more: int, highest: Level) -> Fitted:
        room, selection = self._edition.furniture, self._selection
        around = Furniture(room.fixed + more, room.headings, room.more, room.rest)
        return fit(selection.picks, sizes, selection.omitted, around, highest=highest)

    def _add_contents(
        self, html: Sequence[Block], shown: Sequence[Pick], *, whole: bool
    ) -> list[Block]:
        """Return rows with a table of contents.

        Args:
            html: Rows, the first article's before all others.
            shown: The articles in them.
            whole: The first one is shown whole: it would hide a table below it, so that the table
                stands above all and names it, too.
        """
        edition = self._edition
        listed = self._in_order(shown)[0 if whole else 1 :]
        lines = (edition.card(found.article, False).contents for found in listed)
        table = (edition.contents_head, *lines, edition.contents_end)
        return [*table, *html] if whole else [html[0], *table, *html[1:]]

    def _in_order(self, shown: Sequence[Pick]) -> list[Pick]:
        """Return picks in the order of the mail."""
        places = {section: place for place, section in enumerate(self._selection.order)}
        first, *others = shown
        return [first, *sorted(others, key=lambda found: places[found.section])]

    def _subject(self, prefix: str) -> str:
        title = one_line(self._title(self._selection.picks[0]), _LONGEST_SUBJECT_TITLE)
        count = len(self._selection.picks) + self._selection.omitted.total()
        return " ".join(part for part in (prefix, self._edition.subject(title, count)) if part)

    def _preheader(self, shown: Sequence[Pick]) -> str:
        """Return what a list of messages shows beside the subject: what else is in the mail."""
        first, *others = self._in_order(shown)
        words = " · ".join(self._title(found) for found in others[:3])
        return words or self._edition.excerpt(first.article)

    def _title(self, found: Pick) -> str:
        return self._edition.titles[found.article]
