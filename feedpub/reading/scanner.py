"""The plain case of YAML front matter, many times as fast as a YAML parser.

It reads ``key: scalar`` lines and lists of plain items, and gives up on everything else, so that
what it returns is what the YAML path returns; a property test holds the two together.
"""

import re

from feedpub.reading.fields import NULLS, Fields, Value

# Tabs, characters that YAML refuses, and those that it takes for line breaks.
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SCALAR = r"""(?:'([^'\n]*)'|"([^"\\\n]*)"|([^\s\-?:,\[\]{}\#&*!|>'"%@`][^\n]*))[ ]*"""
# A key with a value, a key alone, an item, an empty line; or group 9, where the scan gives up.
_LINE = re.compile(
    rf"^(?:([A-Za-z_][\w-]{{0,99}}):(?:[ ]+{_SCALAR}|[ ]*)|([ ]*)-[ ]+{_SCALAR}|[ ]*|([^\n]+))$",
    re.MULTILINE | re.ASCII,
)
_KEY_ALONE, _PLAIN, _ITEM, _PLAIN_ITEM, _OTHER = 1, 4, 5, 8, 9


class _GiveUpError(Exception):
    """The block is not plain."""


def scan(block: str) -> Fields | None:
    """Return the fields of a plain block of front matter, None if it takes a YAML parser."""
    if not block.replace("\n", "").isprintable() and _ODD.search(block):
        return None
    try:
        return _scan_lines(block)
    except _GiveUpError:
        return None


def _scan_lines(block: str) -> Fields:
    fields: Fields = {}
    # The key whose value may still turn out to be a list, and that list.
    key = indent = ""
    items: list[Value] = []
    for match in _LINE.finditer(block):
        kind = match.lastindex
        if kind is None:
            continue
        if kind < _ITEM:
            key = match[1]
            if key in fields:
                raise _GiveUpError
            fields[key] = None
            if kind != _KEY_ALONE:
                fields[key] = _read_scalar(match, kind)
                key = ""
            items = []
            continue
        if not key or kind == _OTHER:
            raise _GiveUpError
        if not items:
            fields[key], indent = items, match[5]
        elif match[5] != indent:
            raise _GiveUpError
        items.append(_read_scalar(match, kind))
    return fields


def _read_scalar(match: re.Match[str], kind: int) -> Value:
    text = match[kind]
    if kind not in (_PLAIN, _PLAIN_ITEM):
        return text
    text = text.rstrip(" ")
    if ": " in text or " #" in text or text[-1] == ":":
        raise _GiveUpError
    return None if text in NULLS else text
