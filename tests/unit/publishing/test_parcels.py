"""What travels between machines arrives as it was."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.catalog.identity import Sighting
from feedpub.ports import File, ReadTask, StoredProblem
from feedpub.publishing.parcels import pack_files, pack_findings, unpack_files, unpack_findings

# Halves of pairs among them, also two that would be one character.
texts = st.text(st.characters(exclude_categories=()), max_size=12) | st.text("\ud83d\ude00x")
numbers = st.integers(-(2**63), 2**63 - 1)
files = st.builds(File, texts, numbers, numbers)
sightings = st.builds(
    Sighting,
    texts, texts, numbers, numbers, texts, st.booleans(), st.binary(min_size=16, max_size=16),
    numbers, texts, st.none() | numbers, st.booleans(), st.none() | numbers, st.none() | numbers,
    st.lists(st.lists(texts, max_size=3).map(tuple), max_size=3).map(tuple), st.integers(0, 7),
    st.lists(texts, max_size=2).map(tuple),
)  # fmt: skip
problems = st.builds(
    StoredProblem,
    texts, texts, texts, texts, st.none() | numbers, st.none() | numbers, texts, st.booleans(),
)  # fmt: skip


@given(st.lists(sightings | problems, max_size=5))
def test_findings_arrive_as_they_were(findings: list[Sighting | StoredProblem]) -> None:
    arrived = unpack_findings(pack_findings(findings))

    assert arrived == findings
    assert list(map(type, arrived)) == list(map(type, findings))


@given(st.lists(st.tuples(texts, st.lists(files, min_size=1, max_size=3)), max_size=4))
def test_files_arrive_in_their_order(folders: list[tuple[str, list[File]]]) -> None:
    tasks = [ReadTask(0, folder, file) for folder, some in folders for file in some]

    arrived = unpack_files(pack_files(tasks))

    assert arrived == [(task.folder, task.file) for task in tasks]
    assert all(type(file) is File for _, file in arrived)


@pytest.mark.parametrize("kind", ["files", "findings"])
def test_a_thousand_take_little_room(kind: str) -> None:
    file = File("2021-03-24-an-article-that-was-scraped.md", 5000, 10**18)
    if kind == "files":
        data = pack_files(ReadTask(0, "新闻/科技", file._replace(size=n)) for n in range(1000))
    else:
        problem = StoredProblem("posts", "新闻", file.name, "error", 3, 1, "the date is no date")
        data = pack_findings([problem] * 1000)

    assert len(data) < 20_000
    assert json.loads(zlib.decompress(data))


def test_halves_of_a_pair_stay_halves() -> None:
    problem = StoredProblem("posts", "\ud83d\ude00", "\ude00.md", "error", 3, 1, "😀 \ud83d")

    (arrived,) = unpack_findings(pack_findings([problem]))

    assert list(map(len, arrived[1:3])) == [2, 4]
    assert arrived == problem
