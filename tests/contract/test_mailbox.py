"""What every mailbox that returned mail is read from has to do."""

import imaplib
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from feedpub.errors import MailboxError
from feedpub.mailboxes.imap import ImapMailbox, ImapSettings, quote_folder
from feedpub.mailboxes.maildir import MaildirMailbox
from feedpub.ports.mailbox import MAX_BYTES, Mailbox
from tests.support.dovecot import PASSWORD, Dovecot, requires_dovecot, run_dovecot

LETTER = b"From: a@b.example\r\nSubject: %d\r\n\r\nbody\r\n"


class Place(Protocol):
    """A mailbox as its owner has it."""

    def put(self, data: bytes) -> None: ...
    def open(self) -> Mailbox: ...
    def unseen(self) -> int: ...
    def count(self) -> int: ...


class MaildirPlace:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        for name in ("new", "cur", "tmp"):
            (folder / name).mkdir(parents=True)

    def put(self, data: bytes) -> None:
        number = next(self._numbers)
        (self.folder / "new" / f"{number:05}.M{number}.host").write_bytes(data)

    def open(self) -> Mailbox:
        return MaildirMailbox(self.folder)

    def unseen(self) -> int:
        seen = [p for p in (self.folder / "cur").iterdir() if "S" in p.name.partition(":2,")[2]]
        return self.count() - len(seen)

    def count(self) -> int:
        return len(list(self.folder.glob("*/*")))


class ImapPlace:
    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self._dovecot, self._user = dovecot, user
        with self._client() as client:
            client.create("Returned")

    @contextmanager
    def _client(self) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self._dovecot.imap, timeout=20)
        try:
            client.login(self._user, PASSWORD)
            yield client
        finally:
            client.logout()

    def put(self, data: bytes) -> None:
        with self._client() as client:
            assert client.append("Returned", "", None, data)[0] == "OK"  # type: ignore[arg-type]

    def open(self, password: str = PASSWORD, folder: str = "Returned") -> Mailbox:
        return ImapMailbox(
            ImapSettings("127.0.0.1", self._dovecot.imap, "none", self._user, password, folder)
        )

    def _search(self, what: str) -> int:
        with self._client() as client:
            client.select("Returned", readonly=True)
            return len(client.search(None, what)[1][0].split())

    def unseen(self) -> int:
        return self._search("UNSEEN")

    def count(self) -> int:
        return self._search("ALL")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with run_dovecot() as running:
        yield running


