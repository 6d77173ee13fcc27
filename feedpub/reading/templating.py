"""The tags of Hexo, Jekyll (Liquid), Hugo and Zola in bodies: render the known, drop the rest."""

import re
from collections.abc import Callable
from html import escape

_FENCED = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_QUOTED = re.compile(
    r"""([\w-]+)\s*[=:](?!//)\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|(\S+))|"([^"]*)"|'([^']*)'|(\S+)"""
)
_VERBATIM = frozenset({"raw", "verbatim", "comment"})
_BLOCKS = frozenset({"codeblock", "code", "highlight"}) | _VERBATIM
_LONGEST_TAG = 2000

# Generators whose {{ }} is a program, even outside of Hugo's {{< >}}.
_EXPRESSIONS = frozenset({"jekyll", "eleventy", "zola"})
_OPENING = re.compile(r"\{\{<|\{\{%|\{%|\{\{")
_CLOSINGS = {"{{<": ">}}", "{{%": "%}}", "{%": "%}", "{{": "}}"}


def render_tags(body: str, *, generator: str) -> str:
    """Return a body without the tags of templates.

    Videos and pictures become links and pictures, code blocks become code; anything else loses its
    tags and keeps its text. Fenced code is left alone.

    Args:
        body: Markdown or HTML.
        generator: Whose tags they are; RSSHub's posts hold none.
    """
    if generator == "rsshub" or ("{%" not in body and "{{" not in body):
        return body
    parts: list[str] = []
    done = 0
    for match in _FENCED.finditer(body):
        parts += (_render(body[done : match.start()], generator), match[0])
        done = match.end()
    parts.append(_render(body[done:], generator))
    return "".join(parts)


def _render(text: str, generator: str) -> str:
    parts: list[str] = []
    done = position = 0
    endless: set[str] = set()
    while match := _OPENING.search(text, position):
        position = match.end()
        closing = _CLOSINGS[match[0]]
        end = -1
        if closing not in endless:
            end = text.find(closing, position, position + _LONGEST_TAG)
            if end < 0 and text.find(closing, position) < 0:
                endless.add(closing)
        if end < 0 or (match[0] == "{{" and generator not in _EXPRESSIONS):
            continue
        after = end + len(closing)
        tag = text[position:end].strip("- \t\n")
        name = re.split(r"[\s(]", tag, maxsplit=1)[0].lower()
        shown = ""
        if match[0] == "{{":
            shown = _render_zola(tag) if generator == "zola" else _render_expression(tag)
        elif name in _BLOCKS and name not in endless:
            found = _find_end(text, name, after)
            if found is None:
                endless.add(name)
            else:
                shown, after = _render_block(name, text[after : found[0]]), found[1]
        elif not name.startswith(("end", "/")):
            shown = _render_tag(name, tag[len(name) :])
        parts += (text[done : match.start()], shown)
        done = position = after
    parts.append(text[done:])
    return "".join(parts)


def _find_end(text: str, name: str, position: int) -> tuple[int, int] | None:
    """Return where the tag that ends a block starts and ends."""
    pattern = (
        rf"\{{[{{%][<%]?-?\s{{0,20}}(?:end|/\s{{0,5}}){re.escape(name)}\s{{0,20}}-?[%>]\}}{{1,2}}"
    )
    match = re.compile(pattern, re.IGNORECASE).search(text, position)
    return (match.start(), match.end()) if match else None


def _render_block(name: str, content: str) -> str:
    if name == "comment":
        return ""
    if name in _VERBATIM:
        return content
    return "\n<pre><code>" + escape(content.strip("\n")) + "</code></pre>\n"


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    plain: list[str] = []
    named: dict[str, str] = {}
    for match in _QUOTED.finditer(text):
        if match[1]:
            named[match[1].lower()] = next((v for v in match.group(2, 3, 4, 5) if v), "")
        else:
            plain.append(next((v for v in match.group(6, 7, 8) if v), ""))
    return plain, named


def _render_tag(name: str, arguments: str) -> str:
    renderer = _TAGS.get(name)
    if renderer is None:
        return ""
    plain, named = _arguments(arguments)
    return renderer(plain, named)


def _render_expression(tag: str) -> str:
    """Render the one Liquid expression that means something without the site: an address."""
    match = re.match(r"""["']([^"'{}]*)["']\s*\|\s*(?:relative_url|absolute_url|url)\b""", tag)
    return match[1] if match else ""


def _render_zola(tag: str) -> str:
    call = re.match(r"(\w+)\s*\((.*)", tag, re.DOTALL)
    return _render_tag(call[1].lower(), call[2].rstrip(") ").replace(",", " ")) if call else ""


def _link(address: str, label: str) -> str:
    return f'<a href="{escape(address)}">{escape(label)}</a>'


def _video(prefix: str) -> Callable[[list[str], dict[str, str]], str]:
    def render(plain: list[str], named: dict[str, str]) -> str:
        key = named.get("id") or (plain[0] if plain else "")
        if not re.fullmatch(r"[\w?=&./:-]{1,200}", key):
            return ""
        address = key if key.startswith("http") else prefix + key
        return _link(address, f"▶ {address.partition('://')[2]}")

    return render


def _figure(plain: list[str], named: dict[str, str]) -> str:
    source = named.get("src") or next((word for word in plain if _is_picture(word)), "")
    if not source:
        return ""
    words = [word for word in plain if not _is_picture(word) and " " in word]
    alt = named.get("alt") or named.get("caption") or named.get("title") or " ".join(words[:1])
    picture = f'<img src="{escape(source)}" alt="{escape(alt)}">'
    caption = named.get("caption") or named.get("title")
    if not caption:
        return picture
    return f"<figure>{picture}<figcaption>{escape(caption)}</figcaption></figure>"


def _is_picture(word: str) -> bool:
    return bool(re.search(r"\.(?:png|jpe?g|gif|webp|svg|avif|bmp)(?:\?\S*)?$", word, re.IGNORECASE))


def _plain_link(plain: list[str], _named: dict[str, str]) -> str:
    address = next((w for w in plain if w.startswith(("http://", "https://", "/"))), "")
    words = [word for word in plain if word != address and word != "true" and word != "false"]
    return _link(address, " ".join(words) or address) if address else " ".join(words)


def _asset_link(plain: list[str], _named: dict[str, str]) -> str:
    return _link(plain[0], " ".join(plain[1:]) or plain[0]) if plain else ""


def _reference(plain: list[str], named: dict[str, str]) -> str:
    target = named.get("path") or (plain[0] if plain else "")
    return escape(re.sub(r"\.(?:md|markdown)$", "", target))


_TAGS: dict[str, Callable[[list[str], dict[str, str]], str]] = {
    "youtube": _video("https://www.youtube.com/watch?v="),
    "vimeo": _video("https://vimeo.com/"),
    "bilibili": _video("https://www.bilibili.com/video/"),
    "gist": _video("https://gist.github.com/"),
    "img": _figure,
    "image": _figure,
    "figure": _figure,
    "asset_img": _figure,
    "link": _plain_link,
    "asset_link": _asset_link,
    "post_link": lambda plain, _: escape(" ".join(plain[1:]) or (plain[0] if plain else "")),
    "ref": _reference,
    "relref": _reference,
}
