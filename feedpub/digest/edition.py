"""A frozen digest in one language, ready to be put together: blocks, and what they measure."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import NamedTuple

from feedpub.digest.frozen import FrozenEdition, Pair, Pattern
from feedpub.digest.levels import Furniture, Sizes, rank
from feedpub.digest.plan import Block, Slot, measure
from feedpub.digest.text import html_block, one_line, text_block, to_crlf
from feedpub.digest.values import Level

_LONGEST_PREHEADER = 100
# A character takes five bytes at most, as "&amp;"; padding and the end of the line come on top.
_PREHEADER_BYTES = _LONGEST_PREHEADER * 5 + 4
_NAMES = {Level.TITLE: "title", Level.SUMMARY: "summary", Level.FULL: "full"}
_MANY = "000000"

Blocks = tuple[Block, Block]
"""The same rows as HTML and as plain text."""


class Card(NamedTuple):
    """An article, as the first of a mail or as one of the others.

    Attributes:
        contents: Its line in the table of contents.
        line: Bytes of it.
        levels: Its blocks by level.
        sizes: Bytes of its HTML by level, ascending.
    """

    contents: Block
    line: int
    levels: tuple[Blocks, Blocks, Blocks]
    sizes: Sizes


class Edition:
    """Blocks of one language; each is made once, and is the same object in every mail."""

    def __init__(self, frozen: FrozenEdition, titles: Mapping[int, str]) -> None:
        self.language, self.titles = frozen.language, titles
        before, between, after = (_block((text,)) for text in frozen.frame)
        self.before, self.between, self.after = before, between, after
        self.top = _blocks(frozen.parts["top"])
        self.masthead = _blocks(frozen.parts["masthead"])
        self.footer = _blocks(frozen.parts["footer"])
        self.headings = {node: _blocks(pair) for node, pair in frozen.headings.items()}
        self.contents_head = _block(frozen.rows["contents_head"])
        self.contents_end = _block(frozen.rows["contents_end"])
        self.contents_frame = measure(self.contents_head) + measure(self.contents_end)
        self._frozen = frozen
        # Bound to this edition: what it remembers goes with it.
        self._variant = lru_cache(maxsize=None)(self._make_variant)
        self._contents = lru_cache(maxsize=None)(self._make_contents)
        self.card = lru_cache(maxsize=None)(self._make_card)
        self.more = lru_cache(maxsize=4096)(self._make_more)
        self.preheader = lru_cache(maxsize=4096)(self._make_preheader)
        self.furniture = self._measure()

    def excerpt(self, article: int) -> str:
        """Return how an article's summary begins; may be empty."""
        return self._frozen.cards[article].excerpt

    def subject(self, title: str, count: int) -> str:
        """Return the subject of a mail.

        Args:
            title: Of its first article.
            count: Of its articles.
        """
        values = {"title": title, "count": str(count), "others": str(count - 1)}
        return _fill(self._frozen.rows["subject" if count > 1 else "subject_of_one"], values)

    def archive(self, previous: str, next_: str) -> tuple[bytes, bytes, bytes, bytes]:
        """Return what stands on the page in the archive: before the rows, top, footer, after.

        Args:
            previous: Address of the issue before, relative or absolute; empty if there is none.
            next_: Of the issue after.
        """
        rows = self._frozen.rows
        values = {"previous": escape(previous), "next": escape(next_)}
        top = _fill(rows[f"archive_top{bool(previous):d}{bool(next_):d}"], values)
        before, footer, after = (
            rows[f"archive_{name}"][0] for name in ("before", "footer", "after")
        )
        return before.encode(), top.encode(), footer.encode(), after.encode()

    def _make_card(self, article: int, lead: bool) -> Card:
        names = {**_NAMES, Level.SUMMARY: "lead"} if lead else _NAMES
        variants = self._frozen.cards[article].variants
        offered = {
            level: self._variant(article, name) for level, name in names.items() if name in variants
        }
        sizes = {level: measure(html) for level, (html, _) in offered.items()}
        title, summary, full = rank(sizes)
        return Card(
            contents=self._contents(article),
            line=measure(self._contents(article)),
            levels=(offered[title], offered[summary], offered[full]),
            sizes=(sizes[title], sizes[summary], sizes[full]),
        )

    def _make_variant(self, article: int, name: str) -> Blocks:
        return _blocks(self._frozen.cards[article].variants[name])

    def _make_contents(self, article: int) -> Block:
        return _block(self._frozen.cards[article].contents)

    def _make_more(self, section: int | None, number: int) -> Blocks:
        """Return the row that says how many more a section has; None stands for all others."""
        pair = self._frozen.parts["rest"] if section is None else self._frozen.more[section]
        html, text = (_fill(pattern, {"number": str(number)}) for pattern in pair)
        return (html_block(html),), (text_block(text),)

    def _make_preheader(self, words: str) -> Block:
        return (html_block(escape(one_line(words, _LONGEST_PREHEADER), quote=False)),)

    def _measure(self) -> Furniture:
        more = {section: _measure_text(pair[0]) for section, pair in self._frozen.more.items()}
        fixed = (self.before, self.between, self.after, self.top[0], self.masthead[0])
        return Furniture(
            fixed=sum(map(measure, (*fixed, self.footer[0]))) + _PREHEADER_BYTES,
            headings={section: measure(html) for section, (html, _) in self.headings.items()},
            more=more,
            rest=_measure_text(self._frozen.parts["rest"][0]),
        )


def _blocks(pair: Pair) -> Blocks:
    html, text = pair
    return _block(html), _block(text)


def _block(pattern: Pattern) -> Block:
    return tuple(
        Slot(piece) if place % 2 else piece.encode() for place, piece in enumerate(pattern) if piece
    )


def _fill(pattern: Pattern, values: Mapping[str, str]) -> str:
    return "".join(values[piece] if place % 2 else piece for place, piece in enumerate(pattern))


def _measure_text(pattern: Pattern) -> int:
    return measure((to_crlf(_fill(pattern, {"number": _MANY})).encode(),))
