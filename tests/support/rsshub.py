"""A feed as RSSHub makes one, and the settings of a site that reads it."""

SETTINGS = """
[remote]
every = 0
[thumbnails]
mode = "link"
[[sources]]
type = "feed"
name = "快讯"
url = "{url}36kr/rss.xml"
private = true
categories = {{ "科技" = ["新媒体", "科技"], "财经" = "新媒体/财经" }}
category = "新媒体"
"""
# As RSSHub writes them: CDATA, GMT, no author, a picture in the text, an id that is an address.
ITEM = """<item><title><![CDATA[{title}]]></title><description><![CDATA[<p>{text}</p>
<img src="https://img.example/{number}.png" referrerpolicy="no-referrer"><script>x()</script>]]>
</description><pubDate>{date}</pubDate><guid isPermaLink="false">https://36kr.example/p/{number}
</guid><link>https://36kr.example/p/{number}</link>{categories}</item>"""


def rsshub(*numbers: int, **changes: str) -> bytes:
    """Return the feed with these entries; ``title7="..."`` changes the title of the seventh."""
    items = "".join(
        ITEM.format(
            number=number,
            title=changes.get(f"title{number}", f"第 {number} 条快讯"),
            text=f"正文 {number}，“重庆”的天气。",
            date=f"{number:02} Jan 2026 08:00:00 GMT",
            categories=f"<category>{('科技', '财经', '其他')[number % 3]}</category>",
        )
        for number in numbers
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:atom="http://www.w3.org/2005/Atom"'
        ' version="2.0"><channel><title><![CDATA[36氪快讯]]></title><link>https://36kr.example'
        f"</link><ttl>5</ttl>{items}</channel></rss>"
    ).encode()
