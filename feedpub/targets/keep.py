"""A folder that belongs to its user, in which only what is ours is ever replaced."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path

from feedpub.errors import TargetError
from feedpub.ports import KeptArticle, Staged
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
        self._staged: dict[Path, Staged] = {}

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
        self.commit()  # it must not speak of what is not there
        document = {"version": 1, "articles": index}
        self.write(INDEX, json.dumps(document, ensure_ascii=False, indent=0).encode() + b"\n")
        self.commit()

    def locate(self, path: str) -> str:
        """See ``feedpub.ports.ArticleFolder``."""
        return f"{self._label}/{path}"

    def exists(self, path: str) -> bool:
        """See ``feedpub.ports.ArticleFolder``."""
        return self._find_staged(path) is not None or (self._root / path).exists()

    def read(self, path: str) -> bytes | None:
        """See ``feedpub.ports.ArticleFolder``."""
        place = self._root / path
        self._check_inside(place)
        staged = self._find_staged(path)
        with explain_errors(str(place)):
            if staged is not None:
                return self._locate_staged(staged).read_bytes()
            return place.read_bytes() if place.exists() or place.is_symlink() else None

    def write(self, path: str, data: bytes) -> None:
        """See ``feedpub.ports.ArticleFolder``."""
        self._check_inside(self._root / path)
        if self._find_staged(path) is not None:
            self.commit()
        staged = self._target.stage(path, data)
        if staged is not None:
            self._staged[self._resolve(path)] = staged

    def commit(self) -> None:
        """See ``feedpub.ports.ArticleFolder``."""
        staged = list(self._staged.values())
        self._staged.clear()
        try:
            self._target.commit(staged)
        except TargetError:
            for one in staged:
                with suppress(OSError):
                    self._locate_staged(one).unlink(missing_ok=True)
            raise

    def _find_staged(self, path: str) -> Staged | None:
        return self._staged.get(self._resolve(path))

    def _resolve(self, path: str) -> Path:
        """Return where a file goes, whatever links among the folders lead there."""
        place = self._root / path
        return place.parent.resolve() / place.name

    def _locate_staged(self, staged: Staged) -> Path:
        return (self._root / staged.path).with_name(staged.ticket)

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
