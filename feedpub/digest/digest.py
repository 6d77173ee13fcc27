"""A frozen digest, and the mails and pages that are planned from it."""

from collections.abc import Collection

from feedpub.digest.edition import Edition
from feedpub.digest.frozen import Frozen, FrozenArticle, from_bytes, to_bytes
from feedpub.digest.levels import BUDGET
from feedpub.digest.mail import Mail
from feedpub.digest.picking import index_articles, list_sections, pick
from feedpub.digest.plan import Plan
from feedpub.digest.values import Level
from feedpub.errors import TemplateError
from feedpub.model import Choice

_EVERYTHING = 1 << 62


class FrozenDigest:
    """A digest that changes no more, in all of its languages.

    Safe for any number of threads.
    """

    def __init__(self, frozen: Frozen) -> None:
        self._frozen = frozen
        self._index = index_articles(frozen.articles)
        titles = {article.id: article.title for article in frozen.articles}
        self._editions = {kept.language.lower(): Edition(kept, titles) for kept in frozen.editions}

    @classmethod
    def from_bytes(cls, data: bytes) -> "FrozenDigest":
        """Return what ``to_bytes`` wrote.

        Raises:
            StoreVersionError: A newer feedpub wrote it.
            CorruptStoreError: It is something else, or damaged.
        """
        return cls(from_bytes(data))

    def to_bytes(self) -> bytes:
        """Return all of it, compressed; the same for the same digest."""
        return to_bytes(self._frozen)

    @property
    def articles(self) -> tuple[FrozenArticle, ...]:
        """What it is about: the lead first, then the newest first."""
        return self._frozen.articles

    @property
    def languages(self) -> tuple[str, ...]:
        """BCP 47, that of the site first."""
        return tuple(edition.language for edition in self._editions.values())

    def plan(
        self, choice: Choice, language: str, since: int, *, hidden: Collection[int] = ()
    ) -> Plan | None:
        """Return the mail of everybody who chose the same, None if there is nothing in it for them.

        Args:
            choice: Ids of nodes, each with its subtree; ``()`` for all. Unknown ones hold nothing.
            language: BCP 47; the nearest of the digest's is taken, else that of the site.
            since: Whole seconds since the epoch; what was first seen before is left out.
            hidden: Ids of articles that were withdrawn.
        """
        frozen, edition = self._frozen, self._edition(language)
        sections = list_sections(choice, nodes=frozen.nodes, tops=frozen.tops)
        selection = pick(
            frozen.articles,
            self._index,
            sections,
            since=since,
            hidden=hidden,
            cards=frozen.cards,
            section_cards=frozen.section_cards,
        )
        if selection is None:
            return None
        return Mail(edition, selection).plan(prefix=frozen.prefix, content=frozen.content)

    def archive(
        self, *, previous: str = "", next: str = "", hidden: Collection[int] = ()
    ) -> bytes | None:
        """Return the digest as a page: every article, and nothing of any recipient.

        Args:
            previous: Address of the page of the issue before, relative or absolute; may be empty.
            next: Of the issue after.
            hidden: Ids of articles that were withdrawn.

        Returns:
            None if nothing is left.
        """
        frozen = self._frozen
        selection = pick(
            frozen.articles,
            self._index,
            frozen.tops,
            since=-_EVERYTHING,
            hidden=hidden,
            cards=_EVERYTHING,
            section_cards=_EVERYTHING,
        )
        if selection is None:
            return None
        edition = self._edition("")
        before, top, footer, after = edition.archive(previous, next)
        shown = Mail(edition, selection).rows([Level.FULL] * len(selection.picks))
        rows = (piece for html, _ in shown for piece in html if isinstance(piece, bytes))
        masthead = b"".join(piece for piece in edition.masthead[0] if isinstance(piece, bytes))
        return b"".join([before, top, masthead, *rows, footer, after]).replace(b"\r\n", b"\n")

    def check(self) -> None:
        """Refuse a digest that no choice could keep below the limit.

        Raises:
            TemplateError: What stands around the articles is too large.
        """
        for edition in self._editions.values():
            around = edition.furniture
            size = around.fixed + around.rest + max(around.headings.values(), default=0)
            size += max(around.more.values(), default=0)
            largest = max(
                (edition.card(article.id, True).sizes[0] for article in self.articles), default=0
            )
            if size + largest > BUDGET:
                raise TemplateError(
                    f"without articles the digest takes {size} bytes already, of {BUDGET}; "
                    "shorten the intro",
                    path="digest",
                )

    def _edition(self, language: str) -> Edition:
        asked = language.replace("_", "-").lower()
        if asked in self._editions:
            return self._editions[asked]
        primary = asked.partition("-")[0]
        near = (
            edition for tag, edition in self._editions.items() if tag.partition("-")[0] == primary
        )
        return next(near, next(iter(self._editions.values())))
