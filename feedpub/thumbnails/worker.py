"""The program of a decoding process: pictures come in on stdin, JPEGs go out on stdout."""

import signal
import struct
import sys
from typing import IO

from feedpub.errors import PictureError
from feedpub.thumbnails.jpeg import make_jpeg

REQUEST = struct.Struct(">IH")
"""Length of the picture that follows, width of the thumbnail."""
ANSWER = struct.Struct(">?IHH")
"""Whether a JPEG follows or a message, its length; width and height of the JPEG."""

# The most that an accepted picture took is 430 MB: WebP, 25 million pixels.
_MEMORY_BYTES = 1024**3


def main() -> None:
    """Decode until stdin ends, which it does when feedpub ends."""
    # Ctrl-C goes to every process of the terminal; feedpub itself decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each request of one stream on another, until the first ends."""
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        length, max_width = REQUEST.unpack(head)
        try:
            jpeg, width, height = make_jpeg(read_exactly(requests, length), width=max_width)
            answer = ANSWER.pack(True, len(jpeg), width, height) + jpeg
        except PictureError as error:
            message = str(error).encode()
            answer = ANSWER.pack(False, len(message), 0, 0) + message
        answers.write(answer)
        answers.flush()


def read_exactly(stream: IO[bytes], count: int) -> bytes:
    """Return that many bytes.

    Raises:
        EOFError: The stream ended before.
    """
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time is still bounded.
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
