"""Who has each id that a build has met."""

from array import array
from unicodedata import is_normalized

from feedpub.catalog.identity import Sighting


class Holders:
    """Rows by id.

    Nearly all ids of a first build are minted from paths, so that no two are the same. They are
    kept as numbers: a million of them take 16 MB, and in a dictionary more than 200.
    """

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._hashes = array("q")
        self._minted = array("q")
        self._indexed: dict[int, int] = {}  # only made when somebody asks
        self._count = 0

    def __contains__(self, uid: str) -> bool:
        return self.get(uid) is not None

    def get(self, uid: str) -> int | None:
        """Return the row that has an id; one of another id only by the rarest of chances."""
        row = self._rows.get(uid)
        if row is not None or not self._hashes:
            return row
        for place in range(self._count, len(self._hashes)):
            self._indexed.setdefault(self._hashes[place], self._minted[place])
        self._count = len(self._hashes)
        return self._indexed.get(hash(uid))

    def find(self, seen: Sighting) -> int | None:
        """Return the row that has the id of a file."""
        return self._rows.get(seen.uid) if _is_minted(seen) else self.get(seen.uid)

    def put(self, uid: str, row: int) -> None:
        """Give an id to a row, whoever had it."""
        self._rows[uid] = row

    def learn(self, uid: str, row: int) -> None:
        """Note who had an id before, unless somebody has it now."""
        self._rows.setdefault(uid, row)

    def put_new(self, seen: Sighting, row: int) -> None:
        """Give the id of a file that nobody had to its row."""
        if _is_minted(seen):
            self._hashes.append(hash(seen.uid))
            self._minted.append(row)
        else:
            self._rows[seen.uid] = row

    def copy(self) -> "Holders":
        """Return another one that knows the same."""
        other = Holders()
        other._rows = self._rows.copy()
        other._hashes, other._minted = self._hashes[:], self._minted[:]
        return other


def _is_minted(seen: Sighting) -> bool:
    """Return whether an id is that of a path which no other path shares, as NFC and NFD do."""
    return (
        not seen.claimed and is_normalized("NFC", seen.name) and is_normalized("NFC", seen.folder)
    )
