"""Lists of subscriptions."""

import pytest

from feedpub.errors import FeedError
from feedpub.reading.remote import Subscription, read_opml

LIST = """<?xml version="1.0" encoding="{encoding}"?>
<opml version="1.0"><head><title>mine</title></head><body>
<outline text="科技"><outline text="AI"><outline type="rss" text="a" xmlUrl="https://a.example/f"/>
</outline><outline title="b &amp; c" text="x" xmlURL="http://b.example/f?x=1&amp;y=2"/></outline>
<outline text="d" xmlUrl="https://d.example/f"/><outline text="again" xmlUrl="https://a.example/f"/>
<outline text="page" htmlUrl="https://e.example/"/><outline xmlUrl="javascript:alert(1)" text="no"/>
</body></opml>"""


def read(text: str | bytes) -> list[Subscription]:
    data = text.encode() if isinstance(text, str) else text
    return read_opml(data, path="list.opml")


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16"])
def test_a_list_gives_each_feed_once_with_its_folder(encoding: str) -> None:
    found = read(LIST.format(encoding=encoding).encode(encoding))

    assert found == [
        Subscription("https://a.example/f", "a", ("科技", "AI")),
        Subscription("http://b.example/f?x=1&y=2", "b & c", ("科技",)),
        Subscription("https://d.example/f", "d"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no XML"),
        ("<opml><body><outline", "no XML"),
        ("<rss><channel/></rss>", "no OPML"),
        ("<opml version='2.0'><body/></opml>", "no outline"),
        (
            '<!DOCTYPE o [<!ENTITY a "a">]><opml><body><outline xmlUrl="&a;"/></body></opml>',
            "entit",
        ),
        ("<opml><body>" + "<outline text='a'>" * 1000 + "</opml>", "nested"),
        (
            "<opml><body>"
            + "".join(f"<outline xmlUrl='https://a.example/{n}'/>" for n in range(2001))
            + "</body></opml>",
            "split",
        ),
        ("<opml>" + " " * 9_000_000, "larger"),
    ],
    ids=["empty", "cut", "rss", "none", "entities", "deep", "many", "large"],
)
def test_what_is_no_list_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        read(text)
