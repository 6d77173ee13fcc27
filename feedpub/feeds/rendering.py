"""Entries to bytes, once each, so that one that cannot be written harms no other."""

from collections.abc import Iterator, Sequence

from feedpub.errors import LintError
from feedpub.feeds.item import make_item
from feedpub.feeds.jsonfeed import render_json_item
from feedpub.feeds.lint import check_entry, find_illegal_text
from feedpub.feeds.xml_item import render_xml_items
from feedpub.model import Entry, RenderedEntry, Site

# Enough entries to make a batch's own cost vanish, and little enough text to stay small.
_BATCH_ENTRIES = 64
_BATCH_CHARACTERS = 1_000_000


def load_libraries() -> None:
    """Import what writing feeds takes; a caller that has to wait for others may do it meanwhile."""
    from feedpub.feeds import extension  # noqa: F401 # to load it is all


def render_entries(entries: Sequence[Entry], site: Site) -> list[RenderedEntry | LintError]:
    """Return each entry's bytes in the three formats, or why it has none, in the given order.

    The bytes depend on the entry and the site, not on the feed that they are spliced into.
    An error's ``document`` is the entry's id.
    """
    return [result for batch in _cut_batches(entries) for result in _render_batch(batch, site)]


def _cut_batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    room = _BATCH_CHARACTERS
    for entry in entries:
        batch.append(entry)
        room -= len(entry.html or "") + len(entry.summary)
        if room < 0 or len(batch) == _BATCH_ENTRIES:
            yield batch
            batch, room = [], _BATCH_CHARACTERS
    if batch:
        yield batch


def _render_batch(entries: Sequence[Entry], site: Site) -> list[RenderedEntry | LintError]:
    problems = [check_entry(entry) for entry in entries]
    sound = [entry for entry, found in zip(entries, problems, strict=True) if not found]
    rendered = iter(_render_sound(sound, site))
    return [
        LintError(entry.id, found) if found else next(rendered)
        for entry, found in zip(entries, problems, strict=True)
    ]


def _render_sound(entries: Sequence[Entry], site: Site) -> list[RenderedEntry | LintError]:
    """Render what passed the lint; halve the batch until what fails stands alone."""
    try:
        return [*_render(entries, site)]
    except (ValueError, LintError) as error:
        if len(entries) == 1:
            problems = find_illegal_text(entries[0]) or [str(error)]
            return [LintError(entries[0].id, problems)]
    half = len(entries) // 2
    return _render_sound(entries[:half], site) + _render_sound(entries[half:], site)


def _render(entries: Sequence[Entry], site: Site) -> Iterator[RenderedEntry]:
    items = [make_item(entry, site) for entry in entries]
    for item, (rss, atom) in zip(items, render_xml_items(items, site), strict=True):
        yield RenderedEntry(rss, atom, render_json_item(item, site))
