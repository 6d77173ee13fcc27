"""What a portal's editor copies: a few lines for a category, in one of five forms.

The builder page shows the same lines with a gap for what its form is set to, so each snippet is
made of what comes before and what comes after.
"""

from html import escape
from urllib.parse import quote, urlsplit

from feedpub.embeds.places import fragment_path, frame_path, oembed_path
from feedpub.embeds.scripts import Script, Scripts
from feedpub.feeds.text import to_uri
from feedpub.model import Category, EmbedForm, EmbedLayout, EmbedLook, Site, Snippet

FRAME_WIDTH = 600
FRAME_HEIGHT = 480
"""Of an iframe whose content has not told its own, in CSS pixels."""

ROWS_EM: dict[EmbedLayout, float] = {"list": 8.4, "grid": 7, "compact": 5.5, "headlines": 2.5}
GAP_EM = 1
"""What an article takes with the gap after it, three side by side in a grid; see feedpub-feed.css.

The page keeps this room until the script is there, so that nothing moves when it is.
"""

SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
"""Enough for links that open in a new tab; the content cannot reach the page around it."""


class Snippets:
    """Makes the snippets of a site."""

    def __init__(self, site: Site, scripts: Scripts, *, everything: str) -> None:
        """Prepare.

        Args:
            site: That is embedded.
            scripts: As published.
            everything: What the category of all articles is called.
        """
        self._site, self._scripts, self._everything = site, scripts, everything
        self._base = to_uri(site.feeds_url)

    def make(
        self,
        category: Category,
        form: EmbedForm,
        look: EmbedLook | None = None,
        articles: int | None = None,
    ) -> Snippet:
        """Return the snippet of a category.

        Args:
            category: Of the site.
            form: One of ``EMBED_FORMS``.
            look: As by default if None.
            articles: That there are by now; no room is kept for more. None if nobody knows.
        """
        chosen = look or EmbedLook()
        if form == "element":
            return self._make_element(category, chosen, articles)
        if form == "iframe":
            return self._make_iframe(category, chosen)
        if form == "fragment":
            url = self.absolute(fragment_path(category.folder))
            return Snippet("", f'<!--#include virtual="{urlsplit(url).path}" -->', "", "", url)
        if form == "oembed":
            url = self.absolute(oembed_path(category.folder))
            return Snippet("", self.page_url(category), "", "", url)
        url = self.absolute(f"{category.folder}/feed.json")
        return Snippet("", url, "", "", url)

    def absolute(self, path: str) -> str:
        """Return the URL of a published file, in ASCII."""
        return self._base + quote(path, safe="/~")

    def page_url(self, category: Category) -> str:
        """Return the address that people read a category at, and that names its oEmbed document."""
        if self._site.pages:
            return self.absolute(f"{category.folder}/")
        return self.absolute(frame_path(category.folder))

    def title(self, category: Category) -> str:
        """Return what an embed is called, the site included."""
        return f"{self.name(category)} · {self._site.title}"

    def name(self, category: Category) -> str:
        """Return what a category is called."""
        return " / ".join(category.path) or self._everything

    def load(self, script: Script, *, latest: bool) -> str:
        """Return the line that loads a script."""
        if latest:
            return f'<script async src="{escape(self.absolute(script.latest))}"></script>'
        url = escape(self.absolute(script.pinned))
        # A checksum of another origin's file can only be compared if it is fetched with CORS.
        return (
            f'<script async src="{url}" integrity="{script.integrity}" crossorigin="anonymous">'
            "</script>"
        )

    def _make_element(self, category: Category, look: EmbedLook, articles: int | None) -> Snippet:
        url = self.absolute(f"{category.folder}/feed.json")
        page, title = escape(self.page_url(category)), escape(self.title(category))
        return Snippet(
            self.load(self._scripts.element, latest=look.latest),
            f'<feedpub-feed src="{escape(url)}"',
            write_attributes(look, articles),
            f'><a href="{page}">{title}</a></feedpub-feed>',
            url,
        )

    def _make_iframe(self, category: Category, look: EmbedLook) -> Snippet:
        url = self.absolute(frame_path(category.folder))
        loads = self.load(self._scripts.resize, latest=look.latest) if look.resize else ""
        return Snippet(
            loads,
            f'<iframe src="{escape(url)}',
            write_anchor(look),
            f'" title="{escape(self.title(category))}" width="100%" height="{FRAME_HEIGHT}"'
            f' frameborder="0" loading="lazy" sandbox="{SANDBOX}" data-feedpub></iframe>',
            url,
        )


def write_attributes(look: EmbedLook, articles: int | None = None) -> str:
    """Return a look as attributes of the element, with a space before each.

    Args:
        look: That is asked for.
        articles: That there are; None if nobody knows.
    """
    rows = look.limit if articles is None else min(look.limit, max(articles, 1))
    room = round(rows * ROWS_EM[look.layout] - GAP_EM, 1)
    declarations = (
        ("display", "block"),
        ("min-block-size", f"{room:g}em"),
        ("--feedpub-fg", look.text_color),
        ("--feedpub-link", look.link_color),
    )
    style = ";".join(f"{name}:{value}" for name, value in declarations if value)
    return "".join(
        (
            f' layout="{look.layout}"' if look.layout != "list" else "",
            f' limit="{look.limit}"',
            "" if look.thumbs else ' thumbs="off"',
            f' style="{style}"',
        )
    )


def write_anchor(look: EmbedLook) -> str:
    """Return a look as what follows the address of a frame, which its own script reads.

    Nothing of it is sent to a server, so that the page stays one static file.
    """
    parts = (
        ("layout", look.layout if look.layout != "list" else ""),
        ("limit", str(look.limit)),
        ("thumbs", "" if look.thumbs else "off"),
        ("fg", look.text_color.lstrip("#")),
        ("link", look.link_color.lstrip("#")),
    )
    return "#" + "&amp;".join(f"{name}={value}" for name, value in parts if value)
