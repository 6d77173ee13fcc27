"""Who has which id, when nearly all ids are minted from paths."""

from unicodedata import normalize

from feedpub.catalog.identity import Sighting
from feedpub.publishing.holders import Holders


def see(uid: str, name: str = "a.md", *, claimed: bool = False) -> Sighting:
    return Sighting(
        "", name, 1, 1, uid, claimed, b"", 0, "", None, False, None, None, (), 0, ()
    )  # fmt: skip


def test_a_minted_id_is_found_by_who_claims_it() -> None:
    holders = Holders()
    holders.put_new(see("u:1"), 7)
    holders.put_new(see("u:2"), 8)

    assert holders.find(see("u:2", claimed=True)) == 8
    holders.put_new(see("u:3"), 9)
    assert holders.find(see("u:3", claimed=True)) == 9
    assert "u:4" not in holders


def test_a_claimed_id_is_found_by_the_path_that_mints_it() -> None:
    holders = Holders()
    holders.put_new(see("u:1", claimed=True), 7)

    assert holders.find(see("u:1")) == 7


def test_nfc_and_nfd_share_an_id_in_either_order() -> None:
    composed, split = see("u:1", normalize("NFC", "é.md")), see("u:1", normalize("NFD", "é.md"))

    for first, second in ((composed, split), (split, composed)):
        holders = Holders()
        holders.put_new(first, 7)
        assert holders.find(second) == 7


def test_a_copy_learns_nothing_of_what_comes_later() -> None:
    holders = Holders()
    holders.put_new(see("u:1"), 7)
    holders.put("u:2", 8)

    copy = holders.copy()
    holders.put("u:2", 9)
    holders.put_new(see("u:3"), 10)

    assert (copy.get("u:1"), copy.get("u:2"), copy.get("u:3")) == (7, 8, None)
