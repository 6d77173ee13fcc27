"""An article's address, from the pattern that its generator is set to."""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from hashlib import sha1
from urllib.parse import quote

from feedpub.model import CategoryPath
from feedpub.reading.fields import Fields
from feedpub.reading.names import FileName, read_name
from feedpub.reading.tokens import DAY_FORMS, jekyll_slug, slugize, urlize

_JEKYLL_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "weekdate": "/:categories/:year/W:week/:short_day/:title.html",
    "none": "/:categories/:title.html",
}
_TOKEN = re.compile(r":([a-z_]+)")
_SAFE = "/-._~!$&'()*+,;=:@%"
_DATE = re.compile(r"^.*\d{4}-\d{2}-\d{2}-(?=.)")
_SLASHES = re.compile(r"/{2,}")
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class PermalinkError(ValueError):
    """A pattern asks for what the article does not have; the message names it."""


def expand_permalink(
    pattern: str,
    *,
    path: str,
    title: str,
    date: datetime | None,
    zone: tzinfo,
    generator: str = "hexo",
    categories: tuple[CategoryPath, ...] = (),
    fields: Fields | None = None,
    name: FileName | None = None,
) -> str:
    """Fill a generator's permalink pattern in.

    Args:
        pattern: Of Hexo, Jekyll (also ``pretty``, ``date``, ``ordinal``, ``none``) or Hugo.
        path: Of the article within its source.
        title: Plain text.
        date: UTC; None if there is none.
        zone: Of the site: the generators count days in it.
        generator: Whose pattern it is; ``auto`` counts as Hexo.
        categories: Of the article.
        fields: Front matter by folded name, for ``slug``, ``id`` and fields of one's own.
        name: Of the file, None to read it from the path.

    Returns:
        Percent-encoded; absolute if the pattern is, else without a leading ``/``.

    Raises:
        PermalinkError: The pattern names what the article does not have.
    """
    if generator == "jekyll":
        pattern = _JEKYLL_STYLES.get(pattern, pattern)
    article = _Article(
        path,
        name or read_name(path),
        title,
        date and date.astimezone(zone),
        categories,
        fields or {},
        generator,
    )
    tokens = _TOKENS.get(generator, _HEXO)
    if "://" in pattern:
        pattern = pattern.replace("http://", "http//").replace("https://", "https//")
    return _finish(_TOKEN.sub(lambda match: article.fill(match[1], tokens), pattern))


def _finish(filled: str) -> str:
    for scheme in ("http//", "https//"):
        if filled.startswith(scheme):
            host, slash, rest = filled[len(scheme) :].partition("/")
            return f"{scheme[:-2]}://{host}{slash}{_encode(rest)}"
    return _encode(filled)


def _encode(path: str) -> str:
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if "%" in path:
        path = _BROKEN_PERCENT.sub("%25", path)
    return quote(path.lstrip("/"), safe=_SAFE)


