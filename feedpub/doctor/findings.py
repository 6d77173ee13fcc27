"""What an examination finds."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: How bad it is.
        about: What was looked at, two words at most.
        text: What was found.
        remedy: What to do; empty if nothing is.
    """

    level: Level
    about: str
    text: str
    remedy: str = ""


def ok(about: str, text: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(Level.OK, about, text)


def warn(about: str, text: str, remedy: str) -> Finding:
    """Return that something could be better, or could not be looked at."""
    return Finding(Level.WARN, about, text, remedy)


def fail(about: str, text: str, remedy: str) -> Finding:
    """Return that mails will suffer from something."""
    return Finding(Level.FAIL, about, text, remedy)
