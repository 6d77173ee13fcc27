"""Prepare HTML for the sanitiser: what would be lost becomes what a feed can show.

Lazy pictures get their source, players become links, hidden text and placeholder pictures go.
"""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import urlsplit

from feedpub.reading.dialect import is_placeholder
from feedpub.reading.tags import VOID, Tag, attributes, list_signs, scan_tags

PictureUrl = Callable[[str], str | None]

_PLAYERS = frozenset({"iframe", "video", "audio", "embed", "object"})
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-original-src")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SIGNS = (
    *(f"<{name}" for name in sorted(_PLAYERS)),
    *("display", "visibility", "hidden", "undefined"),
)
_RELATIVE = re.compile(rb"""src\s*+=\s*+["']?+(?!https?://|//)""")
_NO_PICTURE = re.compile(r"(?:.*/)?(?:undefined|null)|")
_PLACES = {
    "youtube.com/embed/": "https://www.youtube.com/watch?v=",
    "youtube-nocookie.com/embed/": "https://www.youtube.com/watch?v=",
    "player.vimeo.com/video/": "https://vimeo.com/",
}


def prepare(
    body: str,
    *,
    placeholders: tuple[str, ...],
    picture_url: PictureUrl | None = None,
    signs: str | None = None,
) -> str:
    """Return a body in which nothing worth showing depends on what the sanitiser removes.

    Args:
        body: HTML, as written; the result is still to be sanitised.
        placeholders: Parts of URLs that mark a placeholder picture.
        picture_url: Called with addresses of pictures as written, each relative one among them;
            returns the one to show, None to keep it.
        signs: Those of the body, where they are known.

    Returns:
        The body itself if there is nothing to do.
    """
    signs = list_signs(body) if signs is None else signs
    if (
        _needs_work(signs)
        or is_placeholder(signs if "".join(placeholders).isascii() else body, placeholders)
        or (picture_url is not None and "<img" in signs and _has_relative_picture(body))
    ):
        return _Rewriter(body, placeholders, picture_url).run()
    return body


def _needs_work(signs: str) -> bool:
    for sign in _SIGNS:
        if sign in signs:
            return True
    return "data-" in signs and any(name in signs for name in _LAZY)


def _has_relative_picture(body: str) -> bool:
    # Other characters stay as question marks, which no beginning of a web address has.
    return _RELATIVE.search(body.encode("ascii", "replace").lower()) is not None


class _Rewriter:
    """One pass over the tags of a body."""

    def __init__(
        self, body: str, placeholders: tuple[str, ...], picture_url: PictureUrl | None
    ) -> None:
        self._body, self._placeholders, self._picture_url = body, placeholders, picture_url
        self._parts: list[str] = []
        self._done = 0
        # The element that is being left out with its content, and how deep it is in itself.
        self._skipping, self._depth = "", 0
        self._player: dict[str, str] = {}

    def run(self) -> str:
        for tag in scan_tags(self._body):
            if self._skipping:
                self._skip(tag)
            elif not tag.closing:
                self._open(tag)
        if self._skipping:
            self._end_skipping(len(self._body))
        self._parts.append(self._body[self._done :])
        return "".join(self._parts)

    def _open(self, tag: Tag) -> None:
        name = tag.name
        if name == "img":
            self._picture(tag)
        elif name in _PLAYERS:
            self._begin_skipping(tag)
            self._player = attributes(tag.attributes)
            if name == "embed":
                self._end_skipping(tag.end)
        elif name not in VOID and self._is_hidden(tag):
            self._begin_skipping(tag)

    def _begin_skipping(self, tag: Tag) -> None:
        self._parts.append(self._body[self._done : tag.start])
        self._skipping, self._depth, self._player = tag.name, 1, {}

    def _skip(self, tag: Tag) -> None:
        if tag.name == "source" and self._skipping in ("video", "audio"):
            self._player.setdefault("src", attributes(tag.attributes).get("src", ""))
        if tag.name != self._skipping:
            return
        self._depth += -1 if tag.closing else 1
        if self._depth == 0:
            self._end_skipping(tag.end)

    def _end_skipping(self, end: int) -> None:
        if self._skipping in _PLAYERS:
            self._parts.append(_link_player(self._skipping, self._player, self._placeholders))
        self._skipping, self._done = "", end

    def _is_hidden(self, tag: Tag) -> bool:
        if "hid" not in tag.attributes and "none" not in tag.attributes.lower():
            return False
        found = attributes(tag.attributes)
        return "hidden" in found or bool(_HIDING.search(found.get("style", "")))

    def _picture(self, tag: Tag) -> None:
        found = attributes(tag.attributes)
        written = found.get("src", "").strip()
        source = next((found[name].strip() for name in _LAZY if found.get(name)), written)
        if is_placeholder(source, self._placeholders) or _NO_PICTURE.fullmatch(source):
            replacement = ""
        else:
            shown = self._picture_url(source) if self._picture_url else None
            if shown is None and source == written:
                return
            replacement = _picture_tag(shown or source, found)
        self._parts += (self._body[self._done : tag.start], replacement)
        self._done = tag.end


def _picture_tag(source: str, found: dict[str, str]) -> str:
    kept = {name: found[name] for name in ("alt", "title", "width", "height") if found.get(name)}
    pairs = " ".join(f'{name}="{escape(value)}"' for name, value in {"src": source, **kept}.items())
    return f"<img {pairs}>"


def _link_player(kind: str, found: dict[str, str], placeholders: tuple[str, ...]) -> str:
    """Return a link in place of a player: its poster if it has one, else a name for it."""
    source = (found.get("src") or found.get("data-src") or found.get("data") or "").strip()
    if source.startswith("//"):
        source = f"https:{source}"
    if not source or source.lower().startswith(("about:", "javascript:", "data:", "blob:")):
        return ""
    source = _public_address(source)
    host = (urlsplit_host(source) or "").removeprefix("www.")
    sign = {"audio": "♫"}.get(kind, "▶")
    label = found.get("title") or host or source
    poster = found.get("poster", "")
    picture = ""
    if poster and not is_placeholder(poster, placeholders):
        picture = f'<img src="{escape(poster)}" alt=""><br>'
    return f'<p><a href="{escape(source)}">{picture}{sign} {escape(label)}</a></p>'


def _public_address(source: str) -> str:
    """Return the page of a video where its player's address tells it."""
    for part, page in _PLACES.items():
        _, found, rest = source.partition(part)
        if found:
            return page + re.split(r"[?&#/]", rest, maxsplit=1)[0]
    return source


def urlsplit_host(url: str) -> str | None:
    """Return the host of an address, None if it has none or is broken."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
