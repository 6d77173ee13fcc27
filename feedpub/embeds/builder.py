"""What the page shows on which snippets are made: every category in every form, ready to copy."""

from collections.abc import Sequence
from dataclasses import dataclass

from feedpub.embeds.places import frame_path
from feedpub.embeds.scripts import Scripts
from feedpub.embeds.snippets import Snippets
from feedpub.model import (
    EMBED_FORMS,
    EMBED_LAYOUTS,
    MAX_EMBED_LIMIT,
    EmbedLook,
    FeedSummary,
    Snippet,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A category on the builder page.

    Attributes:
        name: Innermost; empty for everything.
        label: Names outer to inner, or what everything is called.
        depth: 0 for everything and the outermost.
        folder: Of its feeds.
        frame: Path of the page that an iframe shows.
        articles: That it has, or as many as an embed shows at most.
        snippets: By form.
    """

    name: str
    label: str
    depth: int
    folder: str
    frame: str
    articles: int
    snippets: dict[str, Snippet]


@dataclass(frozen=True, slots=True)
class Builder:
    """What the template ``pages/embed.html`` sees; documented in docs/reference.

    Attributes:
        choices: Everything first, then the tree in depth-first order.
        forms: In the order of the page.
        layouts: That an element and an iframe may have.
        limit: Articles, if nothing else is asked for.
        max_limit: Articles at most.
        loads: Lines that load a script, by form and by whether it is the one that is updated.
        element: Path of the script of the element.
        resize: Path of the script that gives frames their height.
        style: URL of the style sheet of a fragment.
    """

    choices: tuple[Choice, ...]
    forms: tuple[str, ...]
    layouts: tuple[str, ...]
    limit: int
    max_limit: int
    loads: dict[str, str]
    element: str
    resize: str
    style: str


def describe_builder(
    summaries: Sequence[FeedSummary], snippets: Snippets, scripts: Scripts
) -> Builder:
    """Return what the page shows.

    Args:
        summaries: Everything first, then the tree in depth-first order.
        snippets: Of the site.
        scripts: As published.
    """
    return Builder(
        choices=tuple(_choose(summary, snippets) for summary in summaries),
        forms=EMBED_FORMS,
        layouts=EMBED_LAYOUTS,
        limit=EmbedLook().limit,
        max_limit=MAX_EMBED_LIMIT,
        loads={
            "element-pinned": snippets.load(scripts.element, latest=False),
            "element-latest": snippets.load(scripts.element, latest=True),
            "iframe-pinned": snippets.load(scripts.resize, latest=False),
            "iframe-latest": snippets.load(scripts.resize, latest=True),
        },
        element=scripts.element.latest,
        resize=scripts.resize.latest,
        style=snippets.absolute(scripts.style.latest),
    )


def _choose(summary: FeedSummary, snippets: Snippets) -> Choice:
    category = summary.category
    # More would only change the page with every article.
    articles = min(summary.articles, MAX_EMBED_LIMIT)
    return Choice(
        name=category.name,
        label=snippets.name(category),
        depth=max(0, len(category.path) - 1),
        folder=category.folder,
        frame=frame_path(category.folder),
        articles=articles,
        snippets={form: snippets.make(category, form, articles=articles) for form in EMBED_FORMS},
    )
