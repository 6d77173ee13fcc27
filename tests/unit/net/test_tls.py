"""The same over TLS, with a certificate made for the test."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedpub.errors import FetchError
from feedpub.net import Fetcher
from tests.support import needs, pictures
from tests.support.bad_server import BadServer
from tests.support.certificates import make_certificate

pytestmark = needs.program("openssl")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the key and the certificate of 127.0.0.1, signed by itself."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(certificate: Path) -> Iterator[BadServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    with BadServer(context) as server:
        yield server


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the certificate one of those that requests trusts."""
    monkeypatch.setattr(
        "requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(certificate / "certificate.pem")
    )


def fetch(fetcher: Fetcher, url: str, deadline_s: float = 5) -> bytes:
    return fetcher.get(url, max_bytes=300_000, deadline_s=deadline_s, accept=("image/",)).body


def test_a_certificate_that_nobody_vouches_for_is_refused(
    fetcher: Fetcher, server: BadServer, monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    # The environment must not be able to switch this off.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "certificate.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", "")

    with pytest.raises(FetchError, match="TLS connection failed: self-signed certificate"):
        fetch(fetcher, server.url("/jpeg"))

    assert server.received == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_host_is_refused(fetcher: Fetcher, server: BadServer) -> None:
    with pytest.raises(FetchError, match=r"TLS connection failed: .*mismatch"):
        fetch(fetcher, server.url("/jpeg", "localhost"))


@pytest.mark.usefixtures("trusted")
def test_a_picture_arrives(fetcher: Fetcher, server: BadServer) -> None:
    assert fetch(fetcher, server.url("/jpeg")) == pictures.drawing(kind="JPEG")


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("path", ["/slow-headers", "/slow-body"])
def test_the_deadline_is_for_everything(fetcher: Fetcher, server: BadServer, path: str) -> None:
    begin = time.monotonic()

    with pytest.raises(FetchError, match="no whole answer"):
        fetch(fetcher, server.url(path), deadline_s=0.5)

    assert time.monotonic() - begin < 2


@pytest.mark.usefixtures("trusted")
def test_a_body_without_end_is_refused(fetcher: Fetcher, server: BadServer) -> None:
    with pytest.raises(FetchError, match="larger than"):
        fetch(fetcher, server.url("/endless-body"))


@pytest.mark.usefixtures("trusted")
def test_a_redirect_to_plain_http_is_refused(fetcher: Fetcher, server: BadServer) -> None:
    with pytest.raises(FetchError, match="from https to http"):
        fetch(fetcher, server.url("/redirect-to?url=http://127.0.0.1/"))
