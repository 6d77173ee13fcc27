"""SMTP servers for tests: the scripted one, and Postfix's smtp-sink with its client smtp-source."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import needs
from tests.support.ports import free_port, wait_for_port
from tests.support.processes import clean_environment
from tests.support.real_site import REPOSITORY

requires_smtp_sink = needs.program("smtp-sink")


@dataclass(frozen=True)
class Accepted:
    """A message that a server took.

    Attributes:
        recipient: Of the envelope; ``refused:...`` if the server had refused it.
        sender: Return path.
        message_id: As in the header.
        size: Of the message in bytes, dots not doubled.
        sha256: Of the message.
        connection: From 1.
        utf8: Whether the client asked for SMTPUTF8.
        secure: Whether it came over TLS.
    """

    recipient: str
    sender: str
    message_id: str
    size: int = 0
    sha256: str = ""
    connection: int = 0
    utf8: bool = False
    secure: bool = False


@dataclass(frozen=True)
class ScriptedServer:
    """A running ``tests.support.smtp_server``.

    Attributes:
        port: On 127.0.0.1.
        folder: Where it writes.
    """

    port: int
    folder: Path

    @property
    def journal(self) -> Path:
        return self.folder / "accepted.jsonl"

    def accepted(self) -> list[Accepted]:
        """Return the messages that it took, in order; it may be writing of another one."""
        text = self.journal.read_text() if self.journal.exists() else ""
        lines = text[: text.rfind("\n") + 1].splitlines()
        return [_read_accepted(json.loads(line)) for line in lines]

    def recipients(self) -> list[str]:
        """Return who was mailed, in order."""
        return [message.recipient for message in self.accepted()]

    def messages(self) -> list[bytes]:
        """Return the messages themselves, in order."""
        return [path.read_bytes() for path in sorted((self.folder / "kept").glob("*.eml"))]

    def commands(self) -> list[tuple[int, str]]:
        """Return the connection and text of each command; ``.`` for a final dot."""
        lines = (self.folder / "transcript").read_text("utf-8").splitlines()
        return [(int(number), text) for number, _, text in (line.partition(" ") for line in lines)]

    def forget(self) -> None:
        """Forget what was taken, for the next run against the same server."""
        self.journal.write_bytes(b"")  # it is opened for appending


def _read_accepted(entry: dict[str, object]) -> Accepted:
    return Accepted(
        recipient=str(entry["to"]),
        sender=str(entry["from"]),
        message_id=str(entry["id"]),
        size=int(str(entry["size"])),
        sha256=str(entry["sha256"]),
        connection=int(str(entry["connection"])),
        utf8=bool(entry["utf8"]),
        secure=bool(entry["secure"]),
    )


@contextmanager
def run_scripted_server(folder: Path, *options: str) -> Iterator[ScriptedServer]:
    """Run the scripted server; its options are those of ``tests.support.smtp_server``."""
    kept = folder / "kept"
    kept.mkdir(parents=True, exist_ok=True)
    recording = (
        "--journal", str(folder / "accepted.jsonl"), "--keep", str(kept),
        "--transcript", str(folder / "transcript"),
    )  # fmt: skip
    with run_forgetful_server(*recording, *options) as port:
        yield ScriptedServer(port, folder)


@contextmanager
def run_forgetful_server(*options: str) -> Iterator[int]:
    """Run the scripted server without a record of what it took; return its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.smtp_server", *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY,
        env=clean_environment(),
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


@dataclass(frozen=True)
class Sink:
    """A running smtp-sink.

    Attributes:
        port: On 127.0.0.1.
        dump: What it took, if it was asked to keep it.
        pid: Of the process.
    """

    port: int
    dump: Path | None
    pid: int

    def accepted(self) -> list[Accepted]:
        """Return the messages that it kept, in order."""
        assert self.dump is not None
        text = self.dump.read_text("utf-8", "replace") if self.dump.exists() else ""
        return [_read_dumped(part) for part in text.split("X-Client-Addr: ")[1:]]


def _read_dumped(text: str) -> Accepted:
    sender, recipient = (
        re.search(rf"^X-{name}-Args: <(.*?)>", text, re.MULTILINE) for name in ("Mail", "Rcpt")
    )
    message_id = re.search(r"^Message-ID:\s*(\S+)", text, re.MULTILINE | re.IGNORECASE)
    assert sender, text[:200]
    assert recipient, text[:200]
    return Accepted(recipient.group(1), sender.group(1), message_id.group(1) if message_id else "")


@contextmanager
def run_smtp_sink(*options: str, keep: bool = False) -> Iterator[Sink]:
    """Run smtp-sink.

    Args:
        options: Of the program.
        keep: Whether it keeps what it takes.
    """
    program = needs.find("smtp-sink")
    assert program
    port = free_port()
    # It refuses to run as root.
    user = () if os.geteuid() else ("-u", "nobody")
    with open_folder() as folder:
        dump = folder / "taken" if keep else None
        kept = ("-D", str(dump)) if keep else ()
        command = [program, *user, *options, *kept, f"127.0.0.1:{port}", "1000"]
        with subprocess.Popen(command, cwd="/") as process:
            try:
                wait_for_port(port, process)
                yield Sink(port, dump, process.pid)
            finally:
                process.kill()


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make a folder that every user may enter and write to, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="feedpub-mail-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
