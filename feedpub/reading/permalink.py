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
    tokens = {"jekyll": article.jekyll, "hugo": article.hugo}.get(generator, article.hexo)
    if "://" in pattern:
        pattern = pattern.replace("http://", "http//").replace("https://", "https//")
    return _finish(_TOKEN.sub(lambda match: tokens(match[1]), pattern))


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

    def hexo(self, token: str) -> str:
        """Return the value of a token of Hexo's."""
        simple = _HEXO.get(token)
        return simple(self) if simple else self._day(token) or self._field(token)

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

    def jekyll(self, token: str) -> str:
        """Return the value of a token of Jekyll's."""
        slug = self._own("slug") or self._name.stem
        names = [name for path in self._categories for name in path]
        simple: dict[str, Callable[[], str]] = {
            "title": lambda: _quote(jekyll_slug(slug, lower=False)),
            "slug": lambda: _quote(jekyll_slug(slug, lower=True)),
            "name": lambda: _quote(jekyll_slug(self._name.stem, lower=True)),
            "categories": lambda: "/".join(_quote(name.lower()) for name in names),
            "slugified_categories": lambda: "/".join(
                _quote(jekyll_slug(n, lower=True)) for n in names
            ),
            "output_ext": lambda: ".html",
            "path": lambda: _quote(self._path.rpartition(".")[0]),
        }
        if token in simple:
            return simple[token]()
        return self._day(token) or self._field(token)

    def hugo(self, token: str) -> str:
        """Return the value of a token of Hugo's."""
        folders = self._path.removeprefix("content/").split("/")[:-1]
        if self._path.rpartition("/")[2].startswith("index."):
            folders = folders[:-1]
        base, slug = self._stem(), self._own("slug")
        simple: dict[str, Callable[[], str]] = {
            "title": lambda: _quote(urlize(self._title)),
            "slug": lambda: _quote(urlize(slug or self._title)),
            "filename": lambda: _quote(urlize(base)),
            "contentbasename": lambda: _quote(urlize(base)),
            "slugorfilename": lambda: _quote(urlize(slug or base)),
            "slugorcontentbasename": lambda: _quote(urlize(slug or base)),
            "section": lambda: _quote(urlize(folders[0])) if folders else "",
            "sections": lambda: "/".join(_quote(urlize(folder)) for folder in folders),
        }
        if token in simple:
            return simple[token]()
        return self._day(token) or self._field(token)

    def _stem(self) -> str:
        # Hugo keeps a date in the file's name unless it is told to take it from there.
        return f"{self._name.date}-{self._name.stem}" if self._name.date else self._name.stem


_HEXO: dict[str, Callable[[_Article], str]] = {
    "title": lambda article: _quote(article.hexo_slug()),
    "slug": lambda article: _quote(article.hexo_slug()),
    "name": lambda article: _quote(article.hexo_slug().rpartition("/")[2]),
    "post_title": lambda article: _quote(article.hexo_title()),
    "category": lambda article: _quote(article.hexo_category()),
    "hash": _Article.hexo_hash,
}
