"""Which files of a source are articles, and what a file's name says of its article."""

import re
from typing import NamedTuple

MARKDOWN = frozenset({"md", "markdown", "mdown", "mkd", "mkdn", "mkdown", "mdx"})
HTML = frozenset({"html", "htm"})
PLAIN = frozenset({"txt", "text"})
RST = frozenset({"rst"})
_OTHERS = {
    "csv": "a table (CSV)",
    "js": "a program (JavaScript)",
    "json": "data (JSON)",
    "liquid": "a template",
    "meta": "headers of the article of the same name",
    "njk": "a template",
    "xml": "an export (XML)",
}
ARTICLES = MARKDOWN | HTML | PLAIN | RST

# ISO 639-1, so that "notes.js.md" is not taken for an article in a language "js".
_LANGUAGES = (
    " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs"
    " cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha"
    " he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn"
    " ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb"
    " nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd"
    " se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw"
    " ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
)
_DATED = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[-_](?=.)|$)")
_REGION = re.compile(r"[A-Za-z]{4}|[A-Za-z]{2}|[A-Za-z]{4}-[A-Za-z]{2}")


class FileName(NamedTuple):
    """What a file's name says.

    Attributes:
        stem: Without date, language and extension; the folder's name of a page bundle.
        extension: Lower case, without the dot.
        date: As written before the stem, such as ``2014-6-4``; empty if there is none.
        language: BCP 47, empty if there is none.
    """

    stem: str
    extension: str
    date: str
    language: str


def is_article_name(name: str) -> bool:
    """Return whether a file's name, without folders, is that of an article."""
    return why_no_article(name) is None


def why_no_article(name: str) -> str | None:
    """Return why a file is no article, judged by its name without folders; None if it is one."""
    if name.startswith((".", "~")):
        return "hidden or temporary file"
    stem, dot, extension = name.rpartition(".")
    if not dot or extension.lower() not in ARTICLES:
        kind = _OTHERS.get(extension.lower(), "another kind of file")
        return (
            f"{kind}, not an article; "
            "articles end in .md, .markdown, .mdx, .html, .htm, .txt, .text or .rst"
        )
    if stem.split(".", 1)[0] == "_index":
        return "section page, not an article"
    return None


def read_name(path: str, *, localised: bool = False) -> FileName:
    """Take a path's last part apart.

    Args:
        path: Within the source, with ``/``.
        localised: Whether a suffix such as ``.zh`` before the extension is a language.
    """
    folder, _, name = path.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem, language = _split_language(stem) if localised else (stem, "")
    if stem in ("index", "README") and folder:
        stem = folder.rpartition("/")[2]
    match = _DATED.match(stem) if stem[:1].isdigit() else None
    if match is None:
        return FileName(stem, extension.lower(), "", language)
    return FileName(stem[match.end() :] or stem, extension.lower(), match[1], language)


def _split_language(stem: str) -> tuple[str, str]:
    front, dot, suffix = stem.rpartition(".")
    language, _, region = suffix.partition("-")
    known = f" {language.lower()} " in _LANGUAGES and (not region or _REGION.fullmatch(region))
    return (front, suffix) if dot and front and known else (stem, "")
