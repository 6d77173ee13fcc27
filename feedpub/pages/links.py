"""Links from one published file to another, written so that they also work from the disk."""

import posixpath
import re
from urllib.parse import quote, urlsplit

# In cleaned HTML every "<" opens a tag and every value stands in double quotes, so a tag can be
# told from the text around it without a parser.
_TAG = re.compile(r'<[a-z][^>"]*(?:"[^"]*"[^>"]*)*>', re.IGNORECASE)


def link_between(page: str, target: str) -> str:
    """Return the relative link from one file of the output folder to another.

    Args:
        page: Path of the file that holds the link.
        target: Path of the file it leads to; both are below the output folder.

    Returns:
        Percent-encoded, never empty, never with a scheme.
    """
    start = posixpath.dirname(page)
    # A file name such as "a:b" at the start of a link would read as a scheme; quote() encodes ":".
    return quote(posixpath.relpath(target, start or "."), safe="/~")


def web_url(url: str) -> str:
    """Return a URL if a page may link to it (``http`` and ``https``), else the empty string."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def localise_links(html: str, *, page: str, base: str) -> str:
    """Make the absolute links of an article's body that stay within the output folder relative.

    Args:
        html: Cleaned by the reader.
        page: Path of the page that will hold the body.
        base: Where the output folder is served, as a URI; ends with ``/``.
    """
    if base not in html:
        return html
    up = "../" * page.count("/") or "./"
    pattern = re.compile(rf'(?<= )(href|src)="{re.escape(base)}')
    return _TAG.sub(lambda tag: pattern.sub(rf'\1="{up}', tag[0]), html)
