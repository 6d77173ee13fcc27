"""Where a line break in running text stands for a blank: between words of scripts that have them.

Chinese and Japanese need no blank between paragraphs; between short lines only where punctuation
parts them. Comparisons, because a regular expression takes milliseconds to compile such ranges.
"""

# Quotation marks, dashes and dots are either script's.
_EITHER = frozenset("\u2014\u2018\u2019\u201c\u201d\u2026\u00b7")
_STOPS = frozenset("\u3001\u3002\u300d\u300f\uff01\uff0c\uff1a\uff1b\uff1f")


def is_han(char: str) -> bool:
    """Return whether a character is a CJK ideograph: extensions, compatibility forms and zero."""
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U000323af"
        or char == "\u3007"
    )


def joins_paragraphs(before: str, after: str) -> bool:
    """Return whether no blank stands between two paragraphs.

    Args:
        before: The last two characters of one, or its only one.
        after: The first of the other.
    """
    last = before[-1]
    if _is_cjk(last):
        return _is_cjk(after) or after in _EITHER
    if last not in _EITHER:
        return False
    return _is_cjk(after) or (after in _EITHER and len(before) > 1 and _is_cjk(before[0]))


def joins_lines(before: str, after: str) -> bool:
    """Return whether no blank stands between two short lines; see ``joins_paragraphs``."""
    last = before[-1]
    if last in _STOPS and (_is_cjk(after) or after in _EITHER):
        return True
    if last in _EITHER:
        return _is_cjk(after)
    return _is_cjk(last) and _is_mark(after)


def _is_cjk(char: str) -> bool:
    return (
        "\u3041" <= char <= "\u9fff"
        or "\u2e80" <= char <= "\u2fff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff66" <= char <= "\uff9f"
        or "\U00020000" <= char <= "\U0003ffff"
        or _is_mark(char)
    )


def _is_mark(char: str) -> bool:
    return (
        "\u3001" <= char <= "\u303f"
        or "\uff01" <= char <= "\uff0f"
        or "\uff1a" <= char <= "\uff20"
        or "\ufe30" <= char <= "\ufe4f"
        or "\uff3b" <= char <= "\uff40"
        or "\uff5b" <= char <= "\uff65"
    )
