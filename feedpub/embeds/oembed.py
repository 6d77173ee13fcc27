"""oEmbed 1.0 (https://oembed.com), as a static file that the head of each feed page names."""

import json
from html import escape

from feedpub.embeds.places import frame_path
from feedpub.embeds.snippets import FRAME_HEIGHT, FRAME_WIDTH, SANDBOX, Snippets
from feedpub.feeds.text import to_uri
from feedpub.model import Category, Site

_CACHE_S = 24 * 3600


def build_oembed(category: Category, site: Site, snippets: Snippets) -> bytes:
    """Return the document of a category.

    What it holds does not change with the articles, since consumers keep it for months.
    WordPress lets links within a quotation and one iframe pass, so there is nothing else; the
    quotation is all that is shown where frames are forbidden.
    """
    title = snippets.title(category)
    page = escape(snippets.page_url(category))
    frame = escape(snippets.absolute(frame_path(category.folder)))
    document = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": site.title,
        "provider_url": to_uri(site.url),
        "cache_age": _CACHE_S,
        "width": FRAME_WIDTH,
        "height": FRAME_HEIGHT,
        "html": f'<blockquote><a href="{page}">{escape(title)}</a></blockquote>'
        f'<iframe src="{frame}" title="{escape(title)}" width="{FRAME_WIDTH}"'
        f' height="{FRAME_HEIGHT}" frameborder="0" sandbox="{SANDBOX}"></iframe>',
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
