"""In which language a site is written, as far as its script and its commonest words tell.

Only what decides how a new site is set up: a wrong guess costs its owner a line of settings. A
library that tells seventy languages apart would be larger than all the rest.
"""

import re
from collections import Counter
from collections.abc import Iterable

from feedpub.reading.scripts import is_han

_ENOUGH = 20
"""So many characters or words have to be there before anything is said."""

# What is no running text: front matter, code, markup and addresses are English everywhere.
_NO_TEXT = re.compile(
    r"\A\ufeff?(?P<fence>---|\+\+\+).*?^(?P=fence)\s*$|```.*?(?:```|\Z)|`[^`\n]*`|<[^<>]{1,500}>|\w+://\S+",
    re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    ["the", "of", "and", "to", "in", "is", "that", "it", "for", "was", "with", "this", "are", "on"]
)
_ENGLISH_SHARE = 0.1
"""Of running English about every fourth word is one of these; of French or German, few are."""


def guess_language(texts: Iterable[str]) -> str:
    """Return the language of most of some articles, as BCP 47; empty where that is not plain.

    Args:
        texts: Whole files, or their beginnings.
    """
    found = Counter(filter(None, map(_guess, texts)))
    return max(found, key=lambda tag: (found[tag], tag)) if found else ""


def _guess(text: str) -> str:
    text = _NO_TEXT.sub(" ", text)
    han = sum(map(is_han, text))
    kana = sum("\u3041" <= char <= "\u30ff" for char in text)
    hangul = sum("\uac00" <= char <= "\ud7a3" for char in text)
    words = [word for word in map(str.lower, _WORD.findall(text)) if word.isascii()]
    # A word of ours is worth a character of theirs: technical articles are full of the former.
    asian = han + kana + hangul
    if asian >= _ENOUGH and asian > len(words):
        return "ko" if hangul > han + kana else "ja" if kana * 10 > asian else "zh-CN"
    english = sum(word in _ENGLISH for word in words)
    return "en" if len(words) >= _ENOUGH and english >= len(words) * _ENGLISH_SHARE else ""
