"""Which requests come from one place."""

import ipaddress
import re

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_IPV4_BITS, _IPV6_BITS = 24, 64


def is_address(text: str) -> bool:
    """Return whether a text is an IP address."""
    if _IPV4.fullmatch(text):  # a tenth of the cost, for each row of a list
        return True
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def find_network(address: str | None) -> str | None:
    """Return the network that an IP address is in: /24 of IPv4, /64 of IPv6; None if it is none.

    One household or one machine holds a whole /64, so a single address says nothing there.
    """
    if not address:
        return None
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    bits = _IPV4_BITS if found.version == 4 else _IPV6_BITS
    return str(ipaddress.ip_network((found, bits), strict=False))
