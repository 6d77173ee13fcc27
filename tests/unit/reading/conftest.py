"""What the tests of reading share."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from feedpub.model import ReadArticle, Rendition
from feedpub.reading import Dialect, read_article, render_body
from tests.support.markup import BASE, Render

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def read() -> Callable[..., ReadArticle]:
    """Read the text of an article, in Hexo's dialect unless another is named."""

    def read_text(
        text: str | bytes,
        generator: str = "hexo",
        path: str = "a-post.md",
        sidecar: bytes | None = None,
        **options: object,
    ) -> ReadArticle:
        data = text if isinstance(text, bytes) else text.encode()
        dialect = Dialect(zone=SHANGHAI, generator=generator, **options)  # type: ignore[arg-type]
        return read_article(data, path=path, dialect=dialect, sidecar=sidecar)

    return read_text


@pytest.fixture
def render() -> Render:
    """Render a body, in Hexo's dialect unless another is named."""

    def render_text(
        body: str,
        generator: str = "hexo",
        path: str = "a-post.md",
        title: str = "T",
        **options: object,
    ) -> Rendition:
        return render_body(
            f"---\ntitle: T\n---\n{body}".encode(),
            path=path,
            dialect=Dialect(zone=SHANGHAI, generator=generator),
            base_url=BASE,
            title=title,
            **options,  # type: ignore[arg-type]
        )

    return render_text
