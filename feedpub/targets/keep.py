"""A folder that belongs to its user, in which only what is ours is ever replaced."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path

from feedpub.errors import TargetError
from feedpub.ports import KeptArticle
from feedpub.targets.local import PREFIX, LocalTarget, explain_errors

INDEX = ".feedpub-export.json"
_WAITING = re.compile(rf"{re.escape(PREFIX)}[0-9a-f]{{16}}")


class KeptFolder:
    """A folder of exported articles."""

    def __init__(self, root: Path, *, label: str) -> None:
        """Name the folder; it is made with its first file.

        Args:
            root: Of the folder.
            label: The same as the user would type it.
        """
        self._root, self._label = root, label
        self._target = LocalTarget(root)

    def load_index(self) -> dict[str, KeptArticle]:
        """See ``feedpub.ports.ArticleFolder``; what a killed run did not finish is taken down."""
        self._sweep()
        data = self.read(INDEX)
        if data is None:
            return {}
        try:
            kept = json.loads(data)["articles"]
            return {uid: KeptArticle(*map(str, values)) for uid, values in kept.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TargetError(
                f"{self.locate(INDEX)}: damaged, so that nobody knows which files are ours; bring "
                "it back from a copy, or export into another folder"
            ) from error

    def save_index(self, index: dict[str, KeptArticle]) -> None:
        """See ``feedpub.ports.ArticleFolder``."""
        document = {"version": 1, "articles": index}
        self.write(INDEX, json.dumps(document, ensure_ascii=False, indent=0).encode() + b"\n")

    def locate(self, path: str) -> str:
        """See ``feedpub.ports.ArticleFolder``."""
        return f"{self._label}/{path}"

    def exists(self, path: str) -> bool:
        """See ``feedpub.ports.ArticleFolder``."""
        return (self._root / path).exists()

    def read(self, path: str) -> bytes | None:
        """See ``feedpub.ports.ArticleFolder``."""
        place = self._root / path
        self._check_inside(place)
        with explain_errors(str(place)):
            return place.read_bytes() if place.exists() or place.is_symlink() else None

    def write(self, path: str, data: bytes) -> None:
        """See ``feedpub.ports.ArticleFolder``."""
        self._check_inside(self._root / path)
        staged = self._target.stage(path, data)
        if staged is None:
            return
        try:
            self._target.commit([staged])
        except TargetError:
            with suppress(OSError):
                (self._root / path).with_name(staged.ticket).unlink(missing_ok=True)
            raise

    def _sweep(self) -> None:
        for folder, _, names in os.walk(self._root):
            for name in filter(_WAITING.fullmatch, names):
                place = Path(folder, name)
                with explain_errors(str(place)):
                    place.unlink(missing_ok=True)

    def _check_inside(self, place: Path) -> None:
        """Refuse a place that links lead out of the folder."""
        if not place.resolve().is_relative_to(self._root.resolve()):
            raise TargetError(f"{place}: a link leads out of the folder; remove it")
