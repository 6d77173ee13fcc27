"""Articles made to break a build, each with what the build must say about it."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.pictures import SVG_SCRIPT, png_header
from tests.support.real_site import RealSite

GB = 1024**3


@dataclass(frozen=True)
class Hazard:
    """An article that is odd.

    Attributes:
        name: Of its file.
        data: Its bytes.
        named: Whether the build has to name it as something that is wrong.
        published: Whether it has to be in the feeds, None if it may be either.
    """

    name: str
    data: bytes
    named: bool | None = None
    published: bool | None = None


def post(body: str = "Body.", **fields: object) -> bytes:
    """Return an article whose front matter is JSON, which holds any text."""
    front = {"title": "Hazard", "date": "2025-11-05T10:00:00+08:00", **fields}
    return json.dumps(front).encode() + b"\n\n" + body.encode("utf-8", "surrogatepass")


def yaml(front: str, body: str = "Body.") -> bytes:
    return f"---\n{front}\n---\n{body}\n".encode()


def list_hazards() -> Iterator[Hazard]:
    yield from _texts()
    yield from _front_matter()
    yield from _bodies()
    yield from _values()


def _texts() -> Iterator[Hazard]:
    controls = "".join(map(chr, range(32)))
    odd = "\ufffe\uffff\u2028\u2029\u202e\x7f\x85\ufeff]]>"
    fields = {"title": f"controls {controls}{odd} end", "author": controls + "x", "tags": [odd]}
    yield Hazard("controls.md", post(f"a{controls}{odd}b", **fields), published=True)
    yield Hazard("cdata.md", post("]]> <![CDATA[ ]]&gt; ]]>", title="]]> cdata"), published=True)
    yield Hazard("surrogates.md", yaml("title: surrogates", "x").replace(b"x\n", b"\xed\xa0\x80\n"))
    yield Hazard("escaped.md", b'{"title": "escaped \\ud800 \\udfff"}\n\nBody.')
    yield Hazard("latin1.md", "---\ntitle: café\n---\nBody é".encode("latin-1"))
    yield Hazard("utf16.md", "---\ntitle: sixteen\n---\nBody".encode("utf-16"))
    yield Hazard("nul.md", b"---\ntitle: n\0ul\n---\n\0\0\0")
    yield Hazard("random.md", bytes(range(256)) * 40)
    yield Hazard("empty.md", b"")
    yield Hazard("fence.md", b"---")
    yield Hazard("fences.md", b"---\n" * 20_000)
    yield Hazard("entities.md", post("&#0; &#x1f; &#xd800; &#1114112; &unknown; &lt;b&gt;"))
    yield Hazard("long-title.md", post(title="長" * 20_000))
    yield Hazard("emoji.md", post("👨‍👩‍👧‍👦" * 5_000, title="👨‍👩‍👧‍👦" * 100), published=True)
    yield Hazard("zalgo.md", post("Z" + "\u0351" * 100_000, title="Z" + "\u0351" * 1_000))


def _front_matter() -> Iterator[Hazard]:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    yield Hazard("aliases.md", yaml(f"title: aliases\n{bomb}"), named=True, published=False)
    for depth in (900, 65_000):
        brackets = "[" * depth
        yield Hazard(f"deep{depth}.md", yaml(f"title: t\ntags: {brackets}"), named=True)
        yield Hazard(f"deep{depth}.json.md", b'{"title": "t", "tags": ' + brackets.encode())
    nested = "\n".join("  " * depth + "k:" for depth in range(1_000))
    yield Hazard("nested.md", yaml(f"title: t\n{nested}"), named=True)
    yield Hazard("large.md", yaml("title: large\nnote: " + "x" * 1_000_000), named=True)
    yield Hazard("tag.md", yaml("title: !!python/object/apply:os.system ['touch pwned']"))
    yield Hazard("merge.md", yaml("title: merge\n<<: {title: other}"))
    yield Hazard("many.md", yaml("\n".join(f"k{number}: v" for number in range(5_000))))
    yield Hazard("toml.md", b"+++\ntitle = 'toml'\nx = " + b"[" * 5_000 + b"\n+++\nBody.")
    yield Hazard("inline.md", b"+++\ntitle = 'x'\n" + b"a." * 5_000 + b"b = 1\n+++\nBody.")


def _bodies() -> Iterator[Hazard]:
    yield Hazard("divs.html", post("<div>" * 60_000, title="divs"), published=True)
    attributes = " ".join(f"a{number}=1" for number in range(100_000))
    yield Hazard("attributes.html", post(f"<p {attributes}>x</p>", title="attributes"))
    yield Hazard("less.html", post("<" * 1_900_000, title="less"))
    yield Hazard("big.html", post("<p>x</p>" * 400_000, title="big"), published=True)
    yield Hazard("comments.html", post("<!--" * 100_000))
    yield Hazard("tables.html", post("<table><tr><td>" * 20_000))
    yield Hazard("formatting.html", post("<b><i><u><s>" * 30_000))
    yield Hazard("lists.html", post("<ul><li>" * 190 + "x", title="lists"), published=True)
    yield Hazard("data.html", post(f'<img src="data:image/png;base64,{"A" * 1_500_000}">'))
    yield Hazard("brackets.md", post("[" * 50_000))
    yield Hazard("links.md", post("[a](" * 20_000))
    yield Hazard("pictures.md", post("![" * 20_000))
    yield Hazard("stars.md", post("**a " * 30_000))
    yield Hazard("underlines.md", post("_a__" * 30_000))
    yield Hazard("quotes.md", post("> " * 5_000 + "x"))
    yield Hazard("bullets.md", post("- " * 5_000 + "x"))
    yield Hazard("ticks.md", post("".join("`" * number + " " for number in range(600))))
    yield Hazard("columns.md", post("|a" * 5_000 + "\n" + "|-" * 5_000 + "\n" + "|b\n" * 5_000))
    yield Hazard("references.md", post("[a]: /b\n" * 20_000 + "[a]" * 20_000))
    yield Hazard("angles.md", post("<a " * 60_000))
    yield Hazard("liquid.md", post("{% if x %}" * 20_000 + "{{ x }}" * 20_000))
    yield Hazard("shortcodes.md", post("{{< a >}}" * 20_000 + "{{% b %}}"))
    yield Hazard("line.md", post("x" * 1_500_000))
    yield Hazard("lines.md", post("x\n" * 700_000))
    include = ".. include:: /etc/passwd\n\n.. raw:: html\n\n   <script>alert(1)</script>\n"
    yield Hazard("restructured.rst", f"Title\n=====\n\n{include}".encode())


def _values() -> Iterator[Hazard]:
    for number, date in enumerate(
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "99999-01-01", "-5000000000000",
         "1e400", "2025-02-30", "x" * 10_000, "0000-00-00", "2025-11-05T10:00:00+99:99")
    ):  # fmt: skip
        yield Hazard(f"date{number}.md", post(title=f"date {number}", date=date))
    for number, url in enumerate(
        ("javascript:alert(1)", "//evil.example", "http://[::1", "http://a\nb/", "http://exa mple/",
         "http://x:99999999/", "file:///etc/passwd", "data:text/html,<script>alert(1)</script>",
         "http://" + "a" * 5_000, "\u202e", "%00", "../" * 50, "http://user:pw@host/", "?", "#")
    ):  # fmt: skip
        yield Hazard(f"url{number}.md", post(title=f"url {number}", url=url))
        yield Hazard(f"picture{number}.md", post(title=f"picture {number}", thumbnail=url))
    for number, guid in enumerate(("javascript:alert(1)", "", "x" * 10_000, "\0", "urn:uuid:x")):
        yield Hazard(f"guid{number}.md", post(title=f"guid {number}", guid=guid))
    for path in ("/etc/passwd", "../../../../../../etc/passwd", "file:///etc/passwd", "fifo.png",
                 "bomb.png", "script.png", "folder.png", "a.png\0", "loop.png"):  # fmt: skip
        name = path.strip("/.\0").replace("/", "-").replace(":", "")
        body = f'<img src="{path}"> ![]({path})'
        yield Hazard(f"local-{name}.md", post(body, title=f"local {name}", thumbnail=path))
    yield Hazard("many-tags.md", post(title="many tags", tags=[f"t{n}" for n in range(3_000)]))
    yield Hazard("template.md", post("{{7*7}} {% raw %}", title="{{7*7}}{{cycler.__init__}}"))


def write_hazards(site: RealSite) -> list[Hazard]:
    """Write them all, and the pictures that they refer to."""
    hazards = list(list_hazards())
    for hazard in hazards:
        site.write(hazard.name, hazard.data)
    site.write("bomb.png", png_header(50_000, 50_000))
    site.write("script.png", SVG_SCRIPT)
    (site.articles / "folder.png").mkdir()
    os.mkfifo(site.articles / "fifo.png")
    (site.articles / "loop.png").symlink_to("loop.png")
    return hazards


def write_odd_files(site: RealSite) -> tuple[list[str], list[str]]:
    """Write what is no article though it is named like one.

    Returns:
        Names that the build has to name, and such as need not be.
    """
    folder = site.articles
    with (folder / "huge.md").open("wb") as file:
        file.truncate(GB)
    os.mkfifo(folder / "fifo.md")
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "passwd.md").symlink_to("/etc/passwd")
    (folder / "dangling.md").symlink_to("nowhere")
    (folder / "around").symlink_to(".")
    (folder / "etc").symlink_to("/etc")
    (folder / "folder.md").mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.md")).write_bytes(post())
    named = ["huge.md", "fifo.md", "loop.md", "passwd.md", "dangling.md"]
    if os.geteuid() == 0:
        os.mknod(folder / "device.md", 0o600 | 0o020000, os.makedev(1, 5))
        named.append("device.md")
    else:
        (folder / "unreadable.md").write_bytes(post())
        (folder / "unreadable.md").chmod(0)
        named.append("unreadable.md")
    for number, name in enumerate(ODD_NAMES):
        site.write(name, post(title=f"odd name {number}"))
    return named, ["around", "etc", "folder.md"]


ODD_NAMES = (
    "-rf.md", "a\nb.md", "a\tb.md", "<script>alert(1)<.md", "'\".md", "CON.md",
    "%2e.md", "長" * 84 + ".md", "e\u0301.md", "\u202egpj.md", "a b.md", "x.md.md",
)  # fmt: skip
CATEGORIES = (
    "../../x", "..\\x", "a/../../b", "/etc", "C:\\x", "nul\0byte", ".htaccess", "CON", "aux.txt",
    "", " ", ".", "..", "...", "中" * 120, "é", "e\u0301", "case", "CASE", "Case", "a/b", "a b",
    "a-b", "all", "media", "articles", "archive", "embed", "newsletter", "assets", "index.html",
    "rss.xml", "feeds.opml", "status.json", "%2e%2e%2f", "\u202e", "-", "_", "\n", "x" * 5_000,
    "<b>", "&amp;", '"quoted"', "'; DROP TABLE categories; --", "{{7*7}}", "${HOME}", "$(id)", "|",
    "*", "?", ":", "~", "日本", "にほん", "ß", "SS", "İ", "ı", "K", "\u212a", "\ufb01", "fi", "😀",
    "👨\u200d👩\u200d👧\u200d👦", "\u00ad", "\ufeff",
)  # fmt: skip
