"""Which requests come from one place."""

import pytest

from feedpub.subscribers.networks import find_network, is_address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", None),
        (None, None),
        ("not an address", None),
        ("192.0.2.256", None),
    ],
)
def test_a_network_is_what_one_household_or_machine_holds(
    address: str | None, network: str | None
) -> None:
    assert find_network(address) == network


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.2.3.4", True), ("255.255.255.255", True), ("::1", True), ("01.2.3.4", False),
     ("256.1.1.1", False), ("1.2.3", False), ("1.2.3.4\n", False)],
)  # fmt: skip
def test_an_address_of_a_list_is_looked_at_before_it_is_kept(text: str, expected: bool) -> None:
    assert is_address(text) is expected
