"""YAML front matter that was pasted together, not dumped: save what is meant beyond doubt."""

import json
import re

from feedpub.errors import ArticleError
from feedpub.reading.dialect import Dialect
from feedpub.reading.fields import Fields
from feedpub.reading.yaml_text import read_yaml

# Only these two are pasted as prose; a value that spans lines is not touched.
_PROSE = re.compile(r"^(title|author):[ ]+(\S[^\n]*?)[ ]*$(?!\n[ ]+\S)", re.MULTILINE)
_COMMENT_TITLE = re.compile(r"^title:[ ]+#\S", re.MULTILINE)


def read_forgiving(
    block: str, *, path: str, line: int, dialect: Dialect
) -> tuple[Fields, tuple[str, ...]]:
    """Read a block of YAML; take a title or author that breaks it as the text that it shows.

    Args:
        block: Only characters that YAML allows.
        path: For errors.
        line: Of the file, from 1, on which the block starts.
        dialect: Of the source; RSSHub's generator pastes titles without quoting them.

    Returns:
        The fields, and a warning for each value that was taken as text.

    Raises:
        ArticleError: The error of the block as written, if nothing saves it.
    """
    try:
        fields = read_yaml(block, path=path, line=line)
    except ArticleError as error:
        return _save(block, error, path=path, line=line)
    if _lost_title(fields, block, dialect):
        problem = ArticleError("not what YAML reads it as", path=path, line=line)
        return _save(block, problem, path=path, line=line, fields=fields)
    return fields, ()


def _lost_title(fields: Fields, block: str, dialect: Dialect) -> bool:
    """Return whether YAML reads a title otherwise than anyone means it."""
    if "title" not in fields:
        return False
    title = fields["title"]
    if isinstance(title, str):
        # "C # for beginners" is a whole title to a generator that pastes; in a file
        # written by hand the rest may be a comment.
        return dialect.generator == "rsshub" and bool(
            re.search(r"^title: [^'\"\n]* #", block, re.MULTILINE)
        )
    if title is None:
        return bool(_COMMENT_TITLE.search(block)) or (
            dialect.generator == "rsshub" and bool(re.search(r"^title:[ ]+#", block, re.MULTILINE))
        )
    return True


def _save(
    block: str, error: ArticleError, *, path: str, line: int, fields: Fields | None = None
) -> tuple[Fields, tuple[str, ...]]:
    found = {match[1]: match for match in _PROSE.finditer(block)}
    trials = (("title",), ("author",), ("title", "author")) if fields is None else (("title",),)
    for names in trials:
        quoted = _quote(block, [found[name] for name in names if name in found])
        if quoted == block:
            continue
        try:
            saved = read_yaml(quoted, path=path, line=line)
        except ArticleError:
            continue
        return saved, tuple(_warn(name, line + _line_of(block, found[name])) for name in names)
    if fields is not None:
        return fields, ()
    raise error


def _quote(block: str, matches: list[re.Match[str]]) -> str:
    for match in sorted(matches, key=re.Match.start, reverse=True):
        text = unwrap(match[2])
        if text is not None:
            literal = json.dumps(text, ensure_ascii=False)
            block = block[: match.start(2)] + literal + block[match.end(2) :]
    return block


def _line_of(block: str, match: re.Match[str]) -> int:
    return block.count("\n", 0, match.start())


def _warn(name: str, line: int) -> str:
    return (
        f"line {line}: '{name}' is not valid YAML and was taken as the text it shows; "
        "put it between quotes"
    )


def unwrap(value: str) -> str | None:
    """Return a pasted value without the row of quotes around it, None if the row does not close."""
    quote = value[0]
    if quote not in "'\"":
        return value
    lead = len(value) - len(value.lstrip(quote))
    row = min(lead, len(value) - len(value.rstrip(quote)))
    if 2 * row > len(value):
        return None
    if _quotes_words(value, quote):
        return value
    return value[row:-row].strip() if row else None


def _quotes_words(value: str, quote: str) -> bool:
    """Return whether the quotes are the title's own, as in ``"A" and "B"``."""
    inner = value.find(quote, 1)
    return (
        value.count(quote) % 2 == 0
        and value[inner + 1 : inner + 2] not in ("", quote)
        and (
            (not value[inner - 1].isspace() and inner > 1 and not value[inner + 1].isalnum())
            or not value.endswith(quote)
        )
    )
