"""What an issue would be: the news of its window, frozen, and who would get which of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedpub.batches import cut_batches
from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import BACKDATED_S, Record, State
from feedpub.digest.values import DigestArticle, DigestHead, Level
from feedpub.mailing.editorial import Intro, read_intro
from feedpub.mailing.schedule import Due
from feedpub.mailing.setup import MailSetup
from feedpub.model import Choice, Entry
from feedpub.ports import Progress
from feedpub.ports.newsletter import Group, Selection
from feedpub.publishing.payload import Payload
from feedpub.publishing.renditions import render_stale
from feedpub.publishing.setup import open_transaction
from feedpub.publishing.standing import EVERYTHING
from feedpub.publishing.store import Catalog
from feedpub.publishing.workbench import Recipe, load_entries

if TYPE_CHECKING:
    from feedpub.digest import FrozenDigest

INTRO_NOTE = "intro"
"""Note of the site: digest of the editor's words that were sent last."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What the editor wants of one issue, besides what the articles themselves say.

    Attributes:
        subject: Of the mails; empty leaves it to the settings.
        lead: Row of the article that comes first, None for none.
        exclude: Rows of articles that are left out.
    """

    subject: str = ""
    lead: int | None = None
    exclude: tuple[int, ...] = ()


AS_IT_IS = Hand()
"""The editor wants nothing in particular."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An issue that could be made now.

    Attributes:
        due: Its window and key.
        digest: Frozen; None if there is no news.
        subject: As asked for; empty if each mail is called after its first article.
        articles: How many it is about.
        groups: Everybody who is asked about, alike ones together.
        selections: What those get for whom there is something in it.
        recipients: How many they are.
        intro: The editor's words.
    """

    due: Due
    digest: "FrozenDigest | None"
    subject: str
    articles: int
    groups: tuple[Group, ...]
    selections: tuple[Selection, ...]
    recipients: int
    intro: Intro


def make_draft(
    setup: MailSetup, due: Due, hand: Hand, progress: Progress, *, stand_in: bool = False
) -> Draft:
    """Gather, render and freeze what an issue is about; nothing is written but renditions.

    Call it while the site is held, so that no build brings news meanwhile.

    Args:
        setup: Of the newsletter.
        due: Its window and key.
        hand: What the editor wants.
        progress: Is told how far it is.
        stand_in: Without news take the newest articles, which are not news, to have something to
            look at.
    """
    starts = int(due.starts.timestamp())
    with open_transaction(setup.site.open_store) as catalog:
        used = catalog.shelves.meta().get(INTRO_NOTE, "")
        groups = catalog.issues.groups(setup.audience_of(due.frequency))
        first = min([starts, *(group.since for group in groups if group.since is not None)])
        news = {
            article: seen
            for seen, article in catalog.issues.news(first, int(due.ends.timestamp()))
            if article not in hand.exclude
        }
        news = _leave_backdated(catalog, news, int(setup.clock().timestamp()))
        if stand_in and not news:
            newest = catalog.shelves.newest(EVERYTHING, setup.letterhead.cards)
            news = {article: published for published, article in newest}
        tree = catalog.shelves.load_tree()
        wanted = _list_shown(catalog, tree, list(news), setup)
    intro = read_intro(setup.read_intro(), name=setup.intro_name, site=setup.site.site, used=used)
    full = setup.letterhead.content == Level.FULL
    pages = setup.site.make_pages is not None and setup.site.article_pages
    render_stale(
        setup.site, dict.fromkeys(wanted, full), pages=pages, search=False, progress=progress
    )
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        articles = _load_articles(setup, catalog, tree, {row: news[row] for row in wanted}, hand)
    subject = hand.subject or intro.subject
    digest = None
    if articles:
        head = _make_head(setup, due, intro, subject)
        maker = setup.make_digest()
        digest = maker.freeze(head, articles, tree, languages=setup.letterhead.languages)
    selections, recipients = _select(digest, groups, starts, setup.letterhead.languages)
    return Draft(due, digest, subject, len(articles), tuple(groups), selections, recipients, intro)


def _leave_backdated(catalog: Catalog, news: Mapping[int, int], now: int) -> dict[int, int]:
    """Return the news without what was dated long before it was first seen, which is no news.

    Builds report it. A first sight that lies ahead is one of a clock that was put right since.
    """
    kept = {}
    for rows in cut_batches(news):
        for record in catalog.sources.records(rows):
            if min(news[record.id], now) - record.published <= BACKDATED_S:
                kept[record.id] = news[record.id]
    return {row: kept[row] for row in news if row in kept}


def _list_shown(
    catalog: Catalog, tree: CategoryTree, news: Sequence[int], setup: MailSetup
) -> list[int]:
    """Return the news that some mail may show, latest first.

    A mail shows a few of each category and some dozens in all, so of a flood only the latest of
    each category have to be rendered.
    """
    most = setup.letterhead.cards + setup.letterhead.section_cards
    records: dict[int, Record] = {}
    nodes: dict[int, set[int]] = {}
    for rows in cut_batches(news):
        for record in catalog.sources.records(rows):
            if record.state == State.LIVE:
                records[record.id] = record
                nodes[record.id] = set(record.categories)
        for copy in catalog.sources.duplicates_of(rows):
            if copy.same_as in nodes:
                nodes[copy.same_as].update(copy.categories)
    counts: Counter[int] = Counter()
    shown = []
    for row in news:
        if row not in records:
            continue
        around = (
            {EVERYTHING} | nodes[row] | {up.id for id in nodes[row] for up in tree.ancestors(id)}
        )
        if any(counts[node] < most for node in around):
            shown.append(row)
        counts.update(around)
    return shown


def _load_articles(
    setup: MailSetup,
    catalog: Catalog,
    tree: CategoryTree,
    news: Mapping[int, int],
    hand: Hand,
) -> list[DigestArticle]:
    site = setup.site
    recipe = Recipe(
        site=site.site, tree=tree, entries=site.entries, archive=site.archive, mode=site.mode
    )
    articles: list[DigestArticle] = []
    for rows in cut_batches(news):
        said = {
            kept.article: Payload.from_bytes(kept.payload).digest
            for kept in catalog.renditions.get(rows)
        }
        for row, entry in load_entries(catalog, rows, recipe).items():
            if said.get(row) != "no":
                is_lead = row == hand.lead if hand.lead is not None else said.get(row) == "lead"
                articles.append(_make_article(row, entry, news[row], lead=is_lead))
    return articles


def _make_article(row: int, entry: Entry, first_seen: int, *, lead: bool) -> DigestArticle:
    return DigestArticle(
        id=row,
        title=entry.title,
        url=entry.url,
        summary=entry.summary,
        html=entry.html,
        published=entry.published,
        first_seen=first_seen,
        authors=entry.authors,
        categories=tuple(node.id for node in entry.categories),
        picture=entry.picture,
        language=entry.language,
        lead=lead,
    )


def _make_head(setup: MailSetup, due: Due, intro: Intro, subject: str) -> DigestHead:
    letterhead, site = setup.letterhead, setup.site.site
    return DigestHead(
        title=letterhead.title,
        date=due.scheduled.astimezone(site.zone).date(),
        site=site,
        subject=subject or letterhead.subject,
        subject_prefix=letterhead.subject_prefix,
        intro_html=intro.html,
        intro_text=intro.text,
        postal_address=letterhead.postal_address,
        archive_url=archive_url(setup, due.key),
        has_web=bool(letterhead.web_url),
        content=letterhead.content,
        cards=letterhead.cards,
        section_cards=letterhead.section_cards,
        utm=letterhead.utm,
    )


def archive_url(setup: MailSetup, key: str) -> str:
    """Return where an issue can be read in a browser; empty on a site without pages."""
    if setup.site.make_pages is None:
        return ""
    return f"{setup.site.site.feeds_url}newsletter/{key}/"


def _select(
    digest: "FrozenDigest | None",
    groups: Iterable[Group],
    starts: int,
    languages: Collection[str],
) -> tuple[tuple[Selection, ...], int]:
    """Return what the groups get for whom there is something in the digest, and their members."""
    if digest is None:
        return (), 0
    selections: dict[Selection, None] = {}
    recipients = 0
    has_news: dict[tuple[Choice, int], bool] = {}
    default = next(iter(languages))
    for group in groups:
        since = starts if group.since is None else group.since
        key = (group.choice, since)
        if key not in has_news:
            has_news[key] = digest.plan(group.choice, default, since) is not None
        if has_news[key]:
            selections[Selection(group.choice, group.language, since)] = None
            recipients += group.members
    return tuple(selections), recipients
