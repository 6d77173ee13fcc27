"""A block of front matter to fields, in whichever language it is written."""

import re

from feedpub.errors import ArticleError
from feedpub.reading.dialect import Dialect
from feedpub.reading.fences import MAX_BLOCK
from feedpub.reading.fields import Fields
from feedpub.reading.recovery import read_forgiving
from feedpub.reading.scanner import scan

# What YAML refuses or takes for a line break; a blank in its place keeps every column.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_TABS = re.compile(r"^\t+", re.MULTILINE)


def read_block(
    block: str, kind: str, *, path: str, line: int, dialect: Dialect
) -> tuple[Fields, tuple[str, ...]]:
    """Return the fields of a block, and what was guessed.

    Args:
        block: Without its fences.
        kind: ``yaml``, ``toml``, ``json``, or what else stands after an opening fence.
        path: For errors.
        line: Of the file, from 1, on which the block starts.
        dialect: Of the source.

    Raises:
        ArticleError: It cannot be read, with line and column.
    """
    if kind in ("yaml", "yml"):
        fields = scan(block)
        if fields is not None:
            return fields, ()
        return read_forgiving(clean_yaml(block), path=path, line=line, dialect=dialect)
    if kind == "toml":
        from feedpub.reading.forms import read_toml

        return read_toml(block, path=path, line=line), ()
    if kind == "json":
        from feedpub.reading.forms import read_json

        inner = block if block.lstrip()[:1] == "{" else "{" + block + "}"
        return read_json(inner, path=path, line=line), ()
    raise ArticleError(
        f"front matter in '{kind}' is a program, not data; write YAML between '---' lines",
        path=path,
        line=line - 1,
    )


def clean_yaml(block: str) -> str:
    """Return a block that YAML accepts, its columns kept: controls blanked, leading tabs spaces."""
    if _ODD.search(block):
        block = _ODD.sub(" ", block)
    if "\t" in block:
        # Hexo's rule: each tab of the indentation is two spaces.
        block = _TABS.sub(lambda match: "  " * len(match[0]), block)
    return block


def check_size(block: str, path: str, line: int) -> None:
    """Check that a block is no longer than front matter may be.

    Raises:
        ArticleError: It is longer.
    """
    if len(block) > MAX_BLOCK:
        raise ArticleError(
            f"front matter of {len(block) // 1024} KB; keep it below {MAX_BLOCK // 1024} KB",
            path=path,
            line=line,
        )
