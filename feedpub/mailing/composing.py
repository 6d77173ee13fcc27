"""From a claim of the ledger to the mail that it stands for, for any number of threads."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from feedpub.errors import AddressError
from feedpub.model import Choice, Message
from feedpub.ports.mailing import Claim
from feedpub.publishing.setup import open_transaction
from feedpub.publishing.store import OpenStore

if TYPE_CHECKING:
    from feedpub.digest import FrozenDigest
    from feedpub.messages.composer import Compiled, Composer

_MOST_PLANS = 2_000
"""Kept at once; blocks are shared between them, so that each costs some kilobytes."""

_HIDDEN_FOR_S = 2.0
"""How long what the editor withdrew is not asked for again."""

Key = tuple[Choice, str, int]


class Composing:
    """Makes the mails of one issue; what many recipients share is made once."""

    def __init__(self, digest: "FrozenDigest", composer: "Composer", open_store: OpenStore) -> None:
        """Begin.

        Args:
            digest: Frozen when the issue was prepared.
            composer: Of the issue.
            open_store: To ask what was withdrawn since.
        """
        self._digest = digest
        self._composer = composer
        self._open_store = open_store
        self._ids = frozenset(article.id for article in digest.articles)
        self._compiled: OrderedDict[Key, Compiled | None] = OrderedDict()
        self._hidden: frozenset[int] = frozenset()
        self._asked = 0.0
        self._lock = Lock()

    def __call__(self, claim: Claim) -> Message | None:
        """Return the mail of a delivery.

        None if there is nothing to mail: everything in it was withdrawn, or the address, which
        was checked when it came in, cannot be written into a mail.
        """
        compiled = self._find((claim.choice, claim.language, claim.since))
        if compiled is None:
            return None
        try:
            return self._composer.compose(
                compiled,
                delivery=claim.delivery,
                subscriber=claim.subscriber,
                address=claim.address,
            )
        except AddressError:
            return None

    def _find(self, key: Key) -> "Compiled | None":
        with self._lock:
            self._heed_editor()
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
            plan = self._digest.plan(*key, hidden=self._hidden)
            compiled = None if plan is None else self._composer.compile(plan)
            self._compiled[key] = compiled
            if len(self._compiled) > _MOST_PLANS:
                self._compiled.popitem(last=False)
            return compiled

    def _heed_editor(self) -> None:
        """Leave out what was withdrawn meanwhile, from the next mail on."""
        if time.monotonic() - self._asked < _HIDDEN_FOR_S:
            return
        hidden = find_hidden(self._open_store, self._ids)
        if hidden != self._hidden:
            self._compiled.clear()
            self._hidden = hidden
        self._asked = time.monotonic()


def find_hidden(open_store: OpenStore, articles: "frozenset[int]") -> frozenset[int]:
    """Return those articles that the editor withdrew."""
    with open_transaction(open_store, read_only=True) as catalog:
        return frozenset(catalog.issues.hidden(articles))


Compose = Callable[[Claim], Message | None]
