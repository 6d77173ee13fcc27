"""Every error that feedpub raises on purpose.

    FeedpubError
    +-- ConfigError            a key of feedpub.toml, or of the environment
    |   +-- ConfigErrors       all of them, from one reading
    +-- ArticleError           one article cannot be read
    |   +-- MarkupError        a body is refused; title and summary stay
    +-- ExportError            the export of a site cannot be read as a whole
    +-- CategoryError          the site has no such category
    +-- SubscriberError        nobody has such an address
    +-- TokenError             a link of a mail is not ours, too old or used up
    +-- LimitError             too many ask for mail at present
    +-- ListError              a file of subscribers cannot be taken in
    +-- SourceHeldError        a source lost so much that nothing is changed
    +-- LintError              a document would break a reader
    +-- FetchError             a remote resource did not arrive
    |   +-- PictureError       it arrived, and is no picture that we publish
    |   +-- FeedError          it arrived, and is no feed that can be read
    +-- TemplateError          a template of the site cannot be used
    +-- AddressError           an address cannot be mailed
    +-- TargetError            the output cannot be written
    +-- StoreError             the database cannot be used
    |   +-- MissingStoreError
    |   +-- CorruptStoreError
    |   +-- StoreVersionError
    |   +-- StoreOutageError   it is there, and cannot be used at present: a full disk
    +-- IssueError             there is no such issue, or it cannot be done with it
    +-- IssueHeldError         an issue waits for a person's word
    +-- MailerError            no mail can be sent at present
    |   +-- MailerRefusedError or ever, unless somebody changes a setting
    +-- ResolverError          no name server answers
    +-- MailboxError           the mailbox of returned mail cannot be read at present
    +-- BusyError              another run holds the site; try again later

A message is lower case, names the place and the offending value, and ends with the remedy.
"""

from collections.abc import Sequence
from typing import ClassVar


class FeedpubError(Exception):
    """Root of the tree.

    Attributes:
        exit_code: What the command line exits with when this error ends a run.
    """

    exit_code: ClassVar[int] = 1

    def __reduce__(self) -> tuple[object, ...]:
        # An exception with arguments of its own needs help to cross from another process.
        return (_rebuild_error, (type(self), self.args, self.__dict__))


def _rebuild_error(
    kind: type[FeedpubError], args: tuple[object, ...], attributes: dict[str, object]
) -> FeedpubError:
    error = kind.__new__(kind)
    Exception.__init__(error, *args)
    error.__dict__.update(attributes)
    return error


def locate(path: str, line: int | None, column: int | None) -> str:
    """Return ``path:line:column`` as far as it is known, the form that editors jump to."""
    return ":".join(str(part) for part in (path, line, column) if part is not None)


class ConfigError(FeedpubError):
    """A setting cannot be used.

    Attributes:
        path: The file, or the environment variable.
        line: From 1; None where it is not known.
        column: From 1, in characters; None where it is not known.
        key: Dotted, such as ``feeds.entries``.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        path: str = "feedpub.toml",
        line: int | None = None,
        column: int | None = None,
        key: str | None = None,
    ) -> None:
        self.message, self.path, self.line, self.column, self.key = message, path, line, column, key
        super().__init__(f"{locate(path, line, column)}: {message}")


class ConfigErrors(ConfigError):
    """Every wrong setting of one reading.

    Attributes:
        errors: In the order of the file, at least one.
    """

    def __init__(self, errors: Sequence[ConfigError]) -> None:
        self.errors = tuple(errors)
        first = self.errors[0]
        super().__init__(
            first.message, path=first.path, line=first.line, column=first.column, key=first.key
        )

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class ArticleError(FeedpubError):
    """An article cannot be read; the others are not touched by it.

    Attributes:
        path: Of the file, as the user would type it.
        line: From 1; None where the whole file is meant.
        column: From 1, in characters.
        field: Of the front matter; None where none is meant.
        value: As written, shortened.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        path: str,
        line: int | None = None,
        column: int | None = None,
        field: str | None = None,
        value: str | None = None,
    ) -> None:
        self.message, self.path, self.line, self.column = message, path, line, column
        self.field, self.value = field, value
        super().__init__(message)

    def __str__(self) -> str:
        return f"{locate(self.path, self.line, self.column)}: {self.message}"


class MarkupError(ArticleError):
    """A body is refused by the pre-check; the article is published with title and summary only."""


class CategoryError(FeedpubError):
    """A category that was asked for is none of the site's; nothing was changed.

    Attributes:
        category: As asked for.
    """

    exit_code = 2

    def __init__(self, message: str, *, category: str) -> None:
        self.category = category
        super().__init__(message)


class SubscriberError(FeedpubError):
    """Nobody has such an address, or what is asked for does not fit where they stand."""

    exit_code = 2


class TokenError(FeedpubError):
    """A link of a mail is none of ours, too old or used up.

    Attributes:
        expired: Whether it once was good.
    """

    def __init__(self, message: str, *, expired: bool = False) -> None:
        self.expired = expired
        super().__init__(message)


