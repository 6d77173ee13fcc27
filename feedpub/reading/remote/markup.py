"""What feeds call text, HTML and XHTML, as HTML with absolute addresses and as plain text."""

from feedpub.errors import MarkupError
from feedpub.reading.clean import clean_html
from feedpub.reading.extract import extract_text, join_lines
from feedpub.reading.guard import check_markup, strip_data_uris
from feedpub.reading.plain import render_plain
from feedpub.reading.rewrite import prepare
from feedpub.reading.text import drop_illegal

_NOWHERE = "https://feedpub.invalid/"
_LONGEST_SUMMARY = 2000


def to_html(text: str, media_type: str) -> str:
    """Return a text of a feed as HTML, still to be cleaned.

    Args:
        text: As the feed has it.
        media_type: ``text/plain``, or anything else for HTML.
    """
    return render_plain(text) if media_type == "text/plain" else text


def clean_body(html: str, base: str) -> str:
    """Return a body as it may be kept: our own profile, every address absolute.

    One that the profile's guard refuses stays as it is: the build refuses it again, and says so.

    Args:
        html: As the feed has it.
        base: Absolute; empty if nothing is known.
    """
    try:
        body = strip_data_uris(drop_illegal(html))
        check_markup(body, path="")
    except MarkupError:
        return html
    return clean_html(prepare(body, placeholders=()), base or _NOWHERE).strip()


def to_text(html: str) -> str:
    """Return the plain text of a body, on one line; empty for one that the guard refuses."""
    try:
        body = strip_data_uris(drop_illegal(html))
        check_markup(body, path="")
    except MarkupError:
        return ""
    clean = clean_html(body, _NOWHERE)
    found = extract_text(clean, limit=_LONGEST_SUMMARY, everything=True)
    return join_lines(found.text)[:_LONGEST_SUMMARY].strip()
