"""The folder that articles from elsewhere lie in."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.errors import TargetError
from feedpub.sources.spool import Spool, place_file


def files(spool: Spool) -> dict[str, bytes]:
    found = (file for file in spool.root.glob("[!.]*/*") if file.is_file())
    return {file.name: file.read_bytes() for file in found}


def fill(spool: Spool, **articles: bytes) -> None:
    with spool.hold():
        refill = spool.start()
        for key, data in articles.items():
            assert refill.put(key, key, data)
        refill.finish()


def test_what_is_not_taken_again_goes_and_its_folder_too(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s")
    fill(spool, a=b"1", b=b"2")

    fill(spool, b=b"3")

    assert list(files(spool).values()) == [b"3"]
    assert len([one for one in spool.root.iterdir() if not one.name.startswith(".")]) == 1


def test_an_equal_file_is_not_touched(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, a=b"1")
    before = (tmp_path / place_file("a", "a")).stat()

    fill(spool, a=b"1")

    assert (tmp_path / place_file("a", "a")).stat() == before


def test_a_key_is_taken_once(tmp_path: Path) -> None:
    refill = Spool(tmp_path).start()

    assert refill.put("a", "slug", b"1")
    assert not refill.put("a", "slug", b"2")


def test_until_the_end_nothing_changes(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, a=b"1")

    spool.start().put("a", "a", b"2")

    assert list(files(spool).values()) == [b"1"]


def test_a_folder_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"")  # a file in its place

    with pytest.raises(TargetError, match=r"s: .+ cannot be unpacked here \(.+\); make room"):
        fill(Spool(tmp_path / "s"), a=b"1")


def test_state_that_is_damaged_is_none(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.save_state({"a": 1})
    assert spool.load_state() == {"a": 1}

    (tmp_path / ".state.json").write_text("[")

    assert spool.load_state() == {}


def test_one_at_a_time_changes_the_folder(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        with Spool(tmp_path).hold():
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.01)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) == 1


@given(keys=st.sets(st.text(), min_size=2, max_size=2), slug=st.text())
def test_no_article_ever_takes_the_place_of_another(keys: set[str], slug: str) -> None:
    one, other = keys

    assert place_file(one, slug) != place_file(other, slug)
    assert place_file(one, slug) == place_file(one, slug)
