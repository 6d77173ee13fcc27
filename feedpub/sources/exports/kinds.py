"""Which kinds of exports there are."""

from collections.abc import Mapping

from feedpub.sources.exports.entry import ReadExport
from feedpub.sources.exports.ghost import read_ghost
from feedpub.sources.exports.medium import read_medium
from feedpub.sources.exports.substack import read_substack
from feedpub.sources.exports.wordpress import read_wordpress

READERS: Mapping[str, ReadExport] = {
    "wordpress": read_wordpress,
    "ghost": read_ghost,
    "substack": read_substack,
    "medium": read_medium,
}
