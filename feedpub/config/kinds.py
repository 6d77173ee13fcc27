"""The plain kinds of value: how each is checked, and how the environment spells it."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

_LONGEST_NAME, _LONGEST_PATH = 255, 2048

_TOML_NAMES = {
    bool: "true or false",
    str: "text",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


class InvalidValueError(ValueError):
    """A value does not fit; the faults name places within it.

    Attributes:
        faults: Path within the value (empty for all of it) and message, at least one.
    """

    def __init__(self, *faults: tuple[tuple[str | int, ...], str]) -> None:
        self.faults = faults
        super().__init__(faults[0][1])


def refuse(message: str) -> InvalidValueError:
    """Return the error that finds fault with the whole value."""
    return InvalidValueError(((), message))


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of value.

    Attributes:
        name: As the documentation says it.
        check: Value of the TOML document to the value in use; raises ``InvalidValueError``.
        parse: Text of an environment variable to what TOML would have given.
    """

    name: str
    check: Callable[[object], T]
    parse: Callable[[str], object] = str


def expect(value: object, kind: type[T], what: str) -> T:
    """Return a value of the type that is expected; refuse any other, saying what is."""
    # ``True`` is an int to Python and is none to anyone who writes a settings file.
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    got = _TOML_NAMES.get(type(value), "a date or time")
    raise refuse(f"{got} where {what} is expected")


def clean_text(value: object) -> str:
    """Return one line of text without blanks around it; refuse anything else."""
    text = expect(value, str, 'text in "quotes"')
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise refuse("a line break or control character in the text; leave it out")
    return text.strip()


def text() -> Kind[str]:
    """Return the kind of one line of plain text."""
    return Kind("text", clean_text)


def boolean() -> Kind[bool]:
    """Return the kind of ``true`` and ``false``."""
    spellings = {
        "true": True, "1": True, "yes": True, "on": True,
        "false": False, "0": False, "no": False, "off": False,
    }  # fmt: skip
    return Kind(
        "`true` or `false`",
        lambda value: expect(value, bool, "true or false"),
        lambda written: spellings.get(written.lower(), written),
    )


def whole_number(low: int, high: int) -> Kind[int]:
    """Return the kind of a whole number within bounds, both included."""

    def check(value: object) -> int:
        number = expect(value, int, "a whole number")
        if low <= number <= high:
            return number
        raise refuse(f"{number} is out of range; use {low} to {high}")

    def parse(written: str) -> object:
        return int(written) if re.fullmatch(r"[+-]?\d{1,18}", written) else written

    return Kind(f"whole number, {low} to {high}", check, parse)


def choice(*options: T) -> Kind[T]:
    """Return the kind of one word out of several."""

    def check(value: object) -> T:
        word = expect(value, str, "one of " + ", ".join(map(str, options)))
        for option in options:
            if option == word:
                return option
        raise refuse(f"{word!r} is not known;{suggest(word, [str(o) for o in options])}")

    return Kind(" or ".join(f"`{option}`" for option in options), check)


def suggest(word: str, known: Sequence[str]) -> str:
    """Return `` did you mean 'x'?``, or all that is known where nothing is near."""
    from difflib import get_close_matches  # slow to import, and only mistakes need it

    near = get_close_matches(word, known, n=1)
    return f" did you mean {near[0]!r}?" if near else " use " + ", ".join(sorted(known))


def optional(kind: Kind[T]) -> Kind[T | None]:
    """Return the same kind, where empty text stands for nothing."""
    return Kind(kind.name, lambda value: None if value == "" else kind.check(value), kind.parse)


def texts(*, what: str = "text", check_one: Callable[[str], str] = str) -> Kind[tuple[str, ...]]:
    """Return the kind of a list of texts; a single text may stand for a list of one."""

    def check(value: object) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else expect(value, list, "a list of text")
        found, faults = [], []
        for index, one in enumerate(values):
            try:
                found.append(check_one(clean_text(one)))
            except InvalidValueError as error:
                place = () if isinstance(value, str) else (index,)
                faults += [((*place, *at), message) for at, message in error.faults]
        if faults:
            raise InvalidValueError(*faults)
        return tuple(one for one in found if one)

    return Kind(f"list of {what}", check, lambda written: written.split(","))


def path() -> Kind[str]:
    """Return the kind of a path relative to ``feedpub.toml``."""

    def check(value: object) -> str:
        found = clean_text(value).replace("\\", "/")
        if not found:
            raise refuse('empty; name a path, such as "articles"')
        try:
            Path(found).expanduser()
        except RuntimeError:
            name = found.split("/")[0]
            raise refuse(f"{name!r} is no user of this machine; write the path out") from None
        if max(len(name.encode()) for name in found.split("/")) > _LONGEST_NAME:
            raise refuse(f"a name of more than {_LONGEST_NAME} bytes; no disk takes it, shorten it")
        if len(found.encode()) > _LONGEST_PATH:
            raise refuse(f"longer than {_LONGEST_PATH} bytes; no system takes it, shorten it")
        return found

    return Kind("path", check)


def glob() -> Callable[[str], str]:
    """Return the check of one pattern of paths within a source."""

    def check(pattern: str) -> str:
        if pattern.startswith("/") or ".." in pattern.split("/"):
            raise refuse(f"{pattern!r} is matched against paths within the source, such as 'old/*'")
        return pattern

    return check
