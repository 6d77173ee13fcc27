"""What may be asked for: http and https URLs that every parser reads alike."""

import re
from urllib.parse import urljoin, urlsplit

from feedpub.errors import FetchError

_MAX_LENGTH = 4096
# Parsers disagree about these (https://orange.tw/posts/2017-07-blackhat/), and no real URL of
# a picture or a hub has them.
_AMBIGUOUS = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029\ufeff\ud800-\udfff]")


def check_url(url: str, *, asked: str | None = None) -> str:
    """Return a URL as it goes over the wire: in ASCII, without fragment.

    A host in Chinese becomes Punycode, a path in Chinese is percent-encoded; what is encoded
    already stays as it is.

    Args:
        url: Absolute; may be an IRI.
        asked: The URL that led to this one, for the error; the same if None.

    Raises:
        FetchError: It is not http or https, carries a password, or can be read in two ways.
    """
    from requests import PreparedRequest
    from requests.exceptions import RequestException

    asked = url if asked is None else asked
    # A space within a path is common and harmless once encoded; within a host it is no name.
    url = url.strip(" \t\r\n").replace(" ", "%20")
    if len(url) > _MAX_LENGTH:
        raise _refused(f"the URL is longer than {_MAX_LENGTH} characters", asked)
    if _AMBIGUOUS.search(url):
        raise _refused("the URL has a backslash or a control character; take it out", asked)
    try:
        _check_parts(url, asked)
        request = PreparedRequest()
        request.prepare_url(url.partition("#")[0], None)
        wire = request.url or ""
        _check_agreement(wire, asked)
    except (RequestException, ValueError) as error:
        raise _refused("the URL cannot be understood; check it", asked) from error
    return wire


def follow(location: str, base: str, *, asked: str) -> str:
    """Return where a redirect leads, checked like any other URL.

    Args:
        location: The header's value, as ``http.client`` read it (Latin-1).
        base: The URL that answered.
        asked: The URL that was asked for first.

    Raises:
        FetchError: It may not be followed; from https to http is one such case.
    """
    try:
        # Servers write UTF-8 here, against RFC 9110, and the browsers read it.
        location = location.encode("latin-1").decode("utf-8", "replace")
        target = urljoin(base, location.strip(" \t"))
    except ValueError as error:
        raise _refused("the redirect cannot be understood", asked) from error
    target = check_url(target, asked=asked)
    if base.startswith("https:") and not target.startswith("https:"):
        raise _refused("the redirect leads from https to http; use the final URL", asked)
    return target


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, empty if there is none. Never raises."""
    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""


def port_of(url: str) -> int:
    """Return the port of a checked URL, by its scheme where none is written."""
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _check_parts(url: str, asked: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise _refused("only http and https URLs are fetched", asked)
    if "@" in parts.netloc:
        raise _refused("the URL carries a user name; take it out", asked)
    if not parts.hostname or parts.port == 0:
        raise _refused("the URL names no host; check it", asked)


def _check_agreement(wire: str, asked: str) -> None:
    """Refuse what the standard library, which requests connects by, and urllib3 read apart."""
    from urllib3.util import parse_url

    ours, theirs = urlsplit(wire), parse_url(wire)
    if (ours.scheme, ours.hostname, ours.port) != (
        theirs.scheme,
        (theirs.host or "").strip("[]"),
        theirs.port,
    ):
        raise _refused("the URL can be read in two ways; check it", asked)


def _refused(message: str, asked: str) -> FetchError:
    return FetchError(message, url=asked, retry=False)
