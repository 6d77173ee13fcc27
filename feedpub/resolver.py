"""Asks name servers, by dnspython."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from feedpub.errors import ResolverError

if TYPE_CHECKING:
    pass

T = TypeVar("T")

_LIFETIME_S = 10.0


class DnsResolver:
    """Asks the name servers of this machine, or one that is named."""

    def __init__(self, host: str = "", port: int = 53) -> None:
        """Prepare.

        Args:
            host: Address of a name server; ``""`` for those of this machine.
            port: Of that name server.

        Raises:
            ResolverError: This machine has no name servers.
        """
        import dns.resolver

        try:
            self._resolver: dns.resolver.Resolver = dns.resolver.Resolver(configure=not host)
        except dns.resolver.NoResolverConfiguration as error:
            raise ResolverError(
                "this machine has no name server; name one by --nameserver"
            ) from error
        if host:
            self._resolver.nameservers, self._resolver.port = [host], port
        self._resolver.lifetime = _LIFETIME_S

    def texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name, the strings of each joined."""
        return self._ask(
            name, "TXT", lambda record: b"".join(record.strings).decode("utf-8", "replace")
        )

    def mail_servers(self, name: str) -> Sequence[str]:
        """Return the hosts that take mail for a domain, best first; also by a mere address."""
        found = self._ask(
            name,
            "MX",
            lambda record: (record.preference, record.exchange.to_text(omit_final_dot=True)),
        )
        # RFC 7505: a lone dot says that a domain takes no mail. RFC 5321, 5.1: else its address.
        if found:
            return [host for _, host in sorted(found) if host != "."]
        has_address = self._ask(name, "A", str) or self._ask(name, "AAAA", str)
        return [name] if has_address else []

    def _ask(self, name: str, kind: str, read: Callable[[Any], T]) -> list[T]:
        import dns.exception
        import dns.resolver

        try:
            answer = self._resolver.resolve(name, kind, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.DNSException as error:
            reason = str(error).rstrip(".").lower()
            raise ResolverError(
                f"{name} {kind}: {reason[:120]}; try again, or name another server by --nameserver"
            ) from error
        return [read(record) for record in answer.rrset or ()]
