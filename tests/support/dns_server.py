"""A name server of the test's own, on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dnslib import QTYPE, RCODE, RR
from dnslib.server import BaseResolver, DNSServer


class _Zone(BaseResolver):  # type: ignore[misc]
    def __init__(self, zone: str, answer: str) -> None:
        self._records = RR.fromZone(zone) if zone else []
        self._answer = answer

    def resolve(self, request: Any, handler: Any) -> Any:
        reply = request.reply()
        name, kind = str(request.q.qname).lower(), QTYPE[request.q.qtype]
        known = [record for record in self._records if str(record.rname).lower() == name]
        for record in known:
            if QTYPE[record.rtype] == kind:
                reply.add_answer(record)
        if self._answer:
            reply.header.rcode = getattr(RCODE, self._answer)
        elif not known:
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


class _Quiet:
    """Logs nothing."""

    def __getattr__(self, _: str) -> Any:
        return lambda *arguments: None


@contextmanager
def run_dns(zone: str, *, answer: str = "") -> Iterator[int]:
    """Answer for a zone; give the port.

    Args:
        zone: In the form of a zone file.
        answer: Code of every answer, such as ``SERVFAIL``.
    """
    server = DNSServer(_Zone(zone, answer), address="127.0.0.1", port=0, logger=_Quiet())
    server.start_thread()
    try:
        yield server.server.server_address[1]
    finally:
        server.stop()
        server.server.server_close()
