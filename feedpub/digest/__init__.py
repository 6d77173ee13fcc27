"""The digest: frozen articles in, the blocks of mails and pages of the archive out; pure."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from feedpub.catalog.categories import CategoryTree
from feedpub.digest.digest import FrozenDigest
from feedpub.digest.frozen import FrozenArticle
from feedpub.digest.plan import Block, Plan, Slot
from feedpub.digest.values import DigestArticle, DigestHead, Level
from feedpub.resources import list_template_folders

__all__ = [
    "Block",
    "DigestArticle",
    "DigestHead",
    "DigestMaker",
    "FrozenArticle",
    "FrozenDigest",
    "Level",
    "Plan",
    "Slot",
]


class DigestMaker:
    """Renders the digests of a site.

    Templates ``digest/...`` are looked for in the folders given, then among the defaults.
    """

    def __init__(self, *, templates: Sequence[Path] = ()) -> None:
        """Remember where templates are.

        Args:
            templates: Folders of overrides, first match wins; they need not exist.
        """
        self._folders = list_template_folders(templates)

    def freeze(
        self,
        head: DigestHead,
        articles: Iterable[DigestArticle],
        tree: CategoryTree,
        *,
        languages: Sequence[str] = (),
    ) -> FrozenDigest:
        """Return a digest with every card rendered and inlined, once a level and language.

        Args:
            head: What it says besides.
            articles: In any order; ids unique.
            tree: That their categories are nodes of.
            languages: BCP 47; that of the site comes first whether it is among them or not.

        Raises:
            TemplateError: A template or a style sheet cannot be used, or what stands around the
                articles is too large for a mail.
        """
        # The engine and its tables of dates, which to look at issues takes none of.
        from feedpub.digest.freezing import freeze

        tags = dict.fromkeys([head.site.language, *languages])
        digest = FrozenDigest(freeze(self._folders, head, articles, tree, tuple(tags)))
        digest.check()
        return digest
