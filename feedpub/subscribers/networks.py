"""Which requests come from one place."""

import ipaddress

_IPV4_BITS, _IPV6_BITS = 24, 64


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
