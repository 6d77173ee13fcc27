"""Decoding in a process of its own, so that a picture that kills its decoder kills only that.

A decoder in C that crashes on one picture would otherwise end every build of the site from then
on. The process has bounded memory, is given bounded time, and is started again when it is gone.
"""

import queue
import subprocess
import sys
import threading
from typing import IO, cast

from feedpub.errors import PictureError
from feedpub.thumbnails.jpeg import Thumbnail, make_jpeg
from feedpub.thumbnails.worker import ANSWER, REQUEST, read_exactly

_TIMEOUT_S = 10.0
_PROGRAM = "from feedpub.thumbnails.worker import main; main()"


class Decoders:
    """A few decoders, taken in turn by any number of threads.

    Args:
        count: At most, at least 1; each is started when it is first needed.
        width: Of a thumbnail, at most.
        isolate: In processes; else in the calling thread, still no more at once than ``count``,
            as each may need a hundred megabytes.
    """

    def __init__(self, count: int, *, width: int, isolate: bool) -> None:
        self._width = width
        # Last in, first out: one thread alone never starts a second process.
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        # A program that embeds Python may have no interpreter to start.
        isolate = isolate and bool(sys.executable)
        self._all = [_Process() for _ in range(count)] if isolate else []
        for place in range(count):
            self._idle.put(self._all[place] if isolate else None)

    def make(self, data: bytes, *, url: str) -> Thumbnail:
        """Return the thumbnail of a picture.

        Raises:
            PictureError: It cannot be decoded, or not within time and memory.
        """
        decoder = self._idle.get()
        try:
            if decoder is None:
                return Thumbnail.of(*make_jpeg(data, width=self._width, url=url))
            return decoder.make(data, self._width, url)
        finally:
            self._idle.put(decoder)

    def close(self) -> None:
        """End the processes."""
        for decoder in self._all:
            decoder.close()


class _Process:
    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def make(self, data: bytes, width: int, url: str) -> Thumbnail:
        process = self._running()
        timer = threading.Timer(_TIMEOUT_S, process.kill)
        timer.start()
        try:
            ok, body, width, height = _ask(process, data, width)
        except (OSError, EOFError) as error:
            self.close()
            raise PictureError(
                "the picture cannot be decoded in bounded time and memory; save it again",
                url=url,
                retry=False,
            ) from error
        finally:
            timer.cancel()
        if not ok:
            raise PictureError(body.decode(), url=url, retry=False)
        return Thumbnail.of(body, width, height)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            # The same modules as here, from wherever they were imported.
            program = f"import sys; sys.path[:] = {sys.path!r}; {_PROGRAM}"
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process


def _ask(
    process: "subprocess.Popen[bytes]", data: bytes, width: int
) -> tuple[bool, bytes, int, int]:
    # Both are pipes, as the process was started with them.
    to, back = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
    to.write(REQUEST.pack(len(data), width))
    to.write(data)
    to.flush()
    ok, length, width, height = ANSWER.unpack(read_exactly(back, ANSWER.size))
    return ok, read_exactly(back, length), width, height
