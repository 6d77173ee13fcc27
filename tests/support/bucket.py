"""A store that speaks S3, as a process of its own: moto's server."""

import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from feedpub.targets.bucket import BucketSettings
from feedpub.targets.s3 import S3Target
from tests.support.ports import free_port

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_START_S = 180
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Stored:
    """An object as whoever fetches it is given it."""

    data: bytes
    media_type: str
    cache_control: str


@dataclass(frozen=True)
class Bucket:
    """An empty bucket of its own.

    Attributes:
        endpoint: Of the store.
        name: Of the bucket.
    """

    endpoint: str
    name: str

    def get(self, path: str) -> Stored:
        import obstore

        found = obstore.get(self._open(), path)
        headers = found.attributes
        kind, control = headers.get("Content-Type", ""), headers.get("Cache-Control", "")
        return Stored(bytes(found.bytes()), kind, control)

    def files(self, prefix: str = "") -> dict[str, bytes]:
        """Return what is in the bucket below a prefix, which ends with a slash if there is one."""
        return {path: self.get(prefix + path).data for path in self.list(prefix)}

    def list(self, prefix: str = "") -> list[str]:
        import obstore

        pages = obstore.list(self._open())
        paths = [meta["path"] for page in pages for meta in page]
        return sorted(path[len(prefix) :] for path in paths if path.startswith(prefix))

    def put(self, path: str, data: bytes) -> None:
        """Write as somebody else does."""
        import obstore

        obstore.put(self._open(), path, data)

    def delete(self, path: str) -> None:
        import obstore

        obstore.delete(self._open(), path)

    def _open(self) -> Any:
        from obstore.store import S3Store

        return S3Store(
            self.name, config={"endpoint": self.endpoint}, client_options={"allow_http": True}
        )

    def target(
        self, folder: Path, *, prefix: str = "", endpoint: str = "", **settings: Any
    ) -> S3Target:
        """Return a target of the bucket; files below ``z`` come last."""
        return S3Target(
            BucketSettings(self.name, prefix, endpoint or self.endpoint, **settings),
            folder,
            lambda path: int(path.startswith("z")),
        )


@contextmanager
def run_store() -> Iterator[str]:
    """Run the store; give its address."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            requests.get(address, timeout=60)
        except requests.ConnectionError:
            assert process.poll() is None, "the store has ended"
            assert time.monotonic() < deadline, "the store does not answer"
            time.sleep(0.1)
        else:
            return


def make_bucket(endpoint: str) -> Bucket:
    """Make an empty bucket."""
    name = f"bucket-{next(_numbers)}"
    answer = requests.put(f"{endpoint}/{name}", timeout=30)
    assert answer.ok, answer.text
    return Bucket(endpoint, name)
