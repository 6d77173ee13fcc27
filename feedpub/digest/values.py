"""What a digest is made from: articles and head, as they are when it is frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from feedpub.model import Picture, Site


class Level(IntEnum):
    """How much of an article a card shows."""

    TITLE = 0
    SUMMARY = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class DigestArticle:
    """An article that is news.

    Attributes:
        id: Of the catalog, unique.
        title: Plain text.
        url: Absolute; one that is none of the web's leaves the title without a link.
        summary: Plain text; may be empty.
        html: Cleaned body, every address absolute; None where there is none.
        published: Aware.
        first_seen: Whole seconds since the epoch; what counts as its age.
        authors: Names.
        categories: Ids of the nodes that it stands in itself, the main one first.
        picture: None where there is none.
        language: BCP 47; None means that of the site.
        lead: Whether the editor wants it first.
    """

    id: int
    title: str
    url: str
    summary: str
    html: str | None
    published: datetime
    first_seen: int
    authors: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()
    picture: Picture | None = None
    language: str | None = None
    lead: bool = False


@dataclass(frozen=True, slots=True)
class DigestHead:
    """What a digest says besides its articles, and how much of them it shows.

    Attributes:
        title: Of the newsletter, plain text.
        date: Of the issue, in the site's zone.
        site: Its title, addresses, language and zone.
        subject: Of the mails; ``{title}``, ``{count}`` and ``{others}`` stand for the first
            article's title, the number of articles, and that number less one. Empty means
            the default.
        subject_prefix: Such as ``广告``; may be empty.
        intro_html: The editor's words, cleaned; may be empty.
        intro_text: The same as plain text, of several lines.
        postal_address: Of the sender, plain text; may be empty in a rehearsal only.
        archive_url: The same digest as a page, absolute; empty if there is none.
        has_web: Whether there is a preference page.
        content: The highest level of a card.
        cards: Articles that a mail shows at most, at least 1.
        section_cards: Articles that one section shows at most, at least 1.
        utm: Appended to the links of articles, such as ``utm_source=newsletter``; may be empty.
    """

    title: str
    date: date
    site: Site
    subject: str = ""
    subject_prefix: str = ""
    intro_html: str = ""
    intro_text: str = ""
    postal_address: str = ""
    archive_url: str = ""
    has_web: bool = False
    content: Level = Level.SUMMARY
    cards: int = 30
    section_cards: int = 5
    utm: str = ""
