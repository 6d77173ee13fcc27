"""Entries as files: kept once, changed in place, and whole at any instant."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from feedpub.errors import TargetError
from feedpub.reading.remote import RemoteEntry, make_name
from feedpub.sources.remote.spool import Spool
from feedpub.sources.remote.state import FeedState

NOW = 1_800_000_000
URL = "https://a.example/feed"
ENTRIES = [RemoteEntry(key=f"urn:x:{n}", guid=f"urn:x:{n}", title=f"题 {n}") for n in range(4)]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(str(tmp_path / "remote" / "a"))
    spool.open()
    return spool


def files(spool: Spool) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in spool.folder.iterdir()}


def test_an_entry_is_kept_once(spool: Spool) -> None:
    assert spool.keep(ENTRIES[:2], NOW, ()) == (2, 0)
    before = {path: path.stat().st_mtime_ns for path in spool.folder.iterdir()}

    assert spool.keep(ENTRIES[:3], NOW + 60, ()) == (1, 0)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert set(files(spool)) == {make_name(entry) for entry in ENTRIES[:3]}


def test_what_drops_out_of_the_window_stays(spool: Spool) -> None:
    spool.keep(ENTRIES[:2], NOW, ())
    spool.keep(ENTRIES[2:], NOW, ())
    spool.keep([], NOW, ())

    assert len(files(spool)) == 4


def test_an_entry_that_changed_is_changed_in_its_place(spool: Spool) -> None:
    spool.keep(ENTRIES, NOW, ())

    assert spool.keep([replace(ENTRIES[1], title="another")], NOW, ()) == (0, 1)
    assert b"another" in files(spool)[make_name(ENTRIES[1])]


def test_entries_without_a_date_stay_in_the_order_of_their_feed(spool: Spool) -> None:
    spool.keep(ENTRIES, NOW, ())

    times = [(spool.folder / make_name(entry)).stat().st_mtime for entry in ENTRIES]

    assert times == [NOW, NOW - 1, NOW - 2, NOW - 3]


def test_an_id_that_another_feed_claims_is_not_claimed_now_nor_later(spool: Spool) -> None:
    name = make_name(ENTRIES[0])

    spool.keep(ENTRIES[:1], NOW, (name,))
    spool.keep([replace(ENTRIES[0], body="<p>more</p>")], NOW, ())

    assert b"more" in files(spool)[name]
    assert b"\nid:" not in files(spool)[name]


def test_an_id_that_was_claimed_stays_so(spool: Spool) -> None:
    name = make_name(ENTRIES[0])

    spool.keep(ENTRIES[:1], NOW, ())
    spool.keep([replace(ENTRIES[0], body="<p>id: more</p>")], NOW, (name,))

    assert b'\nid: "urn:x:0"\n' in files(spool)[name]


@pytest.mark.parametrize("crash", range(10))
def test_who_is_killed_at_any_point_finds_the_same_files_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash: int
) -> None:
    spool = Spool(str(tmp_path / "a"))
    calls = iter(range(100))

    def dying(call: Callable[..., object]) -> Callable[..., object]:
        def die(*arguments: object) -> object:
            if next(calls) == crash:
                raise KeyboardInterrupt
            return call(*arguments)

        return die

    def round_of(spool: Spool) -> None:
        spool.open()
        spool.keep(ENTRIES[:3], NOW, ())
        spool.save_state(FeedState(URL, etag='"a"'))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying(Path.replace))
        patch.setattr(os, "fsync", dying(os.fsync))
        with pytest.raises(KeyboardInterrupt):
            round_of(spool)
    # What is remembered never says more than what is kept.
    if spool.load_state(URL).etag:
        assert len(files(spool)) >= 4
    round_of(spool)

    assert {name for name in files(spool) if not name.startswith(".")} == {
        make_name(entry) for entry in ENTRIES[:3]
    }
    assert not [name for name in files(spool) if name.startswith(".waiting")]
    assert spool.load_state(URL).etag == '"a"'


# What is remembered


def test_a_state_is_remembered(spool: Spool) -> None:
    state = FeedState(URL, "https://b.example/", '"é"', "x", 5, 6, 7, "坏", True, ("a", "b"))

    spool.save_state(state)

    assert spool.load_state(URL) == state


def test_another_url_is_another_feed(spool: Spool) -> None:
    spool.save_state(FeedState(URL, etag='"a"', gone=True))

    assert spool.load_state("https://b.example/feed") == FeedState("https://b.example/feed")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff",
        b"null",
        b'{"url": "https://a.example/feed", "next_at": "soon"}',
        b'{"url": "https://a.example/feed", "etag": null}',
        b'{"url": 5}',
        b'{"url": "https://a.example/feed", "notes": 5}',
    ],
)
def test_a_damaged_state_is_none(spool: Spool, data: bytes) -> None:
    (spool.folder / ".feedpub-feed.json").write_bytes(data)

    assert spool.load_state(URL) == FeedState(URL)


def test_a_key_of_a_later_version_does_no_harm(spool: Spool) -> None:
    (spool.folder / ".feedpub-feed.json").write_text(f'{{"url": "{URL}", "etag": "a", "new": 1}}')

    assert spool.load_state(URL) == FeedState(URL, etag="a")


def test_a_folder_that_cannot_be_written_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(TargetError, match=r"cannot be kept .* make room"):
        Spool(str(tmp_path / "file" / "a")).open()