class LimitError(FeedpubError):
    """More mail was asked for than is sent in an hour; it says nothing about any address.

    Attributes:
        retry_s: Seconds after which it may go again.
    """

    exit_code = 75

    def __init__(self, message: str, *, retry_s: int) -> None:
        self.retry_s = retry_s
        super().__init__(message)


class ListError(FeedpubError):
    """A file of subscribers cannot be taken in; nothing of it was kept."""

    exit_code = 3


class ExportError(FeedpubError):
    """The export of a site cannot be read as a whole, so nothing of it is taken.

    Attributes:
        path: Of the export, as the user would type it.
        member: Of an archive; empty for the export itself.
        line: From 1; None where it is not known.
        message: Without the place.
    """

    exit_code = 3

    def __init__(
        self, message: str, *, path: str, member: str = "", line: int | None = None
    ) -> None:
        self.message, self.path, self.member, self.line = message, path, member, line
        place = f"{path}/{member}" if member else path
        super().__init__(f"{locate(place, line, None)}: {message}")


class SourceHeldError(FeedpubError):
    """A source vanished or lost more than a fifth of its articles, so nothing of it was changed.

    Attributes:
        source: Name of the source.
        missing: How many articles are gone.
        known: How many there were.
    """

    exit_code = 3

    def __init__(self, message: str, *, source: str, missing: int, known: int) -> None:
        self.source, self.missing, self.known = source, missing, known
        super().__init__(message)


class LintError(FeedpubError):
    """A document would break a reader, so it is not written.

    Attributes:
        document: Path of the document below the output folder, or id of the entry.
        problems: One line each.
    """

    def __init__(self, document: str, problems: Sequence[str]) -> None:
        self.document, self.problems = document, tuple(problems)
        super().__init__(f"{document}: " + "; ".join(self.problems))


class FetchError(FeedpubError):
    """A remote resource did not arrive.

    Attributes:
        url: As asked for.
        retry: Whether a later run may succeed.
        status: Of the answer, None without one.
        wait: ``Retry-After`` of the answer as written, empty without one.
    """

    exit_code = 75

    def __init__(
        self,
        message: str,
        *,
        url: str,
        retry: bool = True,
        status: int | None = None,
        wait: str = "",
    ) -> None:
        self.url, self.retry, self.status, self.wait = url, retry, status, wait
        super().__init__(message)


class PictureError(FetchError):
    """Bytes arrived, and are no picture that we publish."""


class FeedError(FetchError):
    """Bytes arrived, and are no feed that can be read."""


class TemplateError(FeedpubError):
    """A template of the site cannot be used.

    Attributes:
        path: Of the template.
        line: From 1; None where it is not known.
    """

    exit_code = 3

    def __init__(self, message: str, *, path: str, line: int | None = None) -> None:
        self.path, self.line = path, line
        super().__init__(f"{locate(path, line, None)}: {message}")


class AddressError(FeedpubError):
    """An address cannot be mailed, or not be mailed from.

    Attributes:
        address: As given.
    """

    exit_code = 3

    def __init__(self, message: str, *, address: str) -> None:
        self.address = address
        super().__init__(message)


class TargetError(FeedpubError):
    """The output cannot be written; what was there is still served."""


class StoreError(FeedpubError):
    """The database cannot be used."""


class MissingStoreError(StoreError):
    """The database of an existing site is gone; it is never made anew unasked."""


class CorruptStoreError(StoreError):
    """The database is damaged."""

    exit_code = 3


class StoreVersionError(StoreError):
    """The database was written by a newer feedpub."""


class StoreOutageError(StoreError):
    """The database cannot be used until somebody mends the machine that it is on.

    Attributes:
        remedy: What to do there. Unlike the message it never names anything that is kept, so any
            log may have it.
    """

    def __init__(self, message: str, *, remedy: str) -> None:
        self.remedy = remedy
        super().__init__(f"{message}; {remedy}")


class IssueError(FeedpubError):
    """There is no such issue, or it is past what was asked for."""

    exit_code = 3


class IssueHeldError(FeedpubError):
    """Nothing was sent, since a person should look first.

    Attributes:
        key: Of the issue.
        recipients: How many would get it, 0 where that was not counted.
    """

    exit_code = 4

    def __init__(self, message: str, *, key: str, recipients: int = 0) -> None:
        self.key, self.recipients = key, recipients
        super().__init__(message)


class MailerError(FeedpubError):
    """No mail can be sent at present; a later run may succeed."""

    exit_code = 75


class MailerRefusedError(MailerError):
    """No mail can be sent until somebody changes a setting, here or at the mail server."""

    exit_code = 1


class ResolverError(FeedpubError):
    """No name server answers."""

    exit_code = 75


class MailboxError(FeedpubError):
    """The mailbox that mail comes back to cannot be read; what was read is done with."""

    exit_code = 75


class BusyError(FeedpubError):
    """Another run holds the site."""

    exit_code = 75
