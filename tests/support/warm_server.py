"""Forks runs off a process that has loaded feedpub: ``tests.support.warm_server LINE``."""

import json
import os
import socket
import sys
import time
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Any

from tests.support.preloaded import preload
from tests.support.warm_feedpub import LARGEST


def main() -> None:
    """Fork a process for each request, until nobody is there to ask."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        preload()
    line = socket.socket(fileno=int(sys.argv[1]))
    while True:
        request, descriptors, _, _ = socket.recv_fds(line, LARGEST, 4)
        if not request:
            return
        if os.fork() == 0:
            break
        for descriptor in descriptors:
            os.close(descriptor)
        _bury()
    line.close()
    _answer(json.loads(request), descriptors[:3], descriptors[3])


def _bury() -> None:
    """Wait for those that have answered."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _answer(request: list[Any], streams: list[int], reply: int) -> None:
    """Run what was asked for in a process of its own, and tell its number and how it ended."""
    pid = os.fork()
    if pid == 0:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        for descriptor in (*streams, reply):
            os.close(descriptor)
        _become(*request)
        return
    os.write(reply, str(pid).encode())
    _, status = os.waitpid(pid, 0)
    os.write(reply, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(program: str, arguments: list[str], environment: dict[str, str], folder: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    if environment.get("PYTHONWARNINGS") == "error":
        warnings.simplefilter("error")
    time.tzset()
    _open_streams()
    os.chdir(folder)
    sys.argv = arguments
    import_module(program).main()


def _open_streams() -> None:
    """Open them anew: those of the start remember what kind of file they were."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        new = open(  # noqa: SIM115 # it stays open
            number, old.mode, encoding=old.encoding, errors=old.errors, closefd=False,
            buffering=1 if name == "stderr" else -1,
        )  # fmt: skip
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


if __name__ == "__main__":
    main()
