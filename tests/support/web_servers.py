"""nginx and Caddy on loopback, set up as the documentation says."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import needs
from tests.support.documents import read_blocks
from tests.support.ports import free_port
from tests.support.programs import wait_until_it_answers

Command = Callable[[Path, int, Path], list[str]]
"""Writes a server's configuration; takes a folder, a port and the page that has it."""

_KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_END_S = 60


def nginx_command(folder: Path, port: int, document: Path) -> list[str]:
    """Return what starts nginx with the configuration of a page, which it finds sound."""
    command = _write_nginx(folder, port, _snippet("nginx", document))
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    return command


def caddy_command(folder: Path, port: int, document: Path) -> list[str]:
    """Return what starts Caddy with the configuration of a page."""
    site = _snippet("caddy", document).replace("blog.example.org", f"http://127.0.0.1:{port}", 1)
    config = folder / "Caddyfile"
    config.write_text(f"{{\nadmin off\n}}\n{site}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]


WEB_SERVERS = [
    pytest.param(nginx_command, marks=needs.program("nginx"), id="nginx"),
    pytest.param(caddy_command, marks=needs.program("caddy"), id="caddy"),
]
"""Parameters of a test that holds for both."""


@contextmanager
def running(command: list[str], port: int) -> Iterator[str]:
    """Run a web server until the block ends; give its address, which ends with a slash."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_until_it_answers(url, process)
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=_END_S)


@contextmanager
def run_nginx(folder: Path, server: str) -> Iterator[str]:
    """Run nginx until the block ends; give its URL, without a slash at the end.

    Args:
        folder: For its own files.
        server: A ``server`` block; where it says ``listen 80`` it listens on a free port.
    """
    port = free_port()
    with running(_write_nginx(folder, port, server), port) as url:
        yield url.removesuffix("/")


def _write_nginx(folder: Path, port: int, server: str) -> list[str]:
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _KINDS)
    # Started by root it would drop its rights, and could not read the test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; {temporary}\n"
        f"{server.replace('listen 80;', f'listen 127.0.0.1:{port};')} }}\n"
    )
    return [needs.find("nginx") or "", "-e", "stderr", "-c", str(config)]


def _snippet(language: str, document: Path) -> str:
    (block,) = [block for block in read_blocks(document, name="") if block.language == language]
    return block.text
