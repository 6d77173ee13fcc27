"""Split an article into front matter and body, whatever generator it was written for."""

import re
from datetime import UTC
from typing import NamedTuple

from feedpub.errors import ArticleError
from feedpub.reading.blocks import check_size, read_block
from feedpub.reading.decoding import decode
from feedpub.reading.dialect import Dialect
from feedpub.reading.fences import MAX_BLOCK, find_close
from feedpub.reading.fields import Fields
from feedpub.reading.names import HTML, RST

_OPEN = re.compile(r"(-{3,}|\+{3,}|;{3,})([A-Za-z]*)[ \t]*\n")
_FIELD = re.compile(r"""["']?[A-Za-z_][\w-]{0,99}["']?[ \t]*[:=](?=\s)""")
_BARE_FIELD = re.compile(r"[A-Za-z_][\w-]{0,99}:(?=\s)")
_FENCE = re.compile(r"^(?:-{3,}|;{3,})[ \t]*$", re.MULTILINE)
_JSON_FIELD = re.compile(r"""\s*"[^"\n]{1,100}"[ \t]*:[ \t]*(?:["\[{0-9-]|true|false|null)""")
_TELLING_FIELD = re.compile(r"""^["']?(?:title|date)["']?[ \t]*:[ \t]""", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n[^\s:]+[^\n:]*\n")
_NIKOLA = Dialect(zone=UTC, generator="nikola")


class FrontMatter(NamedTuple):
    """An article taken apart.

    Attributes:
        fields: Names as written, values as text.
        body: What follows the front matter.
        block: The front matter as written, empty without one.
        line: Of the file, from 1, on which the block starts.
        warnings: What was guessed, a line each.
        start: Where in the text the body starts, None if it is not the rest of the text.
    """

    fields: Fields
    body: str
    block: str = ""
    line: int = 1
    warnings: tuple[str, ...] = ()
    start: int | None = None

    def find(self, name: str) -> tuple[int | None, int | None]:
        """Return line and column of a field's value, as far as they can be told."""
        bare = re.escape(name)
        pattern = rf"""^([ \t]*(?:\.\.[ ]|:)?["']?{bare}["']?[ \t]*[:=]?[ \t]*)"""
        match = re.search(pattern, self.block, re.MULTILINE | re.IGNORECASE)
        if match is None:
            return (self.line if self.block else None), None
        before = self.block.count("\n", 0, match.start())
        return self.line + before, len(match[1]) + 1


def split_article(
    text: str,
    *,
    path: str,
    dialect: Dialect,
    sidecar: bytes | None = None,
) -> FrontMatter:
    """Split an article's text into the fields of its front matter and its body.

    Args:
        text: As ``decode`` returns it.
        path: Within the source, for its extension and for errors.
        dialect: Of the source.
        sidecar: Of Nikola's ``NAME.meta``, None without one.

    Raises:
        ArticleError: Front matter that cannot be read, with line and column.
    """
    if sidecar is not None:
        return _read_sidecar(text, sidecar, path)
    start = 0
    while text[start : start + 1] in ("\n", " ", "\t") and text[start : start + 1]:
        start += 1
    front = text[start : start + 1]
    if front in ("-", "+", ";", "{"):
        found = _read_fenced(text, start, path, dialect)
        if found is not None:
            return found
    return _read_unfenced(text, text.rfind("\n", 0, start) + 1, path, dialect)


def _read_fenced(text: str, start: int, path: str, dialect: Dialect) -> FrontMatter | None:
    if text[start] == "{":
        return _read_braces(text, start, path)
    opening = _OPEN.match(text, start)
    if opening is None:
        return None
    top = opening.end()
    line = text.count("\n", 0, top) + 1
    close = find_close(text, top - 1, opening[1][0])
    if close is None:
        if not _FIELD.match(text, top):
            return None
        raise ArticleError(
            f"front matter is not closed; add a line '{opening[1]}'", path=path, line=line - 1
        )
    end, after = close
    block = text[top : max(top, end)]
    check_size(block, path, line)
    kind = opening[2].lower() or {"-": "yaml", "+": "toml", ";": "json"}[opening[1][0]]
    fields, warnings = read_block(block, kind, path=path, line=line, dialect=dialect)
    return FrontMatter(fields, text[after:], block, line, warnings, after)


def _read_braces(text: str, start: int, path: str) -> FrontMatter | None:
    """Read a JSON object at the top: Hugo's ends with its brace, Hexo's with ``;;;``."""
    import json

    from feedpub.reading.forms import read_json

    line = text.count("\n", 0, start) + 1
    if not re.match(r'\{\s*["}]', text[start : start + 200]):
        return None
    try:
        end = json.JSONDecoder(parse_int=str).raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        fence = re.compile(r"\n(?:;{3,}|\}[ \t]*\n)").search(text, start)
        end = fence.end() if fence else min(len(text), start + MAX_BLOCK)
    block = text[start:end]
    check_size(block, path, line)
    fields = read_json(block, path=path, line=line)
    after = re.compile(r"[ \t]*(?:\n?;{3,}[ \t]*)?(?:\n|$)").match(text, end)
    return FrontMatter(fields, text[after.end() if after else end :], block, line)


def _read_unfenced(text: str, start: int, path: str, dialect: Dialect) -> FrontMatter:
    extension = path.rpartition(".")[2].lower()
    if extension in HTML:
        return _read_html(text)
    first = text[start : start + 200]
    if extension not in RST and (_BARE_FIELD.match(first) or first.lstrip()[:1] == '"'):
        found = _read_bare_hexo(text, start, path, dialect)
        if found is not None:
            return found
    from feedpub.reading.lines import read_docinfo, read_meta_lines, read_nikola_lines

    if not (extension in RST or first.startswith((".. ", "<!--")) or _BARE_FIELD.match(first)):
        return FrontMatter({}, text)
    lines = text[start:].split("\n")
    line = text.count("\n", 0, start) + 1
    found_lines = read_nikola_lines(lines)
    if found_lines is None and extension in RST:
        found_lines = read_docinfo(lines)
    elif found_lines is None:
        known_only = dialect.generator != "pelican"
        found_lines = read_meta_lines(lines, known_only=known_only)
    if found_lines is None:
        return FrontMatter({}, text)
    block = "\n".join(lines[: found_lines.body])
    check_size(block, path, line)
    return FrontMatter(found_lines.fields, "\n".join(lines[found_lines.body :]), block, line)


def _read_bare_hexo(text: str, start: int, path: str, dialect: Dialect) -> FrontMatter | None:
    """Read Hexo's front matter without an opening fence, None if no fence ends it."""
    if dialect.generator not in ("hexo", "auto", "rsshub"):
        return None
    fence = _FENCE.search(text, start, start + MAX_BLOCK)
    if fence is None:
        return None
    kind = "json" if fence[0][0] == ";" else "yaml"
    block = text[start : fence.start()]
    if _BLANK_LINE.search(block) or not _is_front_matter(block, kind):
        return None
    line = text.count("\n", 0, start) + 1
    fields, warnings = read_block(block, kind, path=path, line=line, dialect=dialect)
    return FrontMatter(fields, text[fence.end() + 1 :], block, line, warnings, fence.end() + 1)


def _is_front_matter(block: str, kind: str) -> bool:
    """Return whether lines before a fence are fields, not a paragraph that begins like one."""
    from feedpub.reading.lines import KNOWN

    if kind == "json" and _JSON_FIELD.match(block):
        return True
    name = block[:100].partition(":")[0].strip()
    return name.strip('"').lower() in KNOWN or _TELLING_FIELD.search(block) is not None


def _read_html(text: str) -> FrontMatter:
    head = text[:2000].lower()
    if "<html" not in head and "<head" not in head and "<!doctype" not in head:
        return FrontMatter({}, text)
    from feedpub.reading.lines import read_html_head

    found = read_html_head(text)
    return FrontMatter({}, text) if found is None else FrontMatter(found[0], found[1])


def _read_sidecar(text: str, sidecar: bytes, path: str) -> FrontMatter:
    from feedpub.reading.lines import read_nikola_lines

    meta_path = path.rpartition(".")[0] + ".meta"
    meta = decode(sidecar, meta_path)
    check_size(meta, meta_path, 1)
    found = read_nikola_lines(meta.strip().split("\n"))
    if found is not None:
        return FrontMatter(found.fields, text, meta)
    front = split_article(meta, path=meta_path + ".md", dialect=_NIKOLA)
    return front._replace(body=text)
