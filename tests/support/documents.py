"""The fenced blocks of a Markdown page, and the scenario that they play.

A page is one scenario in one empty folder, from top to bottom:

``console``
    Commands after ``$ ``, run by bash; each must succeed. ``cd`` and files last for the page. The
    lines below a command, if any, are what it prints, ``...`` standing for anything.
``toml``, ``python``
    A configuration, or part of one, that feedpub accepts; a program that ends well.
``text``
    The output of the Python block above it, if it comes right after ``<!-- prints -->``.

A comment before a block says more: ``<!-- file: NAME -->`` writes it to a file, ``<!-- append: NAME
-->`` adds it to the end of one, ``<!-- exits: CODE -->`` holds that its last command ends with that
code, ``<!-- background -->`` leaves its command running until the end of the page.
"""

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.support import warm
from tests.support.processes import clean_environment
from tests.support.programs import PATIENCE_S

_FENCE = re.compile(
    r"(?:^<!-- *(?P<directive>[^>]*?) *-->\n)?^(?P<indent> *)```(?P<language>\S*)\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    ``directive`` is the text of the comment before it, empty without one.
    """

    page: str
    line: int
    language: str
    text: str
    directive: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def read_blocks(path: Path, *, name: str) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = path.read_text(encoding="utf-8")
    return [
        Block(
            name,
            text.count("\n", 0, match.start("language")) + 1,
            match["language"],
            re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
            match["directive"] or "",
        )
        for match in _FENCE.finditer(text)
    ]


@dataclass(frozen=True)
class Command:
    """A command of a console block, and what is printed below it."""

    line: str
    expected: str


def read_commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a console block."""
    first, *rest = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not first.strip(), f"{block}: output without a command"
    for part in rest:
        line, _, expected = part.partition("\n")
        yield Command(line, expected.strip())


def matches(expected: str, printed: str) -> bool:
    """Return whether output is what a page shows; ``...`` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.split("..."))
    lines = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return re.fullmatch(pattern, lines, re.DOTALL) is not None


class Scenario:
    """Plays the blocks of one page in a folder, as a user with a fresh home would."""

    def __init__(self, folder: Path) -> None:
        self.folder = self._here = folder
        self._last_output = ""
        self._background: list[subprocess.Popen[bytes]] = []
        binaries = Path(sys.executable).parent
        home = folder / ".home"
        home.mkdir()
        self._environment = clean_environment(
            HOME=str(home), COLUMNS="100", LANG="C.UTF-8", PYTHONWARNINGS="error"
        )
        self._environment["PATH"] = f"{binaries}:{self._environment['PATH']}:/usr/sbin:/sbin"
        warm.write_program(home / "feedpub")
        self._forking = self._environment | {
            "PATH": f"{home}:{self._environment['PATH']}",
            "WARM_LINE": str(warm.line().fileno()),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._background:
            process.terminate()
            process.wait(timeout=60)

    def play(self, block: Block) -> None:
        """Run a block; assert that what it shows is what happens."""
        if block.directive.startswith(("file:", "append:")):
            self._write(block)
        elif block.language == "console":
            *others, last = read_commands(block)
            for command in others:
                self._run(block, command)
            code = re.fullmatch(r"exits: *(\d+)", block.directive)
            self._run(block, last, code=int(code[1]) if code else 0)
        elif block.language == "python":
            done = self._call(block, [sys.executable, "-c", block.text])
            self._last_output = done.stdout
        elif block.directive == "prints":
            assert matches(block.text.strip(), self._last_output), (
                f"{block}: printed\n{self._last_output}"
            )

    def _write(self, block: Block) -> None:
        verb, _, name = block.directive.partition(":")
        path = self._here / name.strip()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if verb == "append" else "w", encoding="utf-8") as file:
            file.write(f"\n{block.text}" if verb == "append" else block.text)

    def _run(self, block: Block, command: Command, *, code: int = 0) -> None:
        if block.directive == "background":
            return self._start(block, command)
        where = self.folder / ".home" / "here"
        script = f"{command.line}\nstatus=$?; pwd > {shlex.quote(str(where))}; exit $status"
        # What a newcomer types first is started; the rest need not load feedpub again and again.
        environment = self._environment if block.page.startswith("README") else self._forking
        done = self._call(
            block, ["bash", "-c", script], shown=command.line, code=code, environment=environment
        )
        self._here = Path(where.read_text().strip())
        if command.expected:
            assert matches(command.expected, done.stdout), f"{block}: {command.line}\n{done.stdout}"
        return None

    def _call(
        self,
        block: Block,
        command: list[str],
        shown: str = "",
        *,
        code: int = 0,
        environment: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        # As on a terminal, where both streams come out in the order written.
        done = subprocess.run(
            command,
            cwd=self._here,
            env=environment or self._environment,
            pass_fds=[warm.line().fileno()],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == code, f"{block}: {shown}\n{done.stdout}"
        return done

    def _start(self, block: Block, command: Command) -> None:
        log = self.folder / ".home" / f"{len(self._background)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command.line}"],
                cwd=self._here,
                env=self._environment | {"PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=output,
            )
        self._background.append(process)
        deadline = time.monotonic() + PATIENCE_S
        while not matches(command.expected, printed := log.read_text()):
            assert process.poll() is None, f"{block}: ended\n{printed}"
            assert time.monotonic() < deadline, f"{block}: printed\n{printed}"
            time.sleep(0.05)
