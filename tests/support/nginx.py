"""Debian's nginx on loopback, as an ordinary program."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import needs

_KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_DEADLINE_S = 90


@contextmanager
def run_nginx(folder: Path, server: str) -> Iterator[str]:
    """Run nginx until the block ends; give its URL, without a slash at the end.

    Args:
        folder: For its own files.
        server: A ``server`` block; where it says ``listen 80`` it listens on a free port.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _KINDS)
    # Started by root it would drop its rights, and could not read the test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; {temporary}\n"
        f"{server.replace('listen 80;', f'listen 127.0.0.1:{port};')} }}\n"
    )
    command = [needs.find("nginx") or "", "-e", "stderr", "-c", str(config)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=_DEADLINE_S)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx does not answer")
