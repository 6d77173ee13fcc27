"""Split an article into front matter and body, whatever generator it was written for."""

import re
from datetime import UTC
from typing import NamedTuple

from feedpub.errors import ArticleError
from feedpub.reading.decoding import decode
from feedpub.reading.dialect import Dialect
from feedpub.reading.fences import MAX_BLOCK, find_close
from feedpub.reading.fields import Fields
from feedpub.reading.names import HTML, RST
from feedpub.reading.recovery import read_forgiving
from feedpub.reading.scanner import scan

# What YAML refuses or takes for a line break; a blank in its place keeps every column.
_ODD = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_TABS = re.compile(r"^\t+", re.MULTILINE)
_OPEN = re.compile(r"(-{3,}|\+{3,}|;{3,})([A-Za-z]*)[ \t]*\n")
_FIELD = re.compile(r"""["']?[A-Za-z_][\w-]{0,99}["']?[ \t]*[:=](?=\s)""")
_BARE_FIELD = re.compile(r"[A-Za-z_][\w-]{0,99}:(?=\s)")
_FENCE = re.compile(r"^(?:-{3,}|;{3,})[ \t]*$", re.MULTILINE)
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


def find_body(text: str, *, path: str, dialect: Dialect, sidecar: bytes | None = None) -> str:
    """Return only the body of an article's text; the fields of a fenced block are not read.

    Raises:
        ArticleError: As ``split_article``, which this leaves all but the plain case to.
    """
    start = len(text) - len(text.lstrip())
    opening = _OPEN.match(text, start)
    if sidecar is None and opening and opening[1][0] != ";" and not opening[2]:
        close = find_close(text, opening.end() - 1, opening[1][0])
        if close is not None:
            return text[close[1] :]
    return split_article(text, path=path, dialect=dialect, sidecar=sidecar).body


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
    _check_size(block, path, line)
    kind = opening[2].lower() or {"-": "yaml", "+": "toml", ";": "json"}[opening[1][0]]
    fields, warnings = _read_block(block, kind, path, line, dialect)
    return FrontMatter(fields, text[after:], block, line, warnings, after)


def _read_block(
    block: str, kind: str, path: str, line: int, dialect: Dialect
) -> tuple[Fields, tuple[str, ...]]:
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
    _check_size(block, path, line)
    fields = read_json(block, path=path, line=line)
    after = re.compile(r"[ \t]*(?:\n?;{3,}[ \t]*)?(?:\n|$)").match(text, end)
    return FrontMatter(fields, text[after.end() if after else end :], block, line)


def _read_unfenced(text: str, start: int, path: str, dialect: Dialect) -> FrontMatter:
    extension = path.rpartition(".")[2].lower()
    if extension in HTML:
        return _read_html(text)
    first = text[start : start + 200]
    if extension not in RST and (_BARE_FIELD.match(first) or first[:1] == '"'):
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
    _check_size(block, path, line)
    return FrontMatter(found_lines.fields, "\n".join(lines[found_lines.body :]), block, line)


def _read_bare_hexo(text: str, start: int, path: str, dialect: Dialect) -> FrontMatter | None:
    """Read Hexo's front matter without an opening fence, None if no fence ends it."""
    if dialect.generator not in ("hexo", "auto", "rsshub"):
        return None
    from feedpub.reading.lines import KNOWN

    name = text[start : start + 100].partition(":")[0].strip()
    fence = _FENCE.search(text, start, start + MAX_BLOCK)
    if fence is None or name.strip('"').lower() not in KNOWN:
        return None
    block = text[start : fence.start()]
    line = text.count("\n", 0, start) + 1
    if re.search(r"\n[ \t]*\n[^\s:]+[^\n:]*\n", block):
        return None
    kind = "json" if fence[0][0] == ";" else "yaml"
    fields, warnings = _read_block(block, kind, path, line, dialect)
    return FrontMatter(fields, text[fence.end() + 1 :], block, line, warnings)


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
    _check_size(meta, meta_path, 1)
    found = read_nikola_lines(meta.strip().split("\n"))
    if found is not None:
        return FrontMatter(found.fields, text, meta)
    front = split_article(meta, path=meta_path + ".md", dialect=_NIKOLA)
    return front._replace(body=text)


def _check_size(block: str, path: str, line: int) -> None:
    if len(block) > MAX_BLOCK:
        raise ArticleError(
            f"front matter of {len(block) // 1024} KB; keep it below {MAX_BLOCK // 1024} KB",
            path=path,
            line=line,
        )
