"""Who is asking."""

from ipaddress import ip_address


def is_near(peer: str | None) -> bool:
    """Return whether the other end of a connection is on this machine.

    Args:
        peer: Its address; empty for a Unix socket, None if nothing is known of it.
    """
    if peer == "":
        return True
    try:
        return peer is not None and ip_address(peer).is_loopback
    except ValueError:
        return False


def find_client(peer: str | None, forwarded: str) -> str | None:
    """Return who is asking.

    Args:
        peer: The other end of the connection; empty for a Unix socket.
        forwarded: ``X-Forwarded-For``. Only a proxy on this machine is believed, and of what it
            says only the last address, for the client may have written those before.
    """
    if not is_near(peer):
        return peer
    try:
        return str(ip_address(forwarded.rpartition(",")[2].strip()))
    except ValueError:
        return peer or None
