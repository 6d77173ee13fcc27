"""The list of all feeds, for a reader to subscribe to at once (http://opml.org/spec2.opml)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedpub.feeds.channel import feed_urls
from feedpub.feeds.lint import parse_xml
from feedpub.feeds.text import to_rfc822, to_second
from feedpub.model import CategoryPath, FeedSummary, Site

if TYPE_CHECKING:
    from lxml import etree


def build_opml(summaries: Sequence[FeedSummary], site: Site) -> bytes:
    """Return the OPML document: everything first, then the category tree.

    A category with subcategories is a folder; where it has articles of its own, the folder leads
    with its feed. Categories without articles are left out.

    Args:
        summaries: Everything first, then the tree in depth-first order.
        site: For titles and addresses.

    Raises:
        ValueError: A name holds a character that XML cannot.
    """
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    _add_head(etree.SubElement(root, "head"), summaries, site)
    folders: dict[CategoryPath, etree._Element] = {(): etree.SubElement(root, "body")}
    parents = {summary.category.path[:-1] for summary in summaries if summary.articles}
    for summary in summaries:
        if summary.articles or not summary.category.path:
            _add_category(folders, summary, site, is_folder=summary.category.path in parents)
    data = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    parse_xml(data, "feeds.opml")
    return data


def _add_head(head: "etree._Element", summaries: Sequence[FeedSummary], site: Site) -> None:
    from lxml import etree

    etree.SubElement(head, "title").text = site.title
    updated = max((s.updated for s in summaries if s.updated), default=None)
    if updated:
        etree.SubElement(head, "dateModified").text = to_rfc822(to_second(updated))
    if site.author:
        etree.SubElement(head, "ownerName").text = site.author
    etree.SubElement(head, "ownerId").text = site.url


def _add_category(
    folders: dict[CategoryPath, "etree._Element"],
    summary: FeedSummary,
    site: Site,
    *,
    is_folder: bool,
) -> None:
    from lxml import etree

    path = summary.category.path
    parent = folders[path[:-1]]
    if path and is_folder:
        parent = folders[path] = etree.SubElement(parent, "outline", text=path[-1])
    if not path or not is_folder or summary.own_articles:
        _add_feed(parent, summary, site)


def _add_feed(parent: "etree._Element", summary: FeedSummary, site: Site) -> None:
    from lxml import etree

    urls = feed_urls(summary.category, site)
    name = summary.category.name or site.title
    attributes = {"text": name, "title": name, "xmlUrl": urls.rss, "htmlUrl": urls.page}
    language = {"language": site.language}
    etree.SubElement(
        parent, "outline", {"type": "rss", **attributes, **language, "version": "RSS2"}
    )