def _drop_index(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return folder if name == "index" else path


def _eleventy_slug(path: str) -> str:
    """Return the path without the date of the file's name, and without the name of its folder."""
    folder, _, name = path.rpartition("/")
    name = _DATE.sub("", name)
    is_folder = name == "index" or name == folder.rpartition("/")[2]
    return folder if is_folder else _join(folder, name)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _quote(text: str) -> str:
    if text.isascii() and text.isalnum():  # as the parts of a date are
        return text
    return quote(text, safe="/+")


class _Article:
    """What the tokens of the three generators draw on."""

    def __init__(
        self,
        path: str,
        name: FileName,
        title: str,
        date: datetime | None,
        categories: tuple[CategoryPath, ...],
        fields: Fields,
        generator: str,
    ) -> None:
        self._path, self._name, self._title = path, name, title
        self._date, self._categories, self._fields = date, categories, fields
        self._generator = generator

    def _moment(self, token: str) -> datetime:
        if self._date is None:
            raise PermalinkError(f"the permalink pattern needs ':{token}'; add a 'date'")
        return self._date

    def _field(self, token: str) -> str:
        value = self._fields.get(token.replace("_", ""))
        if not isinstance(value, str) or not value.strip():
            raise PermalinkError(f"the permalink pattern needs ':{token}'; add a field '{token}'")
        return _quote(value.strip().strip("/"))

    def _own(self, field: str) -> str | None:
        value = self._fields.get(field)
        return value.strip() if isinstance(value, str) and value.strip() else None

    def _day(self, token: str) -> str | None:
        form = DAY_FORMS.get(token)
        return None if form is None else form(self._moment(token))

    def fill(self, token: str, tokens: "_Tokens") -> str:
        """Return the value of a token: the generator's own, a part of the date, or a field."""
        own = tokens.get(token)
        return own(self) if own else self._day(token) or self._field(token)

    def hexo_slug(self) -> str:
        """Return the file's name with its folders, as Hexo's ``new_post_name: :title.md`` has it.

        A date before the title stays. Hexo takes no slug from the front matter; where the
        generator is not known, one is believed. The others have no pattern of their own, and
        borrow this one for the addresses that they give by themselves.
        """
        path = self._path.rpartition(".")[0].removeprefix("_posts/")
        if self._generator == "hexo":
            return path
        if self._generator == "zola":
            return self._zola_slug(path)
        if self._generator == "eleventy":
            return _eleventy_slug(path)
        return self._own("slug") or _drop_index(path)

    def _zola_slug(self, path: str) -> str:
        """Return the path with the file's name, or that of its folder, without the date."""
        folder = _drop_index(path).rpartition("/")[0]
        return _join(folder, self._own("slug") or self._name.stem)

    def hexo_title(self) -> str:
        """Return the title as Hexo writes it in addresses."""
        return slugize(self._title)

    def hexo_category(self) -> str:
        """Return the last of the categories, its parents before it."""
        if not self._categories:
            return "uncategorized"
        return "/".join(slugize(name) for name in self._categories[-1])

    def hexo_hash(self) -> str:
        """Return the digest of slug and date."""
        text = f"{self.hexo_slug()}{int(self._moment('hash').timestamp())}"
        return sha1(text.encode(), usedforsecurity=False).hexdigest()[:12]

    def jekyll_slug(self, *, lower: bool) -> str:
        """Return the slug of the front matter, else of the file's name."""
        return jekyll_slug(self._own("slug") or self._name.stem, lower=lower)

    def jekyll_name(self) -> str:
        """Return the slug of the file's name."""
        return jekyll_slug(self._name.stem, lower=True)

    def jekyll_categories(self, write: Callable[[str], str]) -> str:
        """Return the names of all categories, each as it is to be written."""
        return "/".join(_quote(write(name)) for path in self._categories for name in path)

    def jekyll_path(self) -> str:
        """Return the file's path without its extension."""
        return self._path.rpartition(".")[0]

    def hugo_title(self) -> str:
        """Return the title as Hugo writes it in addresses."""
        return urlize(self._title)

    def hugo_stem(self) -> str:
        """Return the file's name; a date in it stays, unless Hugo is told to take it from there."""
        stem = self._name.stem
        return urlize(f"{self._name.date}-{stem}" if self._name.date else stem)

    def hugo_slug(self, otherwise: str) -> str:
        """Return the slug of the front matter, else what stands for it."""
        slug = self._own("slug")
        return otherwise if slug is None else urlize(slug)

    def hugo_sections(self) -> list[str]:
        """Return the folders that the article is in; its own, if it has one, is none of them."""
        *folders, name = self._path.removeprefix("content/").split("/")
        return folders[:-1] if name.startswith("index.") else folders


_Tokens = dict[str, Callable[[_Article], str]]

_HEXO: _Tokens = {
    "title": lambda article: _quote(article.hexo_slug()),
    "slug": lambda article: _quote(article.hexo_slug()),
    "name": lambda article: _quote(article.hexo_slug().rpartition("/")[2]),
    "post_title": lambda article: _quote(article.hexo_title()),
    "category": lambda article: _quote(article.hexo_category()),
    "hash": _Article.hexo_hash,
}
_JEKYLL: _Tokens = {
    "title": lambda article: _quote(article.jekyll_slug(lower=False)),
    "slug": lambda article: _quote(article.jekyll_slug(lower=True)),
    "name": lambda article: _quote(article.jekyll_name()),
    "categories": lambda article: article.jekyll_categories(str.lower),
    "slugified_categories": lambda article: article.jekyll_categories(
        lambda name: jekyll_slug(name, lower=True)
    ),
    "output_ext": lambda _: ".html",
    "path": lambda article: _quote(article.jekyll_path()),
}
_HUGO: _Tokens = {
    "title": lambda article: _quote(article.hugo_title()),
    "slug": lambda article: _quote(article.hugo_slug(article.hugo_title())),
    "filename": lambda article: _quote(article.hugo_stem()),
    "contentbasename": lambda article: _quote(article.hugo_stem()),
    "slugorfilename": lambda article: _quote(article.hugo_slug(article.hugo_stem())),
    "slugorcontentbasename": lambda article: _quote(article.hugo_slug(article.hugo_stem())),
    "section": lambda article: _quote(urlize(next(iter(article.hugo_sections()), ""))),
    "sections": lambda article: "/".join(_quote(urlize(one)) for one in article.hugo_sections()),
}
_TOKENS = {"jekyll": _JEKYLL, "hugo": _HUGO}
