"""Freeze a digest: every card, level and language rendered and inlined once."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

from feedpub.catalog.categories import EVERYTHING, CategoryTree
from feedpub.digest.frozen import (
    Frozen,
    FrozenArticle,
    FrozenCard,
    FrozenEdition,
    Pair,
    Pattern,
)
from feedpub.digest.levels import LARGEST_CARD
from feedpub.digest.renderer import Gaps, Renderer, Row, html_pattern, text_pattern
from feedpub.digest.text import mail_url, one_line
from feedpub.digest.values import DigestArticle, DigestHead
from feedpub.digest.views import CardView, Links, SectionView, view_card, view_section
from feedpub.errors import TemplateError
from feedpub.model import Category
from feedpub.reading.summary import shorten

EXCERPT = 110
"""Graphemes of a summary that a preheader shows."""
_FURNITURE = ("top", "masthead", "rest", "footer")


def freeze(
    folders: Sequence[Path],
    head: DigestHead,
    articles: Iterable[DigestArticle],
    tree: CategoryTree,
    languages: Sequence[str],
) -> Frozen:
    """Return a digest in all of its languages.

    Args:
        folders: Of templates, first match wins.
        head: Of the digest.
        articles: In any order; ids unique.
        tree: That their categories are nodes of.
        languages: BCP 47, that of the site first.

    Raises:
        TemplateError: A template or style sheet cannot be used.
    """
    ordered = sorted(articles, key=_rank)
    kept = tuple(_freeze_article(article, tree) for article in ordered)
    nodes = _list_nodes(kept, tree)
    gaps = name_gaps(head, tree)
    editions = (
        _Edition(Renderer(folders, head, tag), head, gaps, tree).freeze(ordered, nodes)
        for tag in dict.fromkeys(languages)
    )
    return Frozen(
        content=head.content,
        cards=head.cards,
        section_cards=head.section_cards,
        prefix=one_line(head.subject_prefix),
        nodes=tuple(node.id for node in nodes),
        tops=tuple(node.id for node in nodes if len(node.path) < 2),
        articles=kept,
        editions=tuple(editions),
    )


def name_gaps(head: DigestHead, tree: CategoryTree) -> Gaps:
    """Return stand-ins that stand in nothing that is searched for them."""
    return Gaps(head, ["/".join(node.path) for node in tree])


def _rank(article: DigestArticle) -> tuple[bool, int, float, int]:
    """Put the lead first, then the newest; what came in one crawl by its date."""
    return not article.lead, -article.first_seen, -article.published.timestamp(), article.id


def _freeze_article(article: DigestArticle, tree: CategoryTree) -> FrozenArticle:
    above = (tree.ancestors(node) for node in article.categories)
    nodes = {node.id for line in above for node in line} | set(article.categories)
    return FrozenArticle(
        id=article.id,
        title=one_line(article.title),
        url=mail_url(article.url),
        first_seen=article.first_seen,
        categories=article.categories,
        nodes=tuple(sorted(nodes - {0})) or (0,),
        lead=article.lead,
    )


def _list_nodes(articles: Iterable[FrozenArticle], tree: CategoryTree) -> list[Category]:
    """Return the nodes that hold an article in the order of the tree, everything at the end."""
    used = {node for article in articles for node in article.nodes}
    return [*(node for node in tree if node.path and node.id in used), EVERYTHING]


class _Edition:
    """A digest in one language, while it is frozen."""

    def __init__(
        self, renderer: Renderer, head: DigestHead, gaps: Gaps, tree: CategoryTree
    ) -> None:
        self._renderer, self._head, self._gaps, self._tree = renderer, head, gaps, tree
        self._links = Links(
            unsubscribe=gaps["unsubscribe"],
            preferences=gaps["preferences"] if head.has_web else "",
            address=gaps["address"],
        )

    def freeze(self, articles: Sequence[DigestArticle], nodes: Sequence[Category]) -> FrozenEdition:
        tree, language = self._tree, self._renderer.language
        cards = {
            each.id: view_card(each, head=self._head, tree=tree, language=language)
            for each in articles
        }
        sections = {node.id: view_section(node, self._head.site) for node in nodes}
        before, between, after = self._renderer.frame
        return FrozenEdition(
            language=language.tag,
            frame=(_constant(before), _constant(between), _constant(after)),
            parts=self._freeze_parts(),
            rows=self._freeze_rows(),
            headings=self._freeze_sections("section", sections),
            more=self._freeze_sections("more", sections, more=self._gaps["number"]),
            cards=self._freeze_cards(cards),
        )

    def _freeze_parts(self) -> Mapping[str, Pair]:
        values: Mapping[str, object] = {"links": self._links, "more": self._gaps["number"]}
        html = self._inline([self._renderer.row(name, **values) for name in _FURNITURE])
        found = {
            name: (
                html_pattern(self._gaps, rows),
                text_pattern(self._gaps, self._renderer.text(name, **values)),
            )
            for name, rows in zip(_FURNITURE, html, strict=True)
        }
        _check_gaps(found)
        return found

    def _freeze_rows(self) -> Mapping[str, Pattern]:
        """Return what HTML alone has: the table of contents and the page in the archive."""
        renderer, gaps = self._renderer, self._gaps
        named = {name: renderer.row(name) for name in ("contents_head", "contents_end")}
        named["archive_footer"] = renderer.row("archive_footer")
        for previous, next_ in product((False, True), repeat=2):
            named[f"archive_top{previous:d}{next_:d}"] = renderer.row(
                "archive_top",
                previous=gaps["previous"] if previous else "",
                next=gaps["next"] if next_ else "",
            )
        html = self._inline(list(named.values()))
        before, after = renderer.archive_frame()
        return {
            **{name: html_pattern(gaps, rows) for name, rows in zip(named, html, strict=True)},
            "archive_before": (_constant(before),),
            "archive_after": (_constant(after),),
            "subject": self._freeze_subject(""),
            "subject_of_one": self._freeze_subject("{title}"),
        }

    def _freeze_subject(self, default: str) -> Pattern:
        names = {name: self._gaps[name] for name in ("title", "count", "others")}
        subject = one_line(self._head.subject) or default
        if not subject:
            return self._gaps.split(one_line(self._renderer.text("subject", **names)))
        for name, gap in names.items():
            subject = subject.replace("{" + name + "}", gap)
        return self._gaps.split(subject)

    def _freeze_sections(
        self, name: str, sections: Mapping[int, SectionView], **values: object
    ) -> Mapping[int, Pair]:
        views = list(sections.values())
        rows = [self._renderer.row(name, section=view, **values) for view in views]
        texts = [self._renderer.text(name, section=view, **values) for view in views]
        pairs = (
            (html_pattern(self._gaps, html), text_pattern(self._gaps, text))
            for html, text in zip(self._inline(rows), texts, strict=True)
        )
        return dict(zip(sections, pairs, strict=True))

    def _freeze_cards(self, cards: Mapping[int, CardView]) -> Mapping[int, FrozenCard]:
        contents = self._inline([self._row("contents_item", card) for card in cards.values()])
        variants: dict[int, dict[str, Pair]] = {article: {} for article in cards}
        for name in ("title", "summary", "lead", "full")[: (1, 3, 4)[self._head.content]]:
            shown = {
                article: card for article, card in cards.items() if name != "full" or card.body
            }
            for article, pair in self._freeze_level(name, shown):
                variants[article][name] = pair
        return {
            article: FrozenCard(
                excerpt=shorten(card.summary, EXCERPT),
                contents=html_pattern(None, html),
                variants=variants[article],
            )
            for (article, card), html in zip(cards.items(), contents, strict=True)
        }

    def _freeze_level(self, name: str, cards: Mapping[int, CardView]) -> Iterable[tuple[int, Pair]]:
        """Yield the cards of one level, those left out that are too large or leave their row."""
        rows = [self._row(name, card) for card in cards.values()]
        # A body is the work of others; whatever else does not keep to its place, a template did.
        whole = name == "full"
        inlined = self._renderer.inline_rows(rows) if whole else self._inline(rows)
        for (article, card), html in zip(cards.items(), inlined, strict=True):
            if html is None or (name != "title" and len(html.encode()) > LARGEST_CARD):
                continue
            text = self._renderer.text("summary" if name == "lead" else name, card=card)
            yield article, (html_pattern(None, html), text_pattern(None, text))

    def _row(self, name: str, card: CardView) -> Row:
        return self._renderer.row(name, card=card)

    def _inline(self, rows: Sequence[Row]) -> list[str]:
        """Return rows inlined.

        Raises:
            TemplateError: One of them is no row of a table, or reaches beyond its place.
        """
        found: list[str] = []
        for row, html in zip(rows, self._renderer.inline_rows(rows), strict=True):
            if html is None:
                raise TemplateError(
                    "it must write whole rows, <tr>...</tr>; compare it with the default by "
                    "'feedpub template diff'",
                    path=f"digest/{row.template}",
                )
            found.append(html)
        return found


def _constant(html: str) -> str:
    (text,) = html_pattern(None, html)
    return text


def _check_gaps(parts: Mapping[str, Pair]) -> None:
    """Refuse templates without a way out, or with a slot where none is filled in."""
    allowed = {"unsubscribe", "preferences", "address"}
    for name, pair in parts.items():
        for pattern, kind in zip(pair, ("html", "txt"), strict=True):
            gaps, path = set(pattern[1::2]), f"digest/{name}.{kind}"
            personal = name in ("top", "footer")
            if personal and "unsubscribe" not in gaps:
                raise TemplateError("it must show links.unsubscribe; add it", path=path)
            if not gaps <= (allowed if personal else {"number"} if name == "rest" else set()):
                raise TemplateError(
                    "'links' may stand in top and footer only; move it there", path=path
                )
