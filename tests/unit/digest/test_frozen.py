"""A digest is frozen: what was kept gives the same mails as what was rendered."""

import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.digest import DigestArticle, FrozenDigest
from feedpub.errors import CorruptStoreError, StoreVersionError
from tests.support.digests import make_article


@given(
    choice=st.sets(st.integers(0, 8)).map(sorted).map(tuple),
    language=st.sampled_from(["zh-CN", "en", "fr"]),
    since=st.integers(999_990, 1_000_001),
)
@settings(max_examples=25)
def test_a_kept_digest_plans_the_same_mails(
    digest: FrozenDigest, choice: tuple[int, ...], language: str, since: int
) -> None:
    kept = FrozenDigest.from_bytes(digest.to_bytes())

    assert kept.plan(choice, language, since) == digest.plan(choice, language, since)


def test_a_kept_digest_is_kept_the_same_again(digest: FrozenDigest) -> None:
    data = digest.to_bytes()

    assert FrozenDigest.from_bytes(data).to_bytes() == data
    assert FrozenDigest.from_bytes(data).articles == digest.articles
    assert FrozenDigest.from_bytes(data).archive() == digest.archive()


def test_the_same_articles_freeze_to_the_same_bytes(
    freeze: Callable[..., FrozenDigest], articles: list[DigestArticle]
) -> None:
    assert freeze(*articles[:5]).to_bytes() == freeze(*articles[:5]).to_bytes()


def test_what_an_issue_is_about_can_be_listed(freeze: Callable[..., FrozenDigest]) -> None:
    (article,) = freeze(make_article(7, title="一\n二", categories=(3,))).articles

    assert (article.id, article.title, article.categories) == (7, "一 二", (3,))
    assert article.url == "https://feedpub.example/articles/7.html"
    assert article.first_seen == 1_000_000 - 7


def test_a_digest_of_a_newer_feedpub_is_refused() -> None:
    with pytest.raises(StoreVersionError, match="update this one"):
        FrozenDigest.from_bytes(b"FPD\x02rest")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"FPD",
        b"XYZ\x01",
        b"FPD\x01",
        b"FPD\x01rubbish",
        b"FPD\x01" + zlib.compress(b"[]"),
        b"FPD\x01" + zlib.compress(b"{}"),
        b"FPD\x01" + zlib.compress(b"\xff"),
    ],
)
def test_a_damaged_digest_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptStoreError, match="feedpub restore"):
        FrozenDigest.from_bytes(data)


@given(data=st.data())
@settings(max_examples=40)
def test_a_digest_cut_short_or_changed_is_refused_or_the_same(
    digest: FrozenDigest, data: st.DataObject
) -> None:
    kept = digest.to_bytes()
    place = data.draw(st.integers(4, len(kept) - 1))
    changed = bytes([kept[place] ^ data.draw(st.integers(1, 255))])

    for damaged in (kept[:place], kept[:place] + changed + kept[place + 1 :]):
        with pytest.raises((CorruptStoreError, StoreVersionError)):
            FrozenDigest.from_bytes(damaged)
