"""What ``init`` must know of a new site: from options, from the blog, or by asking."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.output import warn
from feedpub.cli.session import Session

if TYPE_CHECKING:
    from feedpub.sources.generators import Blog

DEFAULT_LANGUAGE, DEFAULT_ZONE = "zh-CN", "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Answers:
    """The settings that differ from site to site; ``url`` may be empty."""

    title: str
    url: str
    language: str
    timezone: str


def gather_answers(
    session: Session, folder: Path, blog: "Blog | None", given: Mapping[str, str | None]
) -> Answers:
    """Return the answers; a question is asked only where nobody has answered it yet.

    Args:
        session: Says whether anyone is there to ask.
        folder: Of the site; its name is the last resort for a title.
        blog: What was detected.
        given: By options: ``title``, ``url``, ``language``, ``timezone``, each None if not given.

    Raises:
        click.BadParameter: An option cannot be used.
    """
    kinds, found = _kinds(), _guess(folder, blog, session.environ)
    answers = {}
    for name, guess in found.items():
        check = kinds[name]
        if (option := given[name]) is not None:
            answers[name] = _checked(option, check, f"--{name}")
        elif session.may_ask and not (blog and guess and name != "url"):
            answers[name] = _ask(name, guess, check)
        else:
            answers[name] = guess
    return Answers(**answers)


Check = Callable[[object], object]


def _kinds() -> dict[str, Check]:
    from feedpub.config import schema

    return {
        "title": schema.SITE_TITLE.kind.check,
        "url": schema.SITE_URL.kind.check,
        "language": schema.SITE_LANGUAGE.kind.check,
        "timezone": schema.SITE_TIMEZONE.kind.check,
    }


def _guess(folder: Path, blog: "Blog | None", environ: Mapping[str, str]) -> dict[str, str]:
    from feedpub.config.formats import normal_language
    from feedpub.sources.written import guess_written_language

    kinds = _kinds()

    def usable(name: str, value: str) -> str:
        try:
            return str(kinds[name](value)) if value else ""
        except ValueError as error:
            warn(f"{blog.config if blog else 'init'}: {error}")
            return ""

    language = normal_language(blog.language) if blog and blog.language else None
    written = guess_written_language(folder / (blog.articles if blog else "articles"))
    return {
        "title": usable("title", blog.title if blog else "") or folder.name or "feedpub",
        "url": usable("url", blog.url if blog else ""),
        "language": language or written or DEFAULT_LANGUAGE,
        "timezone": usable("timezone", blog.zone if blog else "") or local_zone(environ),
    }


def _checked(value: str, check: Check, option: str) -> str:
    try:
        return str(check(value))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


_QUESTIONS = {
    "title": "What is the site called",
    "url": "At which address are its pages (empty: not online yet)",
    "language": "In which language is it written",
    "timezone": "In which time zone are its dates",
}


def _ask(name: str, guess: str, check: Check) -> str:
    def convert(value: str) -> str:
        try:
            return str(check(value))
        except ValueError as error:
            raise click.UsageError(str(error)) from error

    answer: str = click.prompt(
        _QUESTIONS[name], default=guess, value_proc=convert, show_default=bool(guess), err=True
    )
    return answer


def local_zone(environ: Mapping[str, str], clock_link: Path = Path("/etc/localtime")) -> str:
    """Return the IANA name of this machine's zone; a server that runs on UTC says nothing."""
    from zoneinfo import ZoneInfo

    name = environ.get("TZ", "").lstrip(":")
    if not name:
        try:
            name = str(clock_link.readlink()).partition("zoneinfo/")[2]
        except OSError:
            name = ""
    if not name or name.split("/")[-1] in ("UTC", "UCT", "GMT", "Universal", "Zulu"):
        return DEFAULT_ZONE
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        return DEFAULT_ZONE
