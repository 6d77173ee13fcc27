"""Which column of a list holds what."""

import csv
import io

import pytest

from feedpub.errors import ListError
from feedpub.subscribers.columns import Columns, find_columns
from tests.support import lists


def find(text: str, **mapping: str) -> Columns:
    return find_columns(list(csv.reader(io.StringIO(text)))[:50], mapping)


@pytest.mark.parametrize(
    ("text", "peer", "fields"),
    [
        (
            lists.MAILCHIMP_SUBSCRIBED,
            "mailchimp",
            {"address": "Email Address", "created": "OPTIN_TIME", "confirmed": "CONFIRM_TIME",
             "network": "CONFIRM_IP"},
        ),
        (
            lists.MAILCHIMP_UNSUBSCRIBED,
            "mailchimp",
            {"address": "Email Address", "created": "OPTIN_TIME", "confirmed": "CONFIRM_TIME",
             "unsubscribed": "UNSUB_TIME"},
        ),
        (
            lists.MAILCHIMP_CLEANED,
            "mailchimp",
            {"address": "Email Address", "confirmed": "CONFIRM_TIME", "bounced": "CLEAN_TIME"},
        ),
        (
            lists.SUBSTACK,
            "substack",
            {"address": "email", "unwanted": "email_disabled", "created": "created_at"},
        ),
        (
            lists.LISTMONK,
            "listmonk",
            {"address": "email", "state": "status", "created": "created_at"},
        ),
        (
            lists.GHOST,
            "ghost",
            {"address": "email", "subscribed": "subscribed_to_emails", "created": "created_at",
             "unsubscribed": "deleted_at"},
        ),
        (
            lists.BUTTONDOWN,
            "buttondown",
            {"address": "email", "state": "type", "created": "creation_date",
             "unsubscribed": "unsubscription_date", "network": "ip_address"},
        ),
        (lists.PLAIN, "plain", {"address": "1"}),
        (lists.CHINESE.replace(";", ","), "plain", {"address": "邮箱", "state": "状态"}),
        ("Nr,E-Mail,Name\n1,a@example.com,A\n", "plain", {"address": "E-Mail"}),
        ("Name,Contact\nA,a@example.com\n", "plain", {"address": "Contact"}),
        ("Ann,a@example.com\nBob,b@example.com\n", "plain", {"address": "2"}),
    ],
    ids=[
        "mailchimp", "mailchimp-unsubscribed", "mailchimp-cleaned", "substack", "listmonk",
        "ghost", "buttondown", "plain", "chinese", "headings", "guess", "no-headings",
    ],
)  # fmt: skip
def test_exports_of_peers_are_understood(text: str, peer: str, fields: dict[str, str]) -> None:
    columns = find(text)

    assert columns.peer == peer
    assert columns.describe() == fields


def test_what_is_mapped_beats_what_is_found() -> None:
    text = "email,work,kind\na@example.com,b@example.com,x\n"

    assert find(text, address="Work").describe() == {"address": "work"}
    assert find(text, address="2", categories="kind").describe() == {
        "address": "work",
        "categories": "kind",
    }


def test_a_column_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(ListError, match="no column 'mail' for address; there are a, b"):
        find("a,b\n1,x@example.com\n", address="mail")
    with pytest.raises(ListError, match="no column '3' for address; there are 1 to 2"):
        find("a@example.com,b\n", address="3")


def test_a_field_that_is_none_is_answered_with_those_that_are() -> None:
    with pytest.raises(ListError, match="no field 'name'; there are address, state"):
        find("email\nx@example.com\n", name="email")


def test_a_list_without_addresses_is_refused() -> None:
    with pytest.raises(ListError, match="no column of addresses"):
        find("name,town\nAnn,Köln\n")


def test_a_column_called_type_means_something_else_elsewhere() -> None:
    assert "state" not in find("email,type\na@example.com,customer\n").places
