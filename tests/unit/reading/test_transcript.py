"""An article that is kept as another file is read to the same article."""

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.model import ReadArticle, Rendition
from feedpub.reading import Dialect, render_article
from feedpub.reading.transcript import transcribe_article
from feedpub.reading.writing import Manuscript, write_article

ZONE = timezone(timedelta(hours=8))
URL = "https://blog.example/2024/post/"

PIECES = [
    "plain text, 一段中文。\n\n", "# heading\n\n", "*em* **strong** `code`\n", "<!-- more -->\n\n",
    "```\n{{ code }} {% raw %}\n```\n", "{% youtube abc %}\n", "{{< figure src=\"a.png\" >}}\n",
    "![alt](pictures/a.png)\n", '<img src="/b.jpg" data-src="c.jpg">\n', "<p>html</p>\n",
    '<iframe src="https://v.example/x"></iframe>\n', "[link](../other/#x)\n", "&#123;x&#125;\n",
    "&amp;lt; &lt;\n",
    "---\n", "    indented\n", "| a | b |\n|---|---|\n| 1 | 2 |\n\n", "> quote\n\n", "- item\n",
    '<img src="https://picsum.photos/400?random=1">\n', "<script>x</script>\n", "\x0b\x00 odd\n",
    "<div hidden>no</div>\n", "line\nline\n", "{{ site.url }}\n",
]  # fmt: skip


def render(data: bytes, path: str, dialect: Dialect) -> tuple[ReadArticle, Rendition]:
    return render_article(
        data, path=path, dialect=dialect, make_base_url=lambda _: URL, summary_length=60
    )


@given(
    body=st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=8).map(
        "".join
    ),
    generator=st.sampled_from(["hexo", "auto", "rsshub", "jekyll", "hugo", "zola"]),
    path=st.sampled_from(["a.md", "a.html", "a.txt"]),
    kept=st.sampled_from(["hexo", "auto"]),
)
def test_what_is_published_of_it_stays_the_same(
    body: str, generator: str, path: str, kept: str
) -> None:
    dialect = Dialect(zone=ZONE, generator=generator)
    front = 'title: "T"\ndate: 2024-05-06 07:08\ntags: [x]\nthumbnail: a.png\n'
    data = f"---\n{front}---\n{body}".encode("utf-8", "ignore")
    article, rendition = render(data, path, dialect)

    transcript = transcribe_article(data, path=path, dialect=dialect)
    manuscript = Manuscript(
        title=article.title,
        body=transcript.html,
        date=article.date,
        tags=article.tags,
        thumbnail=article.thumbnail,
        summary=article.summary,
    )
    again = render(
        write_article(manuscript, html=True), "a.html", Dialect(zone=ZONE, generator=kept)
    )

    assert again[1] == rendition
    same = ("title", "date", "tags", "thumbnail", "summary")
    assert [getattr(again[0], name) for name in same] == [getattr(article, name) for name in same]


@pytest.mark.parametrize(
    ("body", "pictures"),
    [
        ("![x](pictures/a.png) ![y](https://a/b.png)", ("cover.png", "pictures/a.png")),
        ('<img src="x.gif" data-src="/lazy.png">', ("cover.png", "/lazy.png")),
        ("text", ("cover.png",)),
    ],
)
def test_its_own_pictures_are_listed_as_written(body: str, pictures: tuple[str, ...]) -> None:
    data = f"---\ntitle: T\ncover: cover.png\n---\n{body}".encode()

    found = transcribe_article(data, path="a.md", dialect=Dialect(zone=ZONE, generator="hexo"))

    assert set(pictures) <= set(found.pictures)
