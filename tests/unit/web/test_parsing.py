"""What was read before means the same when it is recalled."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser

from feedpub.web import parsing
from feedpub.web.memory import Memory
from feedpub.web.parsing import RecallingParser

ADJUSTMENTS = Adjustments()
FIRST = ("GET /a HTTP/1.1", "HEAD /a?b#c HTTP/1.0", "POST //a HTTP/1.1", "get / HTTP/1.1", "GET /")
FIELDS = (
    "Host: a", "Connection: close", "Connection: keep-alive", "If-None-Match: *", "A: 1", "A: 2",
    "B_C: 1", "Content-Length: 3", "Content-Length: 0", "Content-Length: x", " folded", "no colon",
    "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Expect: 100-continue", "D:\rE",
)  # fmt: skip


def read(kind: type[HTTPRequestParser], raw: bytes) -> dict[str, Any]:
    """Return all that a parser knows after it was given some bytes."""
    parser = kind(ADJUSTMENTS)
    consumed = parser.received(raw)
    kept = {name: value for name, value in vars(parser).items() if name != "adj"}
    body, error = kept.pop("body_rcv", None), kept.pop("error", None)
    return kept | {
        "consumed": consumed,
        "body": type(body),
        "error": None if error is None else (type(error), error.body),
    }


@given(st.sampled_from(FIRST), st.lists(st.sampled_from(FIELDS), max_size=4), st.booleans())
def test_a_request_means_the_same_each_time(first: str, fields: list[str], after: bool) -> None:
    raw = "\r\n".join([*["\r\n"][:after], first, *fields, "", "abc"]).encode()

    expected = read(HTTPRequestParser, raw)

    assert [read(RecallingParser, raw) for _ in range(3)] == [expected] * 3


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory[dict[str, Any]]:
    memory: Memory[dict[str, Any]] = Memory(1024 * 1024)
    monkeypatch.setattr(parsing, "_KNOWN", memory)
    return memory


@pytest.mark.parametrize(
    "field", ["Content-Length: 3", "Transfer-Encoding: chunked", "Expect: 100-continue", "no colon"]
)
def test_what_has_a_body_or_is_wrong_is_read_each_time(
    memory: Memory[dict[str, Any]], field: str
) -> None:
    read(RecallingParser, f"GET / HTTP/1.1\r\n{field}\r\n\r\n".encode())

    assert memory.size == 0


def test_what_is_done_to_one_request_does_not_alter_the_next(
    memory: Memory[dict[str, Any]],
) -> None:
    raw = b"GET / HTTP/1.1\r\nA: 1\r\n\r\n"
    for _ in range(2):
        parser = RecallingParser(ADJUSTMENTS)
        parser.received(raw)
        parser.headers["A"] = "2"  # type: ignore[index]  # a dict

    assert read(RecallingParser, raw)["headers"] == {"A": "1"}
    assert memory.size > 0


def test_strangers_cannot_fill_the_memory(memory: Memory[dict[str, Any]]) -> None:
    for number in range(2000):
        read(RecallingParser, f"GET /{number} HTTP/1.1\r\nA: {'x' * 900}\r\n\r\n".encode())
    filled = memory.size
    read(RecallingParser, f"GET / HTTP/1.1\r\nA: {'y' * 5000}\r\n\r\n".encode())

    assert memory.size == filled <= 1024 * 1024
