"""Publishing into a bucket, which stands behind a CDN or by itself."""

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2b, md5
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.errors import BusyError, TargetError
from feedpub.filetypes import is_lasting, media_type
from feedpub.ports import Staged
from feedpub.targets.bucket import Bucket, BucketSettings
from feedpub.targets.manifest import Known, Manifest, Presence

if TYPE_CHECKING:
    from obstore import PutMode

STATE = "feedpub-state.txt"
"""Object that tells whose turn was the last; it holds nothing but chance."""

AT_ONCE = 16
_TURN = "turn"
_PLACE = "place"


class S3Target:
    """Publishes into a bucket.

    An object appears whole or not at all, by itself. A file is staged in a folder of this machine,
    and what the bucket holds is known from a manifest there, so that nothing is listed, and only
    what changed is sent. Whoever writes takes a turn first; when the last turn was another's, the
    bucket is looked through once.
    """

    def __init__(self, settings: BucketSettings, folder: Path, rank: Callable[[str], int]) -> None:
        """Remember where it is; nothing is asked yet.

        Args:
            settings: Of the bucket.
            folder: For what waits, and for the manifest; nobody else may read it.
            rank: A path's place in the publishing order: of two ranks the lower is there first.
        """
        self._bucket, self._rank = Bucket(settings), rank
        self._waiting = folder / "waiting"
        self._manifest = Manifest(folder / "manifest.db")
        self._is_known = False
        self._has_turn = False

    # The port

    def begin(self) -> None:
        """See ``feedpub.ports.Target``."""
        self._is_known = self._has_turn = False

    def stage(self, path: str, data: bytes) -> Staged | None:
        """See ``feedpub.ports.Target``."""
        self._look()
        known = self._manifest.get(path)
        hash = _hash(path, data)
        if known is not None and known.presence == Presence.THERE:
            if known.hash is None and _is_of(known.etag, data):
                self._manifest.put(path, hash, known.etag)
                return None
            if known.hash == hash:
                return None
        ticket = secrets.token_hex(8)
        waiting = self._waiting / ticket
        try:
            self._waiting.mkdir(mode=0o700, parents=True, exist_ok=True)
            waiting.write_bytes(data)
        except OSError as error:
            with suppress(OSError):
                waiting.unlink()
            raise TargetError(f"{waiting}: {error.strerror}; make room and build again") from error
        return Staged(path, ticket)

    def commit(self, staged: Sequence[Staged]) -> None:
        """See ``feedpub.ports.Target``; files of one rank go up together."""
        if not staged:
            return
        self._take_turn()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for _, group in groupby(staged, key=lambda one: self._rank(one.path)):
                self._commit_group(list(group), threads)

    def delete(self, paths: Sequence[str]) -> list[str]:
        """See ``feedpub.ports.Target``."""
        self._look()
        found = self._manifest.find(list(dict.fromkeys(paths)))
        if not found:
            return []
        self._take_turn()
        self._manifest.let_go(found)
        self._delete(list(found))
        return [path for path, known in found.items() if _is_there(known)]

    def exists(self, path: str) -> bool:
        """See ``feedpub.ports.Target``."""
        self._look()
        return _is_there(self._manifest.get(path))

    def sweep(self) -> None:
        """See ``feedpub.ports.Target``."""
        for waiting in self._waiting.glob("*"):
            waiting.unlink(missing_ok=True)
        self._look()
        if going := self._manifest.list_going():
            self._take_turn()
            self._delete(going)

    # Uploading

    def _commit_group(self, staged: Sequence[Staged], threads: ThreadPoolExecutor) -> None:
        """Send files of one rank; what got there is known even if another did not."""
        known = self._manifest.find([one.path for one in staged])
        self._manifest.expect(one.path for one in staged)
        jobs = [threads.submit(self._send, one, known.get(one.path)) for one in staged]
        try:
            for one, job in zip(staged, jobs, strict=True):
                self._manifest.put(one.path, *job.result())
                (self._waiting / one.ticket).unlink(missing_ok=True)
        except BaseException:
            self._note_done(staged, jobs)
            raise

    def _note_done(
        self, staged: Sequence[Staged], jobs: Sequence["Future[tuple[bytes, str | None]]"]
    ) -> None:
        for job in jobs:
            job.cancel()
        for one, job in zip(staged, jobs, strict=True):
            if not job.cancelled() and job.exception() is None:
                self._manifest.put(one.path, *job.result())

    def _send(self, one: Staged, known: Known | None) -> tuple[bytes, str | None]:
        data = (self._waiting / one.ticket).read_bytes()
        return _hash(one.path, data), self._put(one.path, data, _choose_mode(known))

    def _put(self, path: str, data: bytes, mode: "PutMode") -> str | None:
        """Write an object, if it is what we know; return its ETag.

        Raises:
            BusyError: It is not; what we know of the bucket is not true any more.
            TargetError: The store refuses, or does not answer.
        """
        try:
            return self._bucket.put(path, data, mode)
        except BusyError:
            self._manifest.set_note(_TURN, "")
            self._is_known = self._has_turn = False
            raise

    def _delete(self, paths: Sequence[str]) -> None:
        self._bucket.delete(paths)
        self._manifest.remove(paths)

    # Turns

    def _look(self) -> None:
        """Make sure that the manifest is true: look through a bucket of which others had a turn."""
        if self._is_known:
            return
        self._bucket.check_library()
        settings = self._bucket.settings
        place = f"{settings.endpoint} {settings.url}"
        state = self._bucket.get(STATE)
        turn = None if state is None else state.decode("ascii", "replace")
        known = self._manifest.note(_PLACE) == place and self._manifest.note(_TURN)
        if turn is None or turn != known:
            self._manifest.adopt(self._bucket.list_objects())
            self._manifest.set_note(_PLACE, place)
            self._manifest.set_note(_TURN, turn or "none")
        self._is_known = True

    def _take_turn(self) -> None:
        """Tell all others that what they know of the bucket is about to be true no more."""
        self._look()
        if self._has_turn:
            return
        turn = secrets.token_hex(16)
        etag = self._put(STATE, turn.encode(), _choose_mode(self._manifest.get(STATE)))
        self._manifest.put(STATE, b"", etag)
        self._manifest.set_note(_TURN, turn)
        self._has_turn = True


def _choose_mode(known: Known | None) -> "PutMode":
    """Return what has to hold for a write: that nothing happened to the object but by us."""
    if known is None:
        return "create"
    if known.presence == Presence.THERE and known.etag is not None:
        return {"e_tag": known.etag}
    # An interrupted run left it open which bytes are there.
    return "overwrite"


def _is_there(known: Known | None) -> bool:
    return known is not None and known.presence in (Presence.THERE, Presence.CHANGING)


def _is_of(etag: str | None, data: bytes) -> bool:
    """Return whether an ETag is that of some bytes, as far as it tells: mostly it is their MD5.

    What another machine sent need not be sent again. Of an object that is encrypted by a key of
    its owner's the ETag says nothing, and it is sent.
    """
    return etag is not None and etag.strip('"') == md5(data, usedforsecurity=False).hexdigest()


def _hash(path: str, data: bytes) -> bytes:
    """Return a hash over all that is sent: bytes and headers."""
    headers = f"{media_type(path)}\n{is_lasting(path)}\n"
    return blake2b(headers.encode() + data, digest_size=16).digest()
