"""The program ``feedpub`` for a shell whose commands are not about its start: asks to be forked.

It imports next to nothing: ``python -IS warm_feedpub.py FEEDPUB WORDS...``, where ``WARM_LINE`` is
the descriptor of the line and FEEDPUB the path that the program has.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

FEEDPUB = "feedpub.cli.main"
LARGEST = 1 << 20


def ask(
    line: socket.socket,
    arguments: Sequence[str],
    environment: dict[str, str],
    *,
    program: str = FEEDPUB,
    folder: str,
    streams: Sequence[int],
    patience_s: float | None = None,
    begun: Callable[[int], object] = int,
) -> int:
    """Have a program run to its end.

    Args:
        line: To the process that forks.
        arguments: From the name of the program on.
        environment: All of it.
        program: A module with a ``main``.
        folder: Where it runs.
        streams: Descriptors of its three.
        patience_s: After which it is killed.
        begun: Is told its number.

    Returns:
        The exit code, or minus the signal's number.

    Raises:
        TimeoutError: It was killed for that.
    """
    request = json.dumps([program, list(arguments), environment, folder]).encode()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with theirs:
            socket.send_fds(line, [request], [*streams, theirs.fileno()])
        pid = int(ours.recv(LARGEST))
        begun(pid)
        ours.settimeout(patience_s)
        try:
            return int(ours.recv(LARGEST))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise


def main() -> int:
    """Run with this process' own streams, in its folder."""
    environment = dict(os.environ)
    with socket.socket(fileno=int(environment.pop("WARM_LINE"))) as line:
        code = ask(
            line, sys.argv[1:], environment, folder=str(Path.cwd()), streams=(0, 1, 2),
            begun=_hand_on,
        )  # fmt: skip
    return code if code >= 0 else 128 - code


def _hand_on(pid: int) -> None:
    """Have the program get the signals that this process gets."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(pid, number))


if __name__ == "__main__":
    sys.exit(main())
