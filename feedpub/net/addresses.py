"""Which addresses a stranger's URL may lead to.

The check is made on the very address that is connected to. One that is made before, on the name,
is void: a name server may answer differently the second time (DNS rebinding).
"""

import ipaddress
import queue
import socket
import threading

from feedpub.errors import FetchError
from feedpub.net.limits import Limits

# The special-purpose registries of the IANA, written out: the ipaddress module of a given Python
# is as old as that Python, and 3.11.7 calls 192.0.0.192 (a cloud's metadata service) global.
_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host, reachable from its guests only
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# IPv6 has one block of public addresses. What lies outside it is private, or carries an IPv4
# address in disguise (::/96, ::ffff:0:0:0/96, NAT64), and needs no list.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo and other protocols
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "3fff::/20",
    )
)
_MAX_ADDRESSES = 4

_Found = list[tuple[socket.AddressFamily, str, tuple[object, ...]]]


def is_public(address: str) -> bool:
    """Return whether a numeric address belongs to the public internet.

    Args:
        address: As ``getaddrinfo`` gives it; a scope (``fe80::1%eth0``) may follow.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            return ip in _PUBLIC_V6 and not any(ip in network for network in _REFUSED_V6)
        ip = ip.ipv4_mapped
    return not any(ip in network for network in _REFUSED_V4)


def open_socket(host: str, port: int, limits: Limits) -> socket.socket:
    """Return a connection to one of a host's addresses, each checked where it is used.

    Args:
        host: A name in ASCII, or an address.
        port: Checked by the caller.
        limits: Its time is shared by the look-up and by at most four addresses.

    Raises:
        FetchError: The name is unknown, an address is not public, or none of them answers.
    """
    found = _look_up(host, port, limits)[:_MAX_ADDRESSES]
    if not limits.allow_private:
        _refuse_private(host, found, limits)
    reason = "it has no address"
    for tried, (family, _, target) in enumerate(found):
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            # A share each, so that a dead IPv6 route leaves time for IPv4.
            connection.settimeout(limits.left() / (len(found) - tried))
            connection.connect(target)
        except OSError as error:
            connection.close()
            reason = "it took too long" if isinstance(error, TimeoutError) else _reason(error)
        else:
            return connection
    raise FetchError(f"cannot connect to {host}: {reason}", url=limits.url)


def _refuse_private(host: str, found: _Found, limits: Limits) -> None:
    # One private address among public ones is a trap or a mistake, so the whole name is refused.
    for _, address, _ in found:
        if not is_public(address):
            who = host if host == address else f"{host} ({address})"
            raise FetchError(
                f"{who} is not on the public internet; use a public address",
                url=limits.url,
                retry=False,
            )


def _look_up(host: str, port: int, limits: Limits) -> _Found:
    """Return the addresses of a host in the system's order, in time.

    ``getaddrinfo`` knows no timeout and cannot be interrupted, so it is asked in a thread that is
    left behind when it takes too long; it ends with the resolver's own timeout.
    """
    answer: queue.SimpleQueue[_Found | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put([(family, str(to[0]), tuple(to)) for family, _, _, _, to in found])
        except (OSError, ValueError) as error:
            answer.put(error)

    threading.Thread(target=ask, name="feedpub-look-up", daemon=True).start()
    try:
        found = answer.get(timeout=limits.left())
    except queue.Empty:
        raise FetchError(f"no name server knew {host} in time", url=limits.url) from None
    if isinstance(found, Exception):
        unknown = isinstance(found, ValueError) or found.args[:1] == (socket.EAI_NONAME,)
        message = f"the name {host} is unknown" if unknown else f"cannot look up the name {host}"
        raise FetchError(message, url=limits.url, retry=not unknown) from found
    return found


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
