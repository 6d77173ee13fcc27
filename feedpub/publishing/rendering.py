"""An article's file becomes its published form, once, in whichever process has time for it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from feedpub.catalog.identity import Record
from feedpub.errors import ArticleError, PictureError
from feedpub.model import ReadArticle, Rendition, Site
from feedpub.ports import RenditionRow, Staged, StoredProblem, Target, Thumbnails
from feedpub.publishing.payload import MEDIA, Payload, ThumbnailMode, name_page
from feedpub.publishing.source import ArticleSource
from feedpub.reading import render_article


class RenderTask(NamedTuple):
    """An article to render.

    Attributes:
        source: Place among the site's sources.
        record: Its row.
        key: Of the rendition that is wanted; the last byte says whether with the body.
    """

    source: int
    record: Record
    key: bytes


class Rendered(NamedTuple):
    """What became of it.

    Attributes:
        row: To be kept; None if the file could not be read.
        media: Copies of local pictures, staged.
        problems: What the editor should know.
        failed: The article, if another try may succeed though its file does not change.
    """

    row: RenditionRow | None
    media: list[Staged]
    problems: list[StoredProblem]
    failed: int | None = None


class Renderer:
    """Renders articles; made before the processes are, so that each has its own copy."""

    def __init__(
        self,
        sources: Sequence[ArticleSource],
        target: Target,
        thumbnailer: Thumbnails,
        site: Site,
        *,
        mode: ThumbnailMode,
        pages: bool,
    ) -> None:
        """Prepare.

        Args:
            sources: In the order that tasks refer to.
            target: Where copies of local pictures are staged.
            thumbnailer: Makes them.
            site: For absolute URLs.
            mode: What is done with pictures.
            pages: Whether an article without a URL gets a page of its own.
        """
        self._sources = sources
        self._target = target
        self._thumbnailer = thumbnailer
        self._site = site
        self._mode = mode
        self._pages = pages

    def __call__(self, task: RenderTask) -> Rendered:
        """Render one article."""
        source = self._sources[task.source]
        work = _Work(self, source, task.record)
        try:
            payload = work.render(full=bool(task.key[-1]))
        except ArticleError as error:
            failed = task.record.id if isinstance(error.__cause__, OSError) else None
            return Rendered(None, work.media, [work.explain(error)], failed)
        row = RenditionRow(
            task.record.id,
            task.key,
            payload.to_bytes(),
            payload.picture if payload.size is None else None,
        )
        return Rendered(row, work.media, work.problems)


class _Choice(NamedTuple):
    """A picture: where it is, and of a copy of a local one its size and the URL it stands for."""

    picture: str | None
    size: tuple[int, int, int] | None = None
    original: str | None = None


_NO_CHOICE = _Choice(None)
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"


# Addresses of which joining changes nothing, and paths that are only put behind a folder: no dots
# to resolve, nothing empty that would be dropped. Nearly all are of these kinds.
_WHOLE = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?=[/?]|$)(?:/(?!\.)[\w%~@!$&'()*+,=:-][\w%~@!$&'()*+,=:.-]*)*/?"
    r"(?:\?[\w%~@!$&'()*+,=:./-]+)?",
    re.ASCII,
)
_PATH = re.compile(r"(?:[\w%~@!$&'()*+,=-][\w%~@!$&'()*+,=.-]*/)*+(?:[\w%-][\w%.-]*)?", re.ASCII)
_FOLDER = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/(?:[\w%~-]+/)*", re.ASCII)


def join_url(base: str, reference: str) -> str | None:
    """Return a web address as seen from another, None if it is none."""
    if _WHOLE.fullmatch(reference):
        return reference
    if reference and _PATH.fullmatch(reference) and _FOLDER.fullmatch(base):
        return base + reference
    try:
        url = urljoin(base, reference)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def find_address(article: ReadArticle, site_url: str) -> str | None:
    """Return where an article is read outside of our own pages, None if nowhere."""
    given = article.url or article.permalink
    return join_url(site_url, quote(given, safe=_URL_SAFE)) if given else None


class _Work:
    """One article while it is rendered."""

    def __init__(self, renderer: Renderer, source: ArticleSource, record: Record) -> None:
        self.media: list[Staged] = []
        self.problems: list[StoredProblem] = []
        self._renderer = renderer
        self._source = source
        self._record = record
        self._url = ""
        self._page: str | None = None
        self._local: dict[str, str] = {}
        self._copies: dict[str, tuple[str, tuple[int, int, int]] | None] = {}

    def render(self, *, full: bool) -> Payload:
        file = self._source.read(self._record.path)
        article, rendition = render_article(
            file.data,
            path=self._record.path,
            dialect=self._source.dialect,
            sidecar=file.sidecar,
            published=datetime.fromtimestamp(self._record.published, UTC),
            make_base_url=self._set_url,
            picture_url=self._show_picture,
        )
        if rendition.refused:
            self._warn(f"the body is left out: {rendition.refused}")
        choice = self._choose_picture(article, rendition)
        return Payload(
            title=article.title,
            url=self._url,
            page=self._page,
            summary=rendition.summary,
            html=rendition.html if full else None,
            authors=article.authors,
            language=article.language,
            tags=article.tags,
            picture=choice.picture,
            size=choice.size,
            original=choice.original,
            digest=article.digest,
        )

    def _set_url(self, article: ReadArticle) -> str:
        self._url, self._page = self._find_url(article)
        return self._url

    def _find_url(self, article: ReadArticle) -> tuple[str, str | None]:
        """Return where the article is read, and the path of its page if that is ours."""
        site = self._renderer._site
        given = article.url or article.permalink
        if given:
            url = find_address(article, site.url)
            if url is not None:
                return url, None
            self._warn(f"the URL {given[:80]!r} is not one of http; remove or mend it")
        if not self._renderer._pages:
            return site.url, None
        page = name_page(self._record)
        return site.feeds_url + quote(page), page

    # Pictures

    def _choose_picture(self, article: ReadArticle, rendition: Rendition) -> _Choice:
        """Return the picture of the front matter, else the first of the body."""
        if self._renderer._mode == "none":
            return _NO_CHOICE
        for reference in (article.thumbnail, *rendition.pictures[:1]):
            choice = self._try_picture(reference.strip()) if reference else None
            if choice is not None:
                return choice
        return _NO_CHOICE

    def _try_picture(self, reference: str) -> "_Choice | None":
        local = self._local.get(reference) or self._find_local(reference)
        if local is not None:
            copy = self._copy(local)
            return copy and _Choice(*copy, join_url(self._url, reference))
        for path, size in filter(None, self._copies.values()):
            if reference.endswith(quote(path)):
                return _Choice(path, size)
        url = join_url(self._url, reference)
        return _Choice(quote(url, safe=_URL_SAFE + "|")) if url is not None else None

    def _find_local(self, reference: str) -> str | None:
        """Return the file that is copied in place of a picture, None if it stays where it is."""
        if self._renderer._mode != "copy" and self._page is None:
            return None
        try:
            parts = urlsplit(reference)
        except ValueError:
            return None
        if parts.scheme or parts.netloc or not parts.path:
            return None
        return self._source.find_picture(parts.path, self._record.folder)

    def _show_picture(self, reference: str) -> str | None:
        return self._place_picture(reference) if self._page else self._note_picture(reference)

    def _note_picture(self, reference: str) -> str | None:
        """Leave a local picture where the article's own site serves it, and note its file."""
        local = self._find_local(reference)
        url = join_url(self._url, reference)
        if local is not None and url is not None:
            self._local[url] = local
        return None

    def _place_picture(self, reference: str) -> str | None:
        """Return the URL of our copy of a local picture of an article that we serve ourselves."""
        local = self._find_local(reference)
        copy = self._copy(local) if local is not None else None
        return None if copy is None else self._renderer._site.feeds_url + quote(copy[0])

    def _copy(self, local: str) -> tuple[str, tuple[int, int, int]] | None:
        if local not in self._copies:
            self._copies[local] = self._make_copy(local)
        return self._copies[local]

    def _make_copy(self, local: str) -> tuple[str, tuple[int, int, int]] | None:
        try:
            data = self._source.read_picture(local)
            thumbnail = self._renderer._thumbnailer.from_bytes(data, url=local)
        except (PictureError, ArticleError) as error:
            self._warn(f"the picture {local} is left out: {error}")
            return None
        path = MEDIA + thumbnail.name
        staged = self._renderer._target.stage(path, thumbnail.data)
        if staged is not None:
            self.media.append(staged)
        return path, (thumbnail.width, thumbnail.height, len(thumbnail.data))

    def _warn(self, message: str) -> None:
        record = self._record
        self.problems.append(
            StoredProblem(
                self._source.name, record.folder, record.name, "warning", None, None, message
            )
        )

    def explain(self, error: ArticleError) -> StoredProblem:
        """Return why nothing was rendered, in the words of whoever read the file before."""
        record, place = self._record, (error.line, error.column)
        return StoredProblem(
            self._source.name, record.folder, record.name, "error", *place, error.message
        )
