"""What a server of databases says is told apart by who can mend it."""

import psycopg
import pytest

from feedpub.errors import BusyError, FeedpubError, MissingStoreError, StoreError, StoreOutageError
from feedpub.store.postgres.address import explain_errors


def explain(error: psycopg.Error) -> FeedpubError:
    with pytest.raises(FeedpubError) as raised, explain_errors("postgresql://db/feedpub"):
        raise error
    return raised.value


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (psycopg.errors.DiskFull("no space left"), "make room on the server and try again"),
        (psycopg.errors.ReadOnlySqlTransaction("no"), "connect to the primary one"),
        (psycopg.errors.InsufficientPrivilege("no"), "grant this user the rights"),
        (psycopg.errors.InvalidPassword("no"), "set FEEDPUB_DATABASE_PASSWORD"),
        (psycopg.errors.AdminShutdown("gone"), "see that the server runs and can be reached"),
        (psycopg.OperationalError("connection refused"), "see that the server runs"),
        (psycopg.OperationalError("password authentication failed"), "FEEDPUB_DATABASE_PASSWORD"),
    ],
)
def test_what_the_owner_of_the_server_can_mend_has_a_remedy_that_names_no_data(
    error: psycopg.Error, remedy: str
) -> None:
    found = explain(error)

    assert isinstance(found, StoreOutageError)
    assert remedy in found.remedy
    assert str(found) == f"postgresql://db/feedpub: {error}; {found.remedy}"


def test_what_passes_is_there_or_breaks_a_rule_is_no_outage() -> None:
    assert isinstance(explain(psycopg.errors.LockNotAvailable("x")), BusyError)
    assert isinstance(explain(psycopg.errors.UndefinedTable("x")), MissingStoreError)
    assert type(explain(psycopg.errors.UniqueViolation("x"))) is StoreError
