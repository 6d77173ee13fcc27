"""The text of a WordPress post to HTML: its shortcodes, and its paragraphs that are blank lines."""

import re
from collections.abc import Callable, Mapping
from html import escape

from feedpub.reading.tags import Tag, scan_tags

# The classic editor writes paragraphs as blank lines; these stand for themselves, with all in them.
_WHOLE = frozenset(
    [
        "p", "pre", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "h5", "h6", "figure",
        "form", "script", "style", "svg", "iframe", "video", "audio", "object", "select",
        "textarea",
    ]
)  # fmt: skip
_BOXES = frozenset(
    [
        "div", "section", "article", "aside", "header", "footer", "main", "nav", "blockquote",
        "details", "center", "fieldset", "hr",
    ]
)  # fmt: skip
_BLANK_LINE = re.compile(r"\n[ \t\u3000\xa0]*\n\s*")
_ADDRESS_ALONE = re.compile(r"^[ \t]*(https?://[^\s<>\"]+)[ \t]*$", re.MULTILINE)

_NAME = r"[A-Za-z][\w-]{0,60}"
_SHORTCODE = re.compile(rf"\[(\[?)(/?)({_NAME})((?:[^\[\]\"']|\"[^\"]*\"|'[^']*')*)\](\]?)")
_PAIR = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_CODE = frozenset({"code", "sourcecode", "cc", "crayon", "php", "html", "python", "css", "js"})
_PLAYERS = frozenset({"video", "audio", "playlist", "embed", "youtube", "vimeo", "wpvideo"})
_FILES = ("src", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "wav", "url")


def render_wordpress(text: str, files: Mapping[str, str]) -> str:
    """Return the HTML of a post as WordPress would show it, but for what plugins add.

    Args:
        text: As stored: blocks or classic.
        files: Address of each attachment by its number, for galleries.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "[" in text:
        text = _render_shortcodes(text, files)
    return text if "<!-- wp:" in text else _render_paragraphs(text)


# Shortcodes (https://developer.wordpress.org/plugins/shortcodes/)


def _render_shortcodes(text: str, files: Mapping[str, str]) -> str:
    """Render those that are known, drop those that look like one, keep "[sic]" and the like."""
    parts: list[str] = []
    done = 0
    # Where each name is closed for the last time: nobody looks for an end beyond it.
    ends = {match[3].lower(): match.start() for match in _SHORTCODE.finditer(text) if match[2]}
    for match in _SHORTCODE.finditer(text):
        if match.start() < done:
            continue
        shown, after = _render_shortcode(text, match, ends, files)
        if shown is not None:
            parts += (text[done : match.start()], shown)
            done = after
    return "".join([*parts, text[done:]])


def _render_shortcode(
    text: str, match: re.Match[str], ends: Mapping[str, int], files: Mapping[str, str]
) -> tuple[str | None, int]:
    name, after = match[3].lower(), match.end()
    if match[1] and match[5]:  # [[gallery]] is how one writes about it
        return match[0][1:-1], after
    given = {
        found[1].lower(): found[2] or found[3] or found[4] for found in _PAIR.finditer(match[4])
    }
    content = ""
    holds = name in _CODE or name in _PLAYERS or name == "caption"
    if holds and not match[2] and ends.get(name, -1) >= after:
        end = re.compile(rf"\[/{re.escape(match[3])}\]", re.IGNORECASE).search(text, after)
        if end is not None:
            content, after = text[match.end() : end.start()], end.end()
    renderer = _RENDERERS.get(name)
    if name in _CODE and content:
        return (
            f"\n\n<pre><code>{escape(content.strip(chr(10)), quote=False)}</code></pre>\n\n",
            after,
        )
    if name in _PLAYERS:
        return _render_player(match[4], given, content), after
    if renderer is not None:
        return renderer(given, content, files), after
    return ("", after) if given or name in ends else (None, after)


def _render_player(written: str, given: Mapping[str, str], content: str) -> str:
    address = next((given[name] for name in _FILES if given.get(name)), "") or content.strip()
    if not address.startswith("http"):
        # [youtube=https://...] and [youtube https://...]
        found = re.search(r"https?://[^\s\"'\]<]+", written)
        address = found[0] if found else ""
    return _render_link(address) if address else ""


def _render_link(address: str) -> str:
    return f'\n\n<p><a href="{escape(address)}">{escape(address)}</a></p>\n\n'


def _render_caption(given: Mapping[str, str], content: str, _files: Mapping[str, str]) -> str:
    picture = re.search(r"(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", content, re.IGNORECASE)
    words = (given.get("caption") or content[picture.end() if picture else 0 :]).strip()
    shown = picture[0] if picture else ""
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{shown}{caption}</figure>\n\n"


def _render_gallery(given: Mapping[str, str], _content: str, files: Mapping[str, str]) -> str:
    numbers = (given.get("ids") or given.get("include") or "").split(",")
    addresses = [files[one.strip()] for one in numbers if one.strip() in files]
    pictures = "".join(f'<p><img src="{escape(address)}" alt=""></p>' for address in addresses)
    return f"\n\n<div>{pictures}</div>\n\n" if pictures else ""


_RENDERERS: dict[str, Callable[[Mapping[str, str], str, Mapping[str, str]], str]] = {
    "caption": _render_caption,
    "wp_caption": _render_caption,
    "gallery": _render_gallery,
}


# Paragraphs


def _render_paragraphs(text: str) -> str:
    """Return a classic post with the paragraphs and line breaks that WordPress makes on the fly."""
    parts: list[str] = []
    done = 0
    within, depth = "", 0
    for tag in scan_tags(text):
        if within:
            if tag.name == within:
                depth += -1 if tag.closing else 1
            if not depth:
                parts.append(text[done : tag.end])
                done, within = tag.end, ""
        elif tag.name in _BOXES or (tag.name in _WHOLE and not _is_inline(tag)):
            parts.append(_wrap(text[done : tag.start]))
            done = tag.start
            if tag.name in _WHOLE and not tag.closing:
                within, depth = tag.name, 1
            else:
                parts.append(text[tag.start : tag.end])
                done = tag.end
    rest = text[done:]
    parts.append(rest if within else _wrap(rest))
    return "".join(parts)


def _is_inline(tag: Tag) -> bool:
    return tag.closing and tag.name != "p"


def _wrap(run: str) -> str:
    """Return a run of text and inline elements as paragraphs."""
    shown = []
    for part in _BLANK_LINE.split(run):
        part = part.strip()
        if not part:
            continue
        if re.fullmatch(r"(?:<!--.*?-->\s*)+", part, re.DOTALL):
            shown.append(part)
            continue
        part = _ADDRESS_ALONE.sub(r'<a href="\1">\1</a>', part)
        shown.append(f"<p>{_break_lines(part)}</p>")
    return "\n".join(shown)


def _break_lines(part: str) -> str:
    """Return a paragraph with its line ends as breaks, those within tags as blanks."""
    flat = re.sub(r"<[^<>]*>", lambda match: match[0].replace("\n", " "), part)
    return re.sub(r"(<br\s*/?>)?[ \t]*\n", "<br>\n", flat)
