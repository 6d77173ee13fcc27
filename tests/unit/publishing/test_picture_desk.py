"""Which remote pictures a build asks for."""

from collections.abc import Iterator

import pytest

from feedpub.ports import PictureRow
from feedpub.publishing.payload import MEDIA
from feedpub.publishing.pictures import PictureDesk
from feedpub.testing import MemoryPictures, MemoryStore, MemoryTarget
from tests.support.pictures import drawing

HERE, BROKEN, AWAY = (f"https://pictures.example/{name}.png" for name in ("a", "b", "c"))
NOON = 1_800_000_000
DAY_S = 86_400


class Desk:
    """A site's pictures, from one build to the next."""

    def __init__(self, store: MemoryStore) -> None:
        self.target = MemoryTarget()
        self._store = store

    def build(self, *wanted: str, now: int = NOON, offline: bool = False) -> list[str]:
        """Return what was asked for."""
        pictures = MemoryPictures({HERE: drawing(seed="a"), BROKEN: b"no picture"})
        desk = PictureDesk(pictures, self.target, now)
        with self._store.open() as store, store.transaction() as catalog:
            desk.choose(catalog.renditions, wanted)
            desk.fetch(budget_s=60, offline=offline)
            catalog.renditions.put_pictures(desk.rows)
        self.target.commit(desk.staged)
        return pictures.asked

    def row(self, url: str) -> PictureRow:
        with self._store.open() as store, store.transaction() as catalog:
            found: PictureRow = catalog.renditions.pictures([url])[url]
        return found


@pytest.fixture
def desk() -> Iterator[Desk]:
    store = MemoryStore()
    yield Desk(store)
    store.close()


def test_a_picture_that_was_copied_is_not_asked_for_again(desk: Desk) -> None:
    assert desk.build(HERE, HERE) == [HERE]
    assert desk.build(HERE, now=NOON + 9 * DAY_S) == []


def test_a_copy_that_is_gone_is_made_again(desk: Desk) -> None:
    desk.build(HERE)
    desk.target.delete([f"{MEDIA}{desk.row(HERE).name}"])

    assert desk.build(HERE) == [HERE]


def test_a_picture_that_did_not_arrive_is_asked_for_again_after_a_day(desk: Desk) -> None:
    desk.build(AWAY)

    assert desk.build(AWAY, now=NOON + DAY_S - 1) == []
    assert desk.build(AWAY, now=NOON + DAY_S) == [AWAY]


def test_what_arrived_and_is_no_picture_is_never_asked_for_again(desk: Desk) -> None:
    assert desk.build(BROKEN) == [BROKEN]
    assert desk.build(BROKEN, now=NOON + 999 * DAY_S) == []


def test_what_waits_since_before_comes_after_what_is_new(desk: Desk) -> None:
    assert desk.build(AWAY, offline=True) == []

    assert desk.build(HERE) == [HERE, AWAY]
