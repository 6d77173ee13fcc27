"""Whom the hub is to be told of: noted before a change can be seen, forgotten when it was told."""

import json
from collections.abc import Iterable, Mapping

from feedpub.model import Problem
from feedpub.publishing.setup import Setup, open_transaction
from feedpub.publishing.store import Shelves

_WAITING = "pings"
"""Note of the site: topics that the hub was not told of, as JSON."""

_TELLING = "telling"
"""Note of the site: topics that a job is telling the hub of, likewise."""


def load_topics(meta: Mapping[str, str]) -> list[str]:
    """Return the feeds of whose change the hub does not know, oldest first.

    Args:
        meta: The site's own notes.
    """
    topics = (topic for note in (_TELLING, _WAITING) for topic in json.loads(meta.get(note, "[]")))
    return list(dict.fromkeys(topics))


def note_topics(shelves: Shelves, changed: Iterable[str]) -> list[str]:
    """Note feeds that are about to change; return all of whose change the hub does not know."""
    topics = list(dict.fromkeys((*load_topics(shelves.meta()), *changed)))
    if topics:
        shelves.set_meta({_WAITING: json.dumps(topics)})
    return topics


def forget_topics(shelves: Shelves) -> None:
    """Forget them all: the hub knows."""
    shelves.set_meta({_WAITING: "", _TELLING: ""})


def tell_hub(setup: Setup) -> list[Problem]:
    """Tell the hub of what builds left to be told; return what went wrong.

    Nothing is told while a build puts files into their places, as the hub fetches them at once;
    such a build sees to it by itself when it is done.
    """
    if setup.notifier is None:
        return []
    with open_transaction(setup.open_store) as catalog:
        meta = catalog.shelves.meta()
        topics = load_topics(meta)
        if meta.get("building") or not topics:
            return []
        # What a build notes from now on is noted apart, and not forgotten with these.
        catalog.shelves.set_meta({_TELLING: json.dumps(topics), _WAITING: ""})
    _, problems = setup.notifier.ping(topics)
    with open_transaction(setup.open_store) as catalog:
        catalog.shelves.set_meta({_TELLING: ""})
    return problems
