"""The body of an article, fitted to its page; what it holds was cleaned before."""

import re

# In cleaned HTML every "<" opens a tag and every value stands in double quotes, so a tag can be
# told from the text around it without a parser.
_TAG = re.compile(r'<[a-z][^>"]*(?:"[^"]*"[^>"]*)*>', re.IGNORECASE)
_WIDE = re.compile(r"\A<(?:pre|table)(?=[ >])", re.IGNORECASE)


def fit_body(html: str, *, page: str, base: str) -> str:
    """Return a body whose links work from the disk and whose wide parts the keyboard can scroll.

    Args:
        html: Cleaned by the reader: what it adds to tags is all that this changes.
        page: Path of the page that will hold the body, below the output folder.
        base: Where the output folder is served, as a URI; ends with ``/``.
    """
    up = "../" * page.count("/") or "./"
    own_link = re.compile(rf'(?<= )(href|src)="{re.escape(base)}')

    def fit(tag: re.Match[str]) -> str:
        local = own_link.sub(rf'\1="{up}', tag[0])
        # What scrolls must be reachable by keyboard (WCAG 2.1.1), which not every browser sees to.
        return _WIDE.sub(r'\g<0> tabindex="0"', local)

    return _TAG.sub(fit, html)
