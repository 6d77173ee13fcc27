"""Servers that run for as long as they are measured."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.support import needs
from tests.support.ports import free_port
from tests.support.programs import PROGRAM, environment, wait_until_it_answers

ROOT = Path(__file__).resolve().parents[3]
_NGINX = """\
{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr; events {{}}
http {{
    include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


class Server(NamedTuple):
    """A server that runs.

    Attributes:
        url: Where it answers; ends with ``/``.
        pid: Of its first process.
    """

    url: str
    pid: int

    def read_cpu(self) -> float:
        """Return the seconds of processor that it and its children took so far."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        stats = [Path(f"/proc/{pid}/stat").read_text() for pid in (self.pid, *children)]
        # Its name may have blanks; of what follows, these are user and system time.
        ticks = [sum(map(int, stat.rpartition(")")[2].split()[11:13])) for stat in stats]
        return sum(ticks) / os.sysconf("SC_CLK_TCK")


@contextmanager
def run_nginx(folder: Path, root: Path) -> Iterator[Server]:
    """Serve a folder by nginx, one worker; give it."""
    port = free_port()
    config = folder / "nginx.conf"
    # Started by root it would drop its rights, and could not read the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(_NGINX.format(user=user, folder=folder, port=port, root=root))
    with _running(
        [needs.find("nginx") or "nginx", "-e", "stderr", "-c", str(config)], port
    ) as server:
        yield server


@contextmanager
def run_feedpub(site: Path, folder: Path) -> Iterator[Server]:
    """Serve a site by ``feedpub serve`` as it comes; give it."""
    port = free_port()
    with (
        (folder / "access.log").open("w") as log,
        _running([*PROGRAM, "-C", str(site), "serve", "-p", str(port)], port, log) as server,
    ):
        yield server


@contextmanager
def run_people(site: Path) -> Iterator[Server]:
    """Serve the pages for subscribers of a site of ``make_site``; give it."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.serving.site", str(site), str(port)]
    with _running(command, port) as server:
        yield server


@contextmanager
def _running(
    command: list[str], port: int, stderr: object = subprocess.DEVNULL
) -> Iterator[Server]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL,
        stderr=stderr,  # type: ignore[arg-type]
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_until_it_answers(url, process)
        yield Server(url, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)
