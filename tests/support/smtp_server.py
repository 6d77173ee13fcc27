"""An SMTP server that behaves as the address of the recipient says, as a process of its own.

    python -m tests.support.smtp_server [--journal FILE] [options]

It prints its port, records each message durably before it answers 250, and ends with its standard
input. The words of a local part, joined by hyphens, say what happens:

    rcpt-550-5.1.1-ann     the reply to RCPT; likewise ``data-...`` and ``dot-...``, the final dot
    grey-2-ann             RCPT is put off twice with 450 4.7.1, then welcome
    drop-rcpt, drop-data   hangs up instead of a reply, or within the message
    drop-before            hangs up after the dot and has not taken the message; ``drop-after`` has
    stall-rcpt, stall-dot  never answers; after the dot the message is taken
    garbage-rcpt, garbage-dot   answers with what is no reply; after the dot the message is taken
    anything else          is welcome

After 421 it always hangs up. Like Postfix it keeps a transaction whose recipient it refused: the
next MAIL without RSET gets 503, and what follows goes out under the earlier return path.
"""

import argparse
import base64
import contextlib
import hashlib
import itertools
import json
import os
import re
import socket
import ssl
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import BinaryIO

EXTENSIONS = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8")
GARBAGE = b"\xff\xfe what?\r\n"
_PATH = re.compile(rb"(?i)(?:FROM|TO):\s*<([^>]*)>(.*)")
_REPLY = re.compile(r"(rcpt|data|dot)-(\d{3})-([\d.]+)-")
_MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(\S+)")


class HangUp(Exception):  # noqa: N818 - ends a connection, and is no error
    """The server closes the connection."""


