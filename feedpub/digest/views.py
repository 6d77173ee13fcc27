"""The values that templates of a digest see; docs/reference documents them: change with care."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from babel.dates import format_date

from feedpub.catalog.categories import CategoryTree
from feedpub.digest.body import WIDTH, fit_html, to_text
from feedpub.digest.text import LONGEST_NAME, LONGEST_SUMMARY, mail_url, many_lines, one_line
from feedpub.digest.values import DigestArticle, DigestHead, Level
from feedpub.model import Category, Picture, Site
from feedpub.pages.language import Language

if TYPE_CHECKING:
    from markupsafe import Markup

THUMBNAIL = 136
"""Pixels that a thumbnail is wide and high at most."""
_HERO_HEIGHT = 640


@dataclass(frozen=True, slots=True)
class DigestView:
    """The issue.

    Attributes:
        title: Of the newsletter.
        date: Of the issue, as its language writes it.
        site: As in the templates of pages.
        archive_url: Of the issue's page in the archive; empty if there is none.
        intro: The editor's words, HTML; may be empty.
        intro_text: The same as plain text.
        postal_address: Of the sender.
    """

    title: str
    date: str
    site: Site
    archive_url: str
    intro: "Markup"
    intro_text: str
    postal_address: str


@dataclass(frozen=True, slots=True)
class ImageView:
    """A picture, measured as a mail shows it.

    Attributes:
        src: Absolute.
        width: Pixels.
        height: Pixels; None where unknown.
    """

    src: str
    width: int
    height: int | None


@dataclass(frozen=True, slots=True)
class CardView:
    """An article.

    Attributes:
        title: One line.
        href: Absolute; empty where there is nothing to link to.
        summary: One line; may be empty.
        body: HTML; empty unless the whole article is shown.
        text: The body as plain text.
        published: Aware.
        authors: Names.
        category: Name of its main category; empty if it has none.
        language: BCP 47 where it differs from that of the digest, else None.
        thumbnail: Small; None if there is no picture.
        hero: As wide as the sheet; None if there is no picture that is wide enough, or the body
            shows it.
    """

    title: str
    href: str
    summary: str
    body: "Markup"
    text: str
    published: datetime
    authors: tuple[str, ...]
    category: str
    language: str | None
    thumbnail: ImageView | None
    hero: ImageView | None


@dataclass(frozen=True, slots=True)
class SectionView:
    """A category.

    Attributes:
        name: Of the node alone; empty for the articles without a category.
        href: Of its page; empty if it has none.
    """

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Links:
    """What is filled in for each recipient.

    Attributes:
        unsubscribe: An address, ``https`` or ``mailto``.
        preferences: An address; empty without a preference page.
        address: Of the recipient.
    """

    unsubscribe: str
    preferences: str
    address: str


def view_digest(head: DigestHead, language: Language) -> DigestView:
    """Return the issue as templates see it."""
    from markupsafe import Markup

    return DigestView(
        title=one_line(head.title),
        date=format_date(head.date, format="long", locale=language.locale),
        site=head.site,
        archive_url=mail_url(head.archive_url),
        intro=Markup(fit_html(head.intro_html)),  # noqa: S704  cleaned
        intro_text=many_lines(head.intro_text),
        postal_address=one_line(head.postal_address),
    )


def view_section(category: Category, site: Site) -> SectionView:
    """Return a category as templates see it; everything stands for what has no category."""
    href = mail_url(f"{site.feeds_url}{category.folder}/") if site.pages else ""
    return SectionView(one_line(category.name, LONGEST_NAME), href)


def view_card(
    article: DigestArticle, *, head: DigestHead, tree: CategoryTree, language: Language
) -> CardView:
    """Return an article as templates see it.

    Args:
        article: Anything but its ``html`` may hold anything.
        head: Of the digest.
        tree: That its categories are nodes of.
        language: Of the words around it.
    """
    from markupsafe import Markup

    title, summary = one_line(article.title), one_line(article.summary, LONGEST_SUMMARY)
    body = fit_html(article.html) if article.html and head.content is Level.FULL else ""
    own = article.language or head.site.language
    return CardView(
        title=title,
        href=mail_url(article.url, head.utm),
        summary="" if summary == title else summary,
        body=Markup(body),  # noqa: S704  cleaned
        text=to_text(body),
        published=article.published,
        authors=tuple(one_line(name, LONGEST_NAME) for name in article.authors[:5]),
        category=one_line(tree[article.categories[0]].name) if article.categories else "",
        language=None if own.lower() == language.tag.lower() else own,
        thumbnail=_fit(article.picture, THUMBNAIL, THUMBNAIL),
        hero=None if _shows(body, article.picture) else _fit_hero(article.picture),
    )


def _shows(body: str, picture: Picture | None) -> bool:
    if picture is None:
        return False
    return any(url and f'src="{url}"' in body for url in (picture.url, picture.original))


def _fit_hero(picture: Picture | None) -> ImageView | None:
    """Return a picture across the sheet, None where it would be blown up or fill the screen."""
    if picture is None or not (picture.width and picture.height) or picture.width < WIDTH:
        return None
    shown = _fit(picture, WIDTH, _HERO_HEIGHT)
    return shown if shown and shown.width == WIDTH else None


def _fit(picture: Picture | None, width: int, height: int) -> ImageView | None:
    """Return a picture within a box; one of unknown size is as wide as the box."""
    if picture is None or not (src := mail_url(picture.url)):
        return None
    if not (picture.width and picture.height):
        return ImageView(src, width, None)
    scale = min(width / picture.width, height / picture.height, 1)
    return ImageView(
        src, max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    )
