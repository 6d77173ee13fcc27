"""A bucket of any store that speaks S3, behind a CDN or by itself."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b, md5
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.errors import BusyError, TargetError
from feedpub.filetypes import is_lasting, media_type
from feedpub.ports import Staged
from feedpub.targets.manifest import Known, Manifest, Presence

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import S3Store

STATE = "feedpub-state.txt"
"""Object that tells whose turn was the last; it holds nothing but chance."""

AT_ONCE = 16
_FOR_EVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=60"  # so that a CDN takes the load of a popular feed; news go on
_TURN = "turn"
_PLACE = "place"


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """Which bucket, and how it is spoken to; credentials come from ``AWS_*``.

    Attributes:
        bucket: Its name.
        prefix: Within it, without slashes at its ends; may be empty.
        endpoint: Address of the store; ``""`` for Amazon's.
        region: ``""`` for that of the environment.
        virtual_host: Whether the bucket's name is a part of the host's.
        conditional_put: Whether the store knows ``If-Match``; else it is asked before each write.
        timeout_s: For one request.
        retry_s: After which a request that fails is given up.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    virtual_host: bool = False
    conditional_put: bool = True
    timeout_s: float = 60
    retry_s: float = 60

    @property
    def url(self) -> str:
        """As the settings have it."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


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
        self._settings, self._rank = settings, rank
        self._waiting = folder / "waiting"
        self._manifest = Manifest(folder / "manifest.db")
        self._store: S3Store | None = None
        self._is_known = False
        self._has_turn = False

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_store": None}

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
            BusyError: Somebody else wrote it meanwhile.
            TargetError: The store refuses, or does not answer.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._explain(path):
            if not self._settings.conditional_put:
                self._compare(path, mode)
                mode = "overwrite"
            try:
                made = obstore.put(
                    self._connect(),
                    path,
                    data,
                    attributes={
                        "Content-Type": media_type(path),
                        "Cache-Control": _FOR_EVER if is_lasting(path) else _SHORT,
                    },
                    mode=mode,
                    use_multipart=False,
                )
            except (AlreadyExistsError, PreconditionError) as error:
                return self._settle(path, data, error)
        return made["e_tag"]

    def _settle(self, path: str, data: bytes, error: Exception) -> str | None:
        """Return the ETag of an object that was not as we knew it, if it has our bytes already.

        So it is where an answer was lost, and the request came a second time.
        """
        import obstore

        with suppress(FileNotFoundError):
            found = obstore.get(self._connect(), path)
            if bytes(found.bytes()) == data:
                return found.meta["e_tag"]
        raise self._give_way(path) from error

    def _compare(self, path: str, mode: "PutMode") -> None:
        """Look whether an object is what we know, where the store cannot do so by itself."""
        import obstore

        if mode == "overwrite":
            return
        try:
            etag = obstore.head(self._connect(), path)["e_tag"]
        except FileNotFoundError:
            etag = None
        if etag != (mode.get("e_tag") if isinstance(mode, dict) else None):
            raise self._give_way(path)

    def _give_way(self, path: str) -> BusyError:
        """Forget what we know of the bucket, for it is not true any more; return the error."""
        self._manifest.set_note(_TURN, "")
        self._is_known = self._has_turn = False
        return BusyError(
            f"{self._settings.url}/{path}: somebody else wrote to the bucket meanwhile;"
            " build again, which looks through it first"
        )

    def _delete(self, paths: Sequence[str]) -> None:
        import obstore

        with self._explain(paths[0]):
            obstore.delete(self._connect(), list(paths))
        self._manifest.remove(paths)

    # Turns

    def _look(self) -> None:
        """Make sure that the manifest is true: look through a bucket of which others had a turn."""
        if self._is_known:
            return
        _check_library(self._settings.url)
        place = f"{self._settings.endpoint} {self._settings.url}"
        turn = self._read_turn()
        known = self._manifest.note(_PLACE) == place and self._manifest.note(_TURN)
        if turn is None or turn != known:
            self._manifest.adopt(self._list())
            self._manifest.set_note(_PLACE, place)
            self._manifest.set_note(_TURN, turn or "none")
        self._is_known = True

    def _read_turn(self) -> str | None:
        import obstore

        with self._explain(STATE):
            try:
                return bytes(obstore.get(self._connect(), STATE).bytes()).decode("ascii", "replace")
            except FileNotFoundError:
                return None

    def _list(self) -> dict[str, str | None]:
        import obstore

        with self._explain(""):
            return {
                meta["path"]: meta["e_tag"]
                for page in obstore.list(self._connect())
                for meta in page
            }

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

    # The store

    def _connect(self) -> "S3Store":
        if self._store is None:
            self._store = _open_store(self._settings)
        return self._store

    @contextmanager
    def _explain(self, path: str) -> Iterator[None]:
        """Name the object and the remedy in an error of the store.

        Raises:
            TargetError: In its place.
        """
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, FileNotFoundError, PermissionError) as error:
            place = f"{self._settings.url}/{path}".rstrip("/")
            said = " ".join(str(error).partition("Debug source:")[0].split())[:300]
            raise TargetError(f"{place}: {said}; {_find_remedy(error, said)}") from error


def _check_library(url: str) -> None:
    try:
        import obstore  # noqa: F401 # whether it is there
    except ImportError as error:
        raise TargetError(
            f"{url}: the library for buckets is missing; type: pip install 'feedpub[s3]'"
        ) from error


def _open_store(settings: BucketSettings) -> "S3Store":
    from obstore.store import S3Store

    config = {
        "endpoint": settings.endpoint,
        "region": settings.region,
        "virtual_hosted_style_request": settings.virtual_host,
    }
    timeout = timedelta(seconds=settings.timeout_s)
    return S3Store(
        settings.bucket,
        prefix=settings.prefix or None,
        config={key: value for key, value in config.items() if value},  # type: ignore[arg-type] # keys are known, the filter hides it
        client_options={
            "allow_http": True,
            "timeout": timeout,
            "connect_timeout": min(timeout, timedelta(seconds=10)),
        },
        retry_config={
            "max_retries": 10,
            "backoff": {"init_backoff": timedelta(milliseconds=200), "base": 2},
            "retry_timeout": timedelta(seconds=settings.retry_s),
        },
    )


def _find_remedy(error: Exception, said: str) -> str:
    from obstore.exceptions import NotSupportedError, PermissionDeniedError, UnauthenticatedError

    if isinstance(error, (PermissionDeniedError, UnauthenticatedError, PermissionError)):
        return "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do"
    if "NoSuchBucket" in said or isinstance(error, FileNotFoundError):
        return "make the bucket, or correct its name in target"
    if isinstance(error, NotSupportedError) or "NotImplemented" in said or " 501 " in said:
        return "add conditional_put = false to [s3]"
    # Without credentials of its own, the library asks the machine for its role.
    if "credential" in said.lower() or "/latest/" in said:
        return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
    return "nothing that was published is harmed; build again, which goes on from here"


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
