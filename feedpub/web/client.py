"""Who is asking."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

Networks = Sequence[IPv4Network | IPv6Network]

_WITH_PORT = re.compile(r"([0-9.]+|\[[^]]*\])(?::[0-9]{1,5})?")


def is_near(peer: str | None, proxies: Networks = ()) -> bool:
    """Return whether the other end of a connection is on this machine, or a proxy of ours.

    Args:
        peer: Its address; empty for a Unix socket, None if nothing is known of it.
        proxies: Networks of proxies elsewhere.
    """
    if peer == "":
        return True
    try:
        return peer is not None and is_within(peer, proxies)
    except ValueError:
        return False


def is_within(address: str, networks: Networks) -> bool:
    """Return whether an address is that of this machine, or within some networks.

    Raises:
        ValueError: It is no address.
    """
    found = ip_address(address)
    return found.is_loopback or any(found in network for network in networks)


def find_client(peer: str | None, forwarded: str, proxies: Networks = ()) -> str | None:
    """Return who is asking.

    Args:
        peer: The other end of the connection; empty for a Unix socket.
        forwarded: ``X-Forwarded-For``. Only a proxy on this machine, or one that was named, is
            believed, and of what it says only the last address, for the client may have written
            those before.
        proxies: Networks of proxies elsewhere.
    """
    if not is_near(peer, proxies):
        return peer
    return read_last(forwarded) or peer or None


def read_last(forwarded: str) -> str | None:
    """Return the last address of ``X-Forwarded-For``; None if it is none.

    Args:
        forwarded: Addresses with commas between, some with a port, as gateways write them:
            ``192.0.2.1:4711``, ``[2001:db8::1]:4711``.
    """
    text = forwarded.rpartition(",")[2].strip()
    if found := _WITH_PORT.fullmatch(text):
        text = found[1].strip("[]")
    try:
        return str(ip_address(text))
    except ValueError:
        return None
