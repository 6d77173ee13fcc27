"""A server on loopback that misbehaves in one way for each path.

    with BadServer() as server:
        fetcher.get(server.url("/slow-body"), ...)

Everything it does ends when the server is stopped, so that no test leaves a thread behind.
"""

# Each of these registers what answers its paths.
from tests.support.bad_server import feeds, images, plain, redirects, transfers  # noqa: F401
from tests.support.bad_server.server import BadServer, Exchange, behaviour

__all__ = ["BadServer", "Exchange", "behaviour"]
