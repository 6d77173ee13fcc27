"""A summary of a clean body: plain text that ends at a sentence."""

import re
from html import unescape

from feedpub.reading.extract import extract_text, join_lines, split_first

_IMG = re.compile(r'<img(?: [a-z]+="[^"]*")*>')
_ATTR = re.compile(r' ([a-z]+)="([^"]*)"')
_WIDE = "。！？；…"
_NARROW = re.compile(r"[.!?][\"'”’)]?(?=\s)")
_CLOSERS = "”’」』）】》\"')"
_ELLIPSIS = "…"
# Latin, Greek, Cyrillic, CJK and kana without anything that combines.
_SIMPLE = re.compile(
    "[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0530\u1e00-\u1fff\u2010-\u2027\u2030-\u203b"
    "\u2160-\u2188\u2460-\u24b5\u2500-\u25a9\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u3200-\u3296\u3300-\u9fff"
    "\uac00-\ud7a3\uff01-\uff9d]*+"
)
# A grapheme may be many characters, and much of a body may be blank: look again, further.
_FURTHER = 8
_FURTHEST = 65536
_MARGIN = 40
_REST_OF_TITLE = " …。.！!？?:：|-—"


def summarise(clean: str, *, title: str, length: int) -> str:
    """Return a summary of a clean body.

    Args:
        clean: HTML as ``clean_html`` returns it.
        title: Plain text; a summary never only repeats it, nor begins with it.
        length: Graphemes at most.

    Returns:
        Headings, code and tables only if there is nothing else; a picture's description if there
        is no text at all; empty if there is nothing to say but the title.
    """
    return summarise_text(clean, title=title, length=length) or shorten(
        _drop_title(_describe_pictures(clean), title), length
    )


def summarise_text(clean: str, *, title: str, length: int) -> str:
    """Return a summary as ``summarise`` does, but empty for a body without text."""
    return _begin(clean, title, length, everything=False) or _begin(
        clean, title, length, everything=True
    )


def _begin(clean: str, title: str, length: int, *, everything: bool) -> str:
    limit = length + len(title) + _MARGIN
    while True:
        extract = extract_text(clean, limit=limit, everything=everything)
        text = _drop_title(extract.text, title)
        summary = shorten(text, length)
        # Whatever follows, it changes nothing once the text had to be cut.
        if extract.whole or limit >= _FURTHEST or len(summary) < len(text) - 1:
            return summary
        limit *= _FURTHER


def _drop_title(text: str, title: str) -> str:
    """Return an extract as one line, without a first line that repeats the title."""
    plain = title.rstrip("….").rstrip()
    if plain:
        first, rest = split_first(text)
        if first.startswith(plain) and not first[len(plain) :].strip(_REST_OF_TITLE):
            return join_lines(rest)
    line = join_lines(text)
    if plain and plain[-1] in "】」』" and line.startswith(plain):
        return line[len(plain) :].strip()
    return line


def _describe_pictures(clean: str) -> str:
    found: list[str] = []
    for match in _IMG.finditer(clean):
        alt = " ".join(unescape(dict(_ATTR.findall(match[0])).get("alt", "")).split())
        if alt and alt not in found and not re.fullmatch(r"[\w-]+\.\w{3,4}", alt):
            found.append(alt)
        if len(found) == 3:
            break
    return " · ".join(found)


def shorten(text: str, length: int) -> str:
    """Return plain text cut to a number of graphemes, at the end of a sentence if one is near.

    Args:
        text: One line.
        length: At least 1.
    """
    if len(text) <= length:
        return text
    kept = _first_graphemes(text, length)
    if len(kept) == len(text):
        return text
    end = _sentence_end(kept, text[len(kept) : len(kept) + 1])
    if end >= len(kept) // 3:
        return kept[:end].rstrip()
    return _cut_word(_first_graphemes(kept, length - 1), text).rstrip(" ,，、:：;；-—") + _ELLIPSIS


def _first_graphemes(text: str, count: int) -> str:
    # Where every character is a grapheme, counting them is enough; the one after the last
    # must be simple as well, since it might belong to it.
    if _SIMPLE.match(text, 0, count + 1).end() >= min(len(text), count + 1):  # type: ignore[union-attr] # it matches the empty string
        return text[:count]
    import regex

    end = 0
    for number, match in enumerate(regex.finditer(r"\X", text, concurrent=False), 1):
        end = match.end()
        if number == count:
            break
    return text[:end] if count else ""


def _sentence_end(kept: str, following: str) -> int:
    """Return where the last whole sentence ends, 0 if there is none."""
    end = 0
    for mark in _WIDE:
        at = kept.rfind(mark) + 1
        while 0 < at < len(kept) and kept[at] in _CLOSERS:
            at += 1
        end = max(end, at)
    for match in _NARROW.finditer(kept + (following or " ")):
        end = max(end, match.end())
    return min(end, len(kept))


def _cut_word(kept: str, text: str) -> str:
    """Return the text without the Latin word that the cut goes through."""
    following = text[len(kept) : len(kept) + 1]
    if not (following.isascii() and following.isalnum() and kept[-1:].isascii()):
        return kept
    blank = kept.rfind(" ")
    return kept[:blank] if blank > len(kept) // 2 else kept
