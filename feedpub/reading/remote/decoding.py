"""The bytes of a feed to text: what its encoding is said to be, and what it is."""

import codecs
import re

from feedpub.reading.text import drop_illegal

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # XML 1.0, appendix F: "<?" or "<x" without a mark.
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
# What pages say and what they mean (WHATWG, Encoding); UTF-7 hides markup and is nobody's.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "windows-1252",
    "iso8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "utf-7": "",
}
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>\s*")
_SEVEN_BIT = ("iso-2022", "iso2022", "hz")
_CHINESE_ETC = frozenset(
    {"big5", "big5hkscs", "cp932", "cp949", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk"}
)
_SAMPLE = 64 * 1024


def decode_feed(data: bytes, content_type: str = "") -> str:
    """Return the text of a document, without what XML forbids or its declaration; never raises.

    A byte order mark is believed before all. Next, bytes that are UTF-8 are taken for it: text in
    another encoding hardly ever is, and servers that say ISO-8859-1 of everything are many. Then
    the document itself has the word, and the server last (against RFC 3023, which no reader
    follows).

    Args:
        data: The document.
        content_type: Header of the answer, empty if there is none.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _tidy(data.decode(encoding, "replace"))
    named = _list_named(data, content_type)
    if not (named and named[0].startswith(_SEVEN_BIT)):
        named.insert(0, "utf-8")
    for encoding in named:
        try:
            return _tidy(data.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    told = [name for name in named if name != "utf-8"]
    return _tidy(data.decode(told[0] if told else _guess(data), "replace"))


def _list_named(data: bytes, content_type: str) -> list[str]:
    declared = _DECLARED.match(data[:400])
    header = _CHARSET.search(content_type)
    found = [declared[1].decode("ascii")] if declared else []
    found += [header[1]] if header else []
    names = [_MEANT.get(name.lower(), name.lower()) for name in found]
    return [name for name in names if name and _is_text(name)]


def _guess(data: bytes) -> str:
    """Return what nobody says: one of East Asia's by its bytes, else that of the rest of the web.

    Encodings of one byte a character cannot be told apart by their bytes; those of two can.
    """
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    found = best.encoding if best is not None else ""
    found = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030"}.get(found, found)
    return found if found in _CHINESE_ETC else "windows-1252"


def _is_text(name: str) -> bool:
    """Return whether a name is that of a text encoding, and none such as ``zip``."""
    try:
        return bool(getattr(codecs.lookup(name), "_is_text_encoding", True))
    except LookupError:
        return False


def _tidy(text: str) -> str:
    # Text has no encoding, whatever it says at its head.
    tidy = drop_illegal(text.removeprefix("\ufeff")).lstrip()
    declared = _DECLARATION.match(tidy)
    return tidy[declared.end() :] if declared else tidy
