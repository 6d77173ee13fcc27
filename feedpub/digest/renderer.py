"""A digest in one language: its templates filled in, and its rows inlined each in its place."""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from feedpub.digest.css import check_client_css, check_inline_css
from feedpub.digest.frozen import Pattern
from feedpub.digest.inline import inline
from feedpub.digest.text import html_block, text_block, to_crlf
from feedpub.digest.values import DigestHead
from feedpub.digest.views import view_digest
from feedpub.errors import TemplateError
from feedpub.pages.engine import Engine
from feedpub.pages.language import choose_language

CUT = "<!--fp-cut-->"
"""Parts a row from the next; cleaning leaves no comment in an article, and text is escaped."""

_PAIRED = ("table", "tr", "td")


class Row(NamedTuple):
    """Rows of one template.

    Attributes:
        template: Such as ``summary.html``.
        html: One or more ``<tr>`` elements.
    """

    template: str
    html: str


class Gaps:
    """Stand-ins for what is filled in later.

    Their names hold a hash of all that an operator writes, and so stand nowhere in it; rows with
    an article's text are never searched for them.
    """

    def __init__(self, head: DigestHead, names: Sequence[str]) -> None:
        seed = repr((head, tuple(names))).encode("utf-8", "backslashreplace")
        self._nonce = blake2b(seed, digest_size=8).hexdigest()
        self._pattern = re.compile(rf"fpgap{self._nonce}([a-z]+)end")

    def __getitem__(self, name: str) -> str:
        return f"fpgap{self._nonce}{name}end"

    def split(self, text: str) -> Pattern:
        """Return text with its gaps."""
        return tuple(self._pattern.split(text))


class Renderer:
    """The templates of a digest, in one language."""

    def __init__(self, folders: Sequence[Path], head: DigestHead, language: str) -> None:
        """Prepare templates and style sheets.

        Args:
            folders: First match wins.
            head: Of the digest.
            language: BCP 47.

        Raises:
            TemplateError: A style sheet holds what cannot be inlined card by card.
        """
        from markupsafe import Markup

        self.language = choose_language(language)
        self._engine = Engine(folders, language=self.language, zone=head.site.zone)
        self._css = "\n".join(self._read_inline_css(name) for name in ("inline.css", "own.css"))
        client_css, path = self._engine.source("digest/client.css")
        check_client_css(client_css, path=path)
        self._values = {"digest": view_digest(head, self.language), "lang": self.language.tag}
        # In a style element nothing is escaped; "<" was refused.
        self._client_css = Markup(client_css.strip())  # noqa: S704 # see above
        self._shell = self._split_shell()

    @property
    def frame(self) -> tuple[str, str, str]:
        """What stands before the preheader, between it and the rows, and after them; inlined."""
        return self._shell

    def row(self, name: str, **values: object) -> Row:
        """Return rows as their template writes them."""
        return Row(f"{name}.html", self._render(f"{name}.html", values).strip())

    def text(self, name: str, **values: object) -> str:
        """Return lines of the plain-text part."""
        return self._render(f"{name}.txt", values).strip("\n")

    def inline_rows(self, rows: Sequence[Row]) -> list[str | None]:
        """Return rows inlined, in one run if they keep to their places; None for one that does not.

        A run for all costs a tenth of a millisecond a row, one for each some milliseconds.
        """
        if (together := self._inline_together(rows)) is not None:
            return list(together)
        alone = (self._inline_together([row]) for row in rows)
        return [found[0] if found else None for found in alone]

    def archive_frame(self) -> tuple[str, str]:
        """Return what stands around the rows of the page in the archive, inlined."""
        from markupsafe import Markup

        html = self._inline_frame(preheader="", rows=Markup(CUT), archive=True)  # noqa: S704 # a mark of ours
        before, after = self._cut(html, 2)
        return before, after

    def document(self, rows: Sequence[str], preheader: str) -> str:
        """Return a whole mail, not yet inlined.

        Args:
            rows: As their templates write them.
            preheader: Plain text, or markup.
        """
        from markupsafe import Markup

        joined = Markup("\n".join(rows))  # noqa: S704  templates wrote it
        return self._render("frame.html", {**self._framing, "preheader": preheader, "rows": joined})

    def inline(self, document: str) -> str:
        """Return a document with the digest's rules in its ``style`` attributes."""
        return inline(document, self._css)

    @property
    def _framing(self) -> Mapping[str, object]:
        return {"archive": False, "client_css": self._client_css}

    def _read_inline_css(self, name: str) -> str:
        css, path = self._engine.source(f"digest/{name}")
        check_inline_css(css, path=path)
        return css

    def _render(self, name: str, values: Mapping[str, object]) -> str:
        return self._engine.render(f"digest/{name}", **self._values, **values).decode()

    def _inline_frame(self, **values: object) -> str:
        return self.inline(self._render("frame.html", {**self._framing, **values}))

    def _split_shell(self) -> tuple[str, str, str]:
        from markupsafe import Markup

        cut = Markup(CUT)  # noqa: S704 # a mark of ours
        before, between, after = self._cut(self._inline_frame(preheader=cut, rows=cut), 3)
        return before, between, after

    def _cut(self, html: str, count: int) -> list[str]:
        parts = html.split(CUT)
        if len(parts) != count:
            raise TemplateError(
                "it must show 'preheader' (in a mail) and 'rows' once each; compare it with the "
                "default by 'feedpub template diff'",
                path="digest/frame.html",
            )
        return parts

    def _inline_together(self, rows: Sequence[Row]) -> list[str] | None:
        from markupsafe import Markup

        cut = Markup(CUT)  # noqa: S704 # a mark of ours
        joined = Markup(CUT + "".join(row.html + CUT for row in rows))  # noqa: S704 # templates wrote it
        parts = self._inline_frame(preheader=cut, rows=joined).split(CUT)
        around = [part.strip() for part in (*parts[:2], parts[-1])]
        found = [part.strip() for part in parts[2:-1]]
        if around != [part.strip() for part in self._shell]:
            return None
        return found if len(found) == len(rows) and all(map(_is_rows, found)) else None


def _is_rows(html: str) -> bool:
    """Return whether a part is whole rows of a table."""
    return (
        html.startswith("<tr")
        and html.endswith("</tr>")
        and all(len(re.findall(rf"<{tag}\b", html)) == html.count(f"</{tag}>") for tag in _PAIRED)
    )


def html_pattern(gaps: Gaps | None, html: str) -> Pattern:
    """Return rows as they are kept; without gaps they are a constant block."""
    pattern = gaps.split(html) if gaps else (html,)
    if len(pattern) == 1:
        return (html_block(html).decode(),)
    return tuple(map(to_crlf, (*pattern[:-1], pattern[-1] + "\n")))


def text_pattern(gaps: Gaps | None, text: str) -> Pattern:
    """Return lines as they are kept, an empty one at the end."""
    pattern = gaps.split(text) if gaps else (text,)
    if len(pattern) == 1:
        return (text_block(text).decode(),)
    return tuple(map(to_crlf, (*pattern[:-1], pattern[-1] + "\n\n")))