@pytest.fixture(
    params=[
        pytest.param("maildir", id="maildir"),
        pytest.param("imap", id="imap", marks=requires_dovecot),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "maildir":
        return MaildirPlace(tmp_path / "mail")
    user = f"{tmp_path.name}@a.example".lower().replace("_", "-")[-60:]
    return ImapPlace(request.getfixturevalue("dovecot"), user)


def read(place: Place, settle: Callable[[int], bool | None] = lambda _: None) -> list[bytes]:
    """Read all letters once; settle each as it is told by its place."""
    mailbox = place.open()
    found = []
    try:
        for number, letter in enumerate(mailbox.letters()):
            found.append(letter.data)
            if (done := settle(number)) is not None:
                mailbox.settle(letter.id, done=done)
    finally:
        mailbox.close()
    return found


def test_letters_come_whole_and_in_order(place: Place) -> None:
    letters = [LETTER % number for number in range(12)]
    for letter in letters:
        place.put(letter)

    assert read(place) == letters


def test_an_empty_mailbox_is_nothing_special(place: Place) -> None:
    assert read(place) == []


def test_a_letter_that_was_only_looked_at_comes_again_and_stays_unread(place: Place) -> None:
    place.put(LETTER % 1)

    assert read(place) == read(place)
    assert place.unseen() == 1


def test_a_letter_that_is_done_with_does_not_come_again_and_is_kept(place: Place) -> None:
    place.put(LETTER % 1)
    read(place, lambda _: True)

    assert read(place) == []
    assert (place.count(), place.unseen()) == (1, 0)


def test_a_letter_for_a_person_stays_unread(place: Place) -> None:
    place.put(LETTER % 1)
    read(place, lambda _: False)

    assert (place.count(), place.unseen()) == (1, 1)


def test_one_letter_is_settled_and_the_others_are_not(place: Place) -> None:
    for number in range(3):
        place.put(LETTER % number)
    read(place, lambda number: True if number == 1 else None)

    assert read(place) == [LETTER % 0, LETTER % 2]


def test_of_a_monster_only_the_beginning_is_fetched(place: Place) -> None:
    place.put(LETTER % 1 + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20_000)

    (data,) = read(place)

    assert len(data) == MAX_BYTES


def test_bytes_of_any_kind_come_through(place: Place) -> None:
    letter = b"Subject: \xff\xfe\r\n\r\n" + bytes(range(1, 10)) + b"\xe4\xb8\xad\r\n"
    place.put(letter)

    assert read(place) == [letter]


# Maildir


def test_a_letter_that_somebody_moved_meanwhile_is_no_trouble(tmp_path: Path) -> None:
    place = MaildirPlace(tmp_path / "mail")
    place.put(LETTER % 1)
    mailbox = place.open()
    (letter,) = mailbox.letters()
    (path,) = (place.folder / "new").iterdir()
    path.rename(place.folder / "cur" / f"{path.name}:2,")

    mailbox.settle(letter.id, done=True)

    assert read(place) == [LETTER % 1]


def test_flags_of_others_are_kept(tmp_path: Path) -> None:
    place = MaildirPlace(tmp_path / "mail")
    (place.folder / "cur" / "1.M1.host:2,FR").write_bytes(LETTER % 1)

    read(place, lambda _: True)

    assert [path.name for path in place.folder.glob("*/*")] == ["1.M1.host:2,FRS"]


def test_what_is_no_letter_is_left_alone(tmp_path: Path) -> None:
    place = MaildirPlace(tmp_path / "mail")
    (tmp_path / "secret").write_text("x")
    (place.folder / "new" / "link").symlink_to(tmp_path / "secret")
    (place.folder / "new" / "folder").mkdir()
    (place.folder / "new" / ".hidden").write_text("x")

    assert read(place) == []


def test_a_folder_that_is_no_maildir_is_named(tmp_path: Path) -> None:
    with pytest.raises(MailboxError, match=r"no maildir; correct bounces\.maildir"):
        MaildirMailbox(tmp_path)


# IMAP


def with_dovecot(test: Callable[..., None]) -> Callable[..., None]:
    """Skip a test where there is no Dovecot."""
    for mark in requires_dovecot:
        test = mark(test)
    return test


@pytest.fixture
def imap(dovecot: Dovecot, tmp_path: Path) -> ImapPlace:
    return ImapPlace(dovecot, f"{tmp_path.name}@b.example".lower().replace("_", "-")[-60:])


@with_dovecot
def test_what_a_person_has_read_is_still_looked_at(imap: ImapPlace) -> None:
    imap.put(LETTER % 1)
    with imap._client() as client:
        client.select("Returned")
        client.store("1", "+FLAGS", "\\Seen")

    assert read(imap) == [LETTER % 1]


@with_dovecot
def test_a_wrong_password_or_folder_is_named(imap: ImapPlace) -> None:
    with pytest.raises(MailboxError, match=r"is refused; correct bounces\.imap_user"):
        imap.open(password="wrong")
    with pytest.raises(MailboxError, match="cannot open the folder"):
        imap.open(folder="不在")


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(MailboxError, match=r"127\.0\.0\.1 port 1: cannot connect: conn"):
        ImapMailbox(ImapSettings("127.0.0.1", 1, "none"))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", '"INBOX"'),
        ("A & B", '"A &- B"'),
        ("退信", '"&kABP4Q-"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),
    ],
)
def test_the_name_of_a_folder_is_written_as_the_rfc_has_it(name: str, written: str) -> None:
    assert quote_folder(name) == written
