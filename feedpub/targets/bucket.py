"""The objects of a bucket, in any store that speaks S3: one asked, written or listed at a time."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from feedpub.errors import BusyError, TargetError
from feedpub.filetypes import is_lasting, media_type

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import S3Store

_FOR_EVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=60"  # so that a CDN takes the load of a popular feed; news go on


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


class Bucket:
    """A bucket; an object in it appears whole or not at all.

    Every method raises ``TargetError`` where the store refuses or does not answer.
    """

    def __init__(self, settings: BucketSettings) -> None:
        """Remember where it is; nothing is asked yet."""
        self.settings = settings
        self._store: S3Store | None = None

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_store": None}

    def check_library(self) -> None:
        """Find out whether what speaks to it is there."""
        try:
            import obstore  # noqa: F401 # whether it is there
        except ImportError as error:
            raise TargetError(
                f"{self.settings.url}: the library for buckets is missing;"
                " type: pip install 'feedpub[s3]'"
            ) from error

    def get(self, path: str) -> bytes | None:
        """Return the bytes of an object; None if there is none."""
        import obstore

        with self._explain(path):
            try:
                return bytes(obstore.get(self._connect(), path).bytes())
            except FileNotFoundError:
                return None

    def list_objects(self) -> dict[str, str | None]:
        """Return the ETag of every object, by path."""
        import obstore

        with self._explain(""):
            return {
                meta["path"]: meta["e_tag"]
                for page in obstore.list(self._connect())
                for meta in page
            }

    def delete(self, paths: Sequence[str]) -> None:
        """Remove objects, at least one; those that are gone already do no harm."""
        import obstore

        with self._explain(paths[0]):
            obstore.delete(self._connect(), [*paths])

    def put(self, path: str, data: bytes, mode: "PutMode") -> str | None:
        """Write an object, if it is what its writer knows; return its ETag.

        Raises:
            BusyError: Somebody else wrote it meanwhile.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._explain(path):
            if not self.settings.conditional_put:
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
        raise self._tell_of_others(path) from error

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
            raise self._tell_of_others(path)

    def _tell_of_others(self, path: str) -> BusyError:
        return BusyError(
            f"{self.settings.url}/{path}: somebody else wrote to the bucket meanwhile;"
            " build again, which looks through it first"
        )

    def _connect(self) -> "S3Store":
        if self._store is None:
            self._store = _open_store(self.settings)
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
            place = f"{self.settings.url}/{path}".rstrip("/")
            said = _shorten(str(error))
            raise TargetError(f"{place}: {said}; {_find_remedy(error, said)}") from error


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


def _shorten(text: str) -> str:
    """Return what an error says in a line: of a document the message that is in it."""
    said = " ".join(text.partition("Debug source:")[0].split())
    before, _, document = said.partition("<?xml")
    found = re.search("<Code>([^<]+)</Code>(?: ?<Message>([^<]+)</Message>)?", document)
    if found:
        said = before + ": ".join(part for part in found.groups() if part)
    return said[:300].rstrip(".")


def _find_remedy(error: Exception, said: str) -> str:
    from obstore.exceptions import NotSupportedError, PermissionDeniedError, UnauthenticatedError

    if isinstance(error, (PermissionDeniedError, UnauthenticatedError, PermissionError)):
        return "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do"
    if "NoSuchBucket" in said or isinstance(error, FileNotFoundError):
        return "make the bucket, or correct its name in target"
    if isinstance(error, NotSupportedError) or "NotImplemented" in said or " 501 " in said:
        return "add conditional_put = false to [s3]"
    # Without credentials of its own, the library asks the machine for its role.
    if "credential" in said.lower() or "AccessKey" in said or "/latest/" in said:
        return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
    harmless = "nothing that was published is harmed; build again, which goes on from here"
    if "error sending request" in said:
        return f"see that the store can be reached, and the endpoint of [s3]; {harmless}"
    return harmless