class Journal:
    """Messages that were taken, one JSON object a line, on disk before anybody is told."""

    def __init__(self, path: Path | None, keep: Path | None, *, synced: bool = True) -> None:
        self._synced = synced
        self._file = path and os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._keep = keep
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def add(self, envelope: dict[str, object], data: bytes) -> None:
        if self._file is None:
            return
        found = _MESSAGE_ID.search(data)
        entry = envelope | {
            "id": found.group(1).decode("ascii", "replace") if found else "",
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        with self._lock:
            if self._keep:
                (self._keep / f"{next(self._numbers):06}.eml").write_bytes(data)
            os.write(self._file, json.dumps(entry).encode() + b"\n")
            if self._synced:
                os.fdatasync(self._file)


class Transcript:
    """Every command of every connection, for tests of the dialogue; not synced."""

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("a", encoding="utf-8") if path else None
        self._lock = threading.Lock()

    def add(self, connection: int, what: str) -> None:
        if self._file:
            with self._lock:
                self._file.write(f"{connection} {what}\n")
                self._file.flush()


class Connection:
    """One client's dialogue."""

    def __init__(self, server: "Server", sock: socket.socket, number: int) -> None:
        self.server, self.options, self.number = server, server.options, number
        self.sock = sock
        self.reader: BinaryIO = sock.makefile("rb")
        self.secure = self.known = False
        self.sender: str | None = None
        self.utf8 = False
        self.recipients: list[str] = []
        self.refused = ""
        self.taken = 0

    def serve(self) -> None:
        if self.options.tls == "implicit":
            self._secure()
        self.reply(self.options.greeting)
        while line := self.reader.readline():
            self.server.transcript.add(self.number, line.decode("utf-8", "replace").rstrip())
            self.obey(line)
        self.server.transcript.add(self.number, "<end>")

    def obey(self, line: bytes) -> None:
        word = line.split(b" ")[0].strip().upper().decode("ascii", "replace")
        action = getattr(self, f"on_{word.lower()}", None)
        if action is None:
            self.reply("500 5.5.2 what?")
        elif word in ("MAIL", "RCPT", "DATA") and self.options.auth and not self.known:
            self.reply("530 5.7.0 authentication required")
        else:
            action(line)

    def reply(self, text: str) -> None:
        """Answer; hang up after 421."""
        self.write(text.encode() + b"\r\n")
        if text.startswith("421"):
            raise HangUp

    def write(self, data: bytes) -> None:
        if self.options.delay_ms:
            time.sleep(self.options.delay_ms / 1000)
        self.sock.sendall(data)

    def on_ehlo(self, line: bytes) -> None:
        offers = [word for word in EXTENSIONS if word not in self.options.without]
        if self.options.tls == "starttls" and not self.secure:
            offers.append("STARTTLS")
        if self.options.auth:
            offers.append("AUTH PLAIN LOGIN")
        lines = ["scripted.test", *offers]
        self.write(
            b"".join(b"250-%s\r\n" % text.encode() for text in lines[:-1])
            + b"250 %s\r\n" % lines[-1].encode()
        )

    def on_helo(self, line: bytes) -> None:
        self.reply("250 scripted.test")

    def on_starttls(self, line: bytes) -> None:
        self.reply("220 2.0.0 go ahead")
        self._secure()

    def _secure(self) -> None:
        assert self.server.tls
        self.sock = self.server.tls.wrap_socket(self.sock, server_side=True)
        self.reader = self.sock.makefile("rb")
        self.secure = True

    def on_auth(self, line: bytes) -> None:
        words = line.decode("ascii").split()
        if words[1].upper() == "PLAIN":
            given = words[2] if len(words) > 2 else self._ask("")
            _, user, password = base64.b64decode(given).decode().split("\0")
        else:
            user = base64.b64decode(words[2] if len(words) > 2 else self._ask("User:")).decode()
            password = base64.b64decode(self._ask("Password:")).decode()
        self.known = f"{user}:{password}" == self.options.auth
        self.reply("235 2.7.0 welcome" if self.known else "535 5.7.8 wrong name or password")

    def _ask(self, what: str) -> str:
        self.reply(f"334 {base64.b64encode(what.encode()).decode()}")
        return self.reader.readline().decode("ascii").strip()

    def on_mail(self, line: bytes) -> None:
        if self.sender is not None:
            return self.reply("503 5.5.1 nested MAIL command")
        if self.options.mail:
            return self.reply(self.options.mail)
        if 0 < self.options.messages <= self.taken:
            return self.reply("421 4.7.0 enough for one connection")
        found = _PATH.search(line)
        assert found, line
        self.sender = found.group(1).decode("utf-8", "replace")
        self.utf8 = b"SMTPUTF8" in found.group(2).upper()
        return self.reply("250 2.1.0 ok")

    def on_rcpt(self, line: bytes) -> None:
        found = _PATH.search(line)
        assert found, line
        address = found.group(1).decode("utf-8", "replace")
        if self.sender is None:
            return self.reply("503 5.5.1 need MAIL command")
        if not address.isascii() and not self.utf8:
            return self.reply("553 5.6.7 needs SMTPUTF8")
        if self.behave("rcpt", address):
            self.refused = address
            return None
        self.recipients.append(address)
        return self.reply("250 2.1.5 ok")

    def on_data(self, line: bytes) -> None:
        if not self.recipients and not self.options.loose:
            return self.reply("554 5.5.1 no valid recipients")
        address = self.recipients[-1] if self.recipients else self.refused
        if self.behave("data", address):
            return None
        self.reply("354 go ahead")
        data = self._read_message()
        if not self.recipients:  # it had to know from the reply to RCPT, and not to send the dot
            self.server.journal.add(self._envelope(f"refused:{address}"), data)
            self._reset()
            return self.reply("554 5.5.1 no valid recipients")
        self._take(address, data)
        return None

    def _read_message(self) -> bytes:
        lines = []
        while (line := self.reader.readline()) != b".\r\n":
            if not line:  # RFC 5321, 4.1.1.4: what has no dot was not sent
                raise HangUp
            lines.append(line[1:] if line.startswith(b".") else line)
            if self.recipients and self.recipients[-1].startswith("drop-data"):
                raise HangUp
        self.server.transcript.add(self.number, ".")
        return b"".join(lines)

    def _take(self, address: str, data: bytes) -> None:
        lost = address.startswith("drop-before") or _REPLY.match(address)
        if not lost:
            for recipient in self.recipients:
                self.server.journal.add(self._envelope(recipient), data)
            self.taken += 1
        self._reset()
        if address.startswith(("drop-before", "drop-after")):
            raise HangUp
        if not self.behave("dot", address):
            self.reply("250 2.0.0 taken")

    def _envelope(self, recipient: str) -> dict[str, object]:
        return {
            "to": recipient,
            "from": self.sender,
            "connection": self.number,
            "utf8": self.utf8,
            "secure": self.secure,
        }

    def behave(self, where: str, address: str) -> bool:
        """Do what an address asks for at a place; return whether that was the reply."""
        if (found := _REPLY.match(address)) and found.group(1) == where:
            self.reply(f"{found.group(2)} {found.group(3)} <{address}> as you asked")
        elif where == "rcpt" and address.startswith("grey-"):
            if not self.server.greet(address):
                return False
            self.reply("450 4.7.1 greylisted, try again")
        elif address.startswith(f"drop-{where}-") and where != "data":
            raise HangUp
        elif address.startswith(f"stall-{where}-"):
            self.reader.read()
            raise HangUp
        elif address.startswith(f"garbage-{where}-"):
            self.write(GARBAGE)
        else:
            return False
        return True

    def on_rset(self, line: bytes) -> None:
        self._reset()
        self.reply("250 2.0.0 ok")

    def _reset(self) -> None:
        self.sender, self.recipients, self.refused = None, [], ""

    def on_noop(self, line: bytes) -> None:
        self.reply("250 2.0.0 ok")

    def on_quit(self, line: bytes) -> None:
        self.reply("221 2.0.0 bye")
        raise HangUp


class Server:
    """Accepts connections; one thread each."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.journal = Journal(options.journal, options.keep, synced=not options.unsynced)
        self.transcript = Transcript(options.transcript)
        self.tls = None
        if options.certificate:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(options.certificate)
        self._tries: Counter[str] = Counter()

    def greet(self, address: str) -> bool:
        """Return whether a greylisted recipient has to come again."""
        self._tries[address] += 1
        return self._tries[address] <= int(address.split("-")[1])

    def run(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.options.port), backlog=128)
        print(listener.getsockname()[1], flush=True)
        for number in itertools.count(1):
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(sock, number), daemon=True).start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        connection = Connection(self, sock, number)
        with contextlib.suppress(HangUp, OSError):
            connection.serve()
        # Closing while input is unread would have the system take back what was sent.
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
        connection.reader.close()
        connection.sock.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    add = parser.add_argument
    add("--journal", type=Path, help="where each message that was taken is noted")
    add("--unsynced", action="store_true", help="the journal outlives this process, that is all")
    add("--port", type=int, default=0)
    add("--keep", type=Path, help="folder for the messages themselves")
    add("--transcript", type=Path, help="file for the commands")
    add("--greeting", default="220 scripted.test ESMTP")
    add("--mail", default="", help="reply to every MAIL, such as '550 5.1.8 bad sender'")
    add("--without", type=lambda text: text.split(","), default=[], help="extensions")
    add("--auth", default="", help="user:password, without which no mail is taken")
    add("--messages", type=int, default=0, help="on one connection; then 421")
    add("--loose", action="store_true", help="354 even though no recipient is left")
    add("--delay-ms", type=float, default=0, help="before each reply")
    add("--certificate", type=Path, help="with its key, PEM")
    add("--tls", choices=("starttls", "implicit"))
    add("--lifetime-s", type=float, default=1800)
    options = parser.parse_args()
    threading.Timer(options.lifetime_s, os._exit, (1,)).start()
    threading.Thread(target=_end_with_input, daemon=True).start()
    Server(options).run()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
