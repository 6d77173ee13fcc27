"""What the rest of feedpub fetches with."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from feedpub.errors import FetchError
from feedpub.net.limits import Limits
from feedpub.net.urls import check_url, follow, host_of, port_of

if TYPE_CHECKING:
    import requests

_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_NOT_MODIFIED = 304
_TRY_AGAIN = frozenset({408, 425, 429})
_WEB_PORTS = frozenset({80, 443})
_USER_AGENT = "feedpub"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document from an earlier answer (RFC 9110, 13.1).

    Attributes:
        etag: As the server wrote it, empty without one.
        modified: ``Last-Modified`` likewise.
    """

    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Those that ask for the document only if it is another by now."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        url: Where the body came from at last, in ASCII.
        status: 200 or 203; 304 if it was asked whether anything is new.
        headers: Names in lower case.
        body: Decompressed, at most ``max_bytes``; empty for 304.
        moved: Where the URL that was asked for has moved for good, None if it has not.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved: str | None = None

    @property
    def media_type(self) -> str:
        """The content type in lower case, without parameters; empty if there is none."""
        return _media_type(self.headers)


class Fetcher:
    """Fetches what strangers' URLs name, without trusting URL, network or server.

    Only ports 80 and 443 of public addresses, checked on the address that is connected to; at
    most three redirects, never from https to http; one deadline for everything; no cookies,
    passwords, proxies or environment. May be used by many threads.

    Args:
        allow_private: Connect to private and loopback addresses too, for URLs that the operator
            configured and for tests.
        ports: Those that may be used; any if None.
        user_agent: Sent with every request.
        per_host: Fetches at once from one host.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        ports: Collection[int] | None = _WEB_PORTS,
        user_agent: str = _USER_AGENT,
        per_host: int = 2,
    ) -> None:
        from feedpub.net.transport import Transport

        self.per_host = per_host
        self._allow_private, self._ports, self._user_agent = allow_private, ports, user_agent
        self._transport = Transport(pool_connections=32, pool_maxsize=per_host)
        self._hosts: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that were kept for the next fetch."""
        self._transport.close()

    def get(
        self,
        url: str,
        *,
        max_bytes: int,
        deadline_s: float,
        accept: Collection[str],
        known: Known = Known(),
        origin: str = "",
    ) -> Fetched:
        """Return what a URL names.

        Args:
            url: Absolute; an IRI is encoded.
            max_bytes: Of the body, both as sent and when decompressed.
            deadline_s: Seconds for all of it: waiting for the host's turn, look-up, redirects.
            accept: Media types; ``image/`` stands for all that begin so, ``""`` for none given.
            known: From an earlier answer: nothing is sent if the document is still the same.
            origin: Of the page that asks, as browsers name it; empty if none does.

        Raises:
            FetchError: It did not arrive; ``retry`` says whether it may later.
        """
        limits = self._limits(url, deadline_s, max_bytes)
        headers = {**_accept(accept), **known.headers} | ({"Origin": origin} if origin else {})
        target, moved, for_good = check_url(url), None, True
        for _ in range(_MAX_REDIRECTS + 1):
            with self._exchange("GET", target, limits, headers=headers) as response:
                status, location = response.status_code, response.headers.get("location")
                if status not in _REDIRECTS or location is None:
                    if status == _NOT_MODIFIED and known.headers:
                        return Fetched(target, status, _lower(response.headers), b"", moved)
                    return replace(_receive(response, target, limits, accept), moved=moved)
            target = follow(location, target, asked=url)
            for_good = for_good and status in _PERMANENT
            moved = target if for_good else moved
        raise FetchError(
            f"redirected more than {_MAX_REDIRECTS} times; use the final URL", url=url, retry=False
        )

    def post_form(
        self, url: str, fields: Sequence[tuple[str, str]], *, deadline_s: float = 10
    ) -> int:
        """Send a form and return the status of the answer, whose body is not read.

        Args:
            url: Absolute.
            fields: In order; a name may come more than once.
            deadline_s: Seconds for all of it.

        Raises:
            FetchError: There is no answer. One that says no is an answer.
        """
        limits = self._limits(url, deadline_s, max_bytes=0)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
        body = urlencode(fields).encode("ascii")
        target = check_url(url)
        with self._exchange("POST", target, limits, headers=headers, body=body) as response:
            return response.status_code

    def _limits(self, url: str, deadline_s: float, max_bytes: int) -> Limits:
        return Limits(url, deadline_s, max_bytes, allow_private=self._allow_private)

    @contextmanager
    def _exchange(
        self,
        method: str,
        target: str,
        limits: Limits,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
    ) -> Iterator["requests.Response"]:
        self._check_port(target, limits)
        headers = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip", **headers}
        with (
            self._turn(host_of(target), limits),
            self._transport.open(method, target, limits, headers=headers, body=body) as response,
        ):
            yield response

    def _check_port(self, target: str, limits: Limits) -> None:
        if self._ports is not None and port_of(target) not in self._ports:
            allowed = " and ".join(str(port) for port in sorted(self._ports))
            raise FetchError(
                f"port {port_of(target)} is not used; only {allowed}", url=limits.url, retry=False
            )

    @contextmanager
    def _turn(self, host: str, limits: Limits) -> Iterator[None]:
        with self._lock:
            slots = self._hosts.setdefault(host, threading.Semaphore(self.per_host))
        if not slots.acquire(timeout=limits.left()):
            raise limits.too_late()
        try:
            yield
        finally:
            slots.release()


def _receive(
    response: "requests.Response", url: str, limits: Limits, accept: Collection[str]
) -> Fetched:
    from feedpub.net.transport import read_body

    headers = _lower(response.headers)
    _check_status(response.status_code, limits, headers.get("retry-after", ""))
    _check_type(_media_type(headers), accept, limits)
    _check_length(headers.get("content-length", ""), limits)
    return Fetched(url, response.status_code, headers, read_body(response, limits))


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _check_status(status: int, limits: Limits, wait: str) -> None:
    if status in (200, 203):
        return
    retry = status >= 500 or status in _TRY_AGAIN
    remedy = "it is tried again later" if retry else "check the URL"
    raise FetchError(
        f"the server answered {status}; {remedy}",
        url=limits.url,
        retry=retry,
        status=status,
        wait=wait,
    )


def _check_type(media_type: str, accept: Collection[str], limits: Limits) -> None:
    for wanted in accept:
        if media_type == wanted or (wanted.endswith("/") and media_type.startswith(wanted)):
            return
    raise FetchError(
        f"the server sent {media_type or 'no content type'}, which is not what was asked for; "
        "check the URL",
        url=limits.url,
        retry=False,
    )


def _check_length(length: str, limits: Limits) -> None:
    """Refuse early what is too large by its own account; the account itself is not trusted."""
    # Python refuses to read thousands of digits, and twenty tell.
    if length.isdecimal() and int(length[:20]) > limits.max_bytes:
        raise limits.too_large()


def _accept(accept: Collection[str]) -> dict[str, str]:
    kinds = [f"{kind}*" if kind.endswith("/") else kind for kind in accept if kind]
    return {"Accept": ", ".join(kinds) or "*/*"}


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
