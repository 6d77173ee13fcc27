"""Asks a server as often as it answers, by wrk."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

CONNECTIONS = 16

_POSTS = """
local file = io.open("{paths}", "r")
local requests = {{}}
for line in file:lines() do
  local path, body = line:match("^(%S+) (%S+)$")
  requests[#requests + 1] = wrk.format("POST", path, {{
    ["Host"] = "{host}", ["Content-Type"] = "application/x-www-form-urlencoded"
  }}, body)
end
file:close()
local at = 0
request = function()
  at = at % #requests + 1
  return requests[at]
end
"""


class Rate(NamedTuple):
    """What came of one run.

    Attributes:
        per_second: Answers.
        answers: All of them.
        failures: Those that were neither 2xx nor 3xx, or never came.
    """

    per_second: float
    answers: int
    failures: int


def ask(url: str, seconds: float, headers: Mapping[str, str] | None = None) -> Rate:
    """Ask for one address again and again."""
    named = [part for pair in (headers or {}).items() for part in ("-H", ": ".join(pair))]
    return _run(url, seconds, named)


def post(url: str, seconds: float, posts: Sequence[tuple[str, str]], folder: Path) -> Rate:
    """Send forms one after the other, each once unless they run out.

    Args:
        url: Of the server.
        seconds: How long.
        posts: Path and form, without blanks.
        folder: For the script.
    """
    paths, script = folder / "posts.txt", folder / "posts.lua"
    paths.write_text("".join(f"{path} {body}\n" for path, body in posts))
    host = url.partition("//")[2].partition("/")[0]
    script.write_text(_POSTS.format(paths=paths, host=host))
    return _run(url, seconds, ["-s", str(script)])


def _run(url: str, seconds: float, options: Sequence[str]) -> Rate:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *options, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return read_report(said)


def read_report(said: str) -> Rate:
    """Return what wrk says at the end."""
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    answers = re.search(r"(\d+) requests in", said)
    if rate is None or answers is None:
        raise ValueError(f"no report of wrk: {said!r}")
    other = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    sockets = re.search(r"Socket errors: \w+ (\d+), \w+ (\d+), \w+ (\d+), \w+ (\d+)", said)
    failures = int(other[1]) if other else 0
    failures += sum(map(int, sockets.groups())) if sockets else 0
    return Rate(float(rate[1]), int(answers[1]), failures)
