"""What looking into the DNS needs of the outside world."""

from collections.abc import Sequence
from typing import Protocol


class Resolver(Protocol):
    """Asks name servers; a name that there is not has no records."""

    def texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name, the strings of each joined.

        Raises:
            ResolverError: No name server answered.
        """
        ...

    def mail_servers(self, name: str) -> Sequence[str]:
        """Return the hosts that take mail for a domain, best first; also by a mere address.

        Raises:
            ResolverError: No name server answered.
        """
        ...
