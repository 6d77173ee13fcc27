"""Plain text out of what front matter holds: one line, no markup, nothing that XML forbids."""

import re
from functools import cache
from html import unescape

# Everything outside XML 1.0's Char, which no feed may carry.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# Elements of HTML, and those of SVG and MathML that attacks use. "List<String>" is no markup.
_ELEMENTS = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big"
    " blink blockquote body br button canvas caption center cite code col colgroup command data"
    " datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font"
    " footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img"
    " input ins isindex kbd keygen label layer legend li link listing main map mark marquee math"
    " menu menuitem meta meter multicol nav nobr noembed noframes noscript object ol optgroup"
    " option output p param picture plaintext portal pre progress q rb rp rt rtc ruby s samp"
    " script search section select slot small source spacer span strike strong style sub summary"
    " sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var"
    " video wbr xmp xml animate animatemotion animatetransform set use foreignobject desc g path"
    " circle rect mi mo mn ms mtext mglyph annotation-xml maction semantics"
)
_LONGEST_LINE = 1000


def drop_illegal(text: str) -> str:
    """Remove the characters that XML 1.0 forbids, lone surrogates among them."""
    return _ILLEGAL.sub("", text) if _ILLEGAL.search(text) else text


def plain_line(text: str, *, longest: int = _LONGEST_LINE) -> str:
    """Return text as one plain line: entities read once, known tags gone, white space collapsed.

    Args:
        text: Of the front matter; may hold entities and tags.
        longest: Characters kept; what is cut ends with an ellipsis.
    """
    # Most text is plain already; "isprintable" knows no white space but the blank.
    if (
        text.isprintable()
        and len(text) <= longest
        and "&" not in text
        and "<" not in text
        and "  " not in text
    ):
        return text.strip(" ")
    if len(text) > longest * 10:
        text = text[: longest * 10]
    if "&" in text:
        text = unescape(text)
    text = drop_illegal(text)
    if "<" in text:
        text = _drop_tags(text)
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


@cache
def _tags() -> re.Pattern[str]:
    # Compiled when a title holds a "<": it takes a while.
    return re.compile(
        rf"</?(?:{'|'.join(sorted(_ELEMENTS.split(), key=len, reverse=True))})(?=[\s/>])[^>]*>?"
        r"|<!--.*?(?:-->|$)",
        re.IGNORECASE | re.DOTALL,
    )


def _drop_tags(text: str) -> str:
    # What was inside out, such as "<scr<b>ipt>", becomes a tag when the inner one goes.
    for _ in range(5):
        shorter = _tags().sub("", text)
        if shorter == text:
            return text
        text = shorter
    return text.replace("<", "")
