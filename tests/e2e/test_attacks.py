"""Every known attack on readers, in everything that an article has: none of them acts."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import lxml.etree
import lxml.html
import lxml.html.defs
import pytest

from tests.support import needs
from tests.support.browser import open_browser
from tests.support.hostile import post
from tests.support.hostile_site import build_bounded, check_output, make_site
from tests.support.once import make_once
from tests.support.real_site import RealSite
from tests.support.sweeps import choose

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("rss.xml", "atom.xml", "feed.json")

# Of facts about sanitising: what may be in a body, and which of its attributes lead somewhere.
TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del dfn div dl dt em"
        " figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp"
        " small span strong sub sup table tbody td tfoot th thead time tr u ul var wbr",
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        "lang dir title href rel src alt width height colspan rowspan align scope start type"
        " reversed datetime span",
    )
)
SCHEMES = {"href": {"http", "https", "mailto"}, "src": {"http", "https"}}


@pytest.fixture(scope="module")
def vectors(shared: Path) -> list[str]:
    listed = json.loads((shared / "vectors" / "xss.json").read_text("utf-8"))["vectors"]
    return [vector["payload"] for vector in listed]


@pytest.fixture(scope="module")
def attacked(vectors: list[str], tmp_path_factory: pytest.TempPathFactory) -> RealSite:
    """A site with every vector as HTML and as Markdown, as title, author, tag and category."""
    folder = make_once(tmp_path_factory, "attacked", lambda folder: attack(folder, vectors))
    return RealSite(folder / "site")


def attack(folder: Path, vectors: list[str]) -> None:
    site = make_site(folder)
    for number, vector in enumerate(vectors):
        # Larger front matter is refused as a whole.
        text = vector[:4_000]
        fields = {"title": text, "author": text, "tags": [text], "description": text}
        categories = ["v", text.replace("/", "|")]
        site.write(f"h{number}.html", post(vector, **fields, categories=categories))
        site.write(f"m{number}.md", post(vector, title=f"markdown {number}", thumbnail=text))
    build_bounded(site)


@pytest.mark.slow
def test_no_vector_harms_another_article(attacked: RealSite, vectors: list[str]) -> None:
    files = check_output(attacked, links=False)

    (held,) = attacked.look("SELECT count(*) FROM articles WHERE state = 0 OR same_as IS NOT NULL")
    assert held[0] >= 2 * len(vectors)
    assert len([path for path in files if path.startswith("articles/")]) > len(vectors)


@pytest.mark.slow
def test_nothing_active_survives_in_feeds(attacked: RealSite) -> None:
    bodies = 0
    for path, data in attacked.published().items():
        if path.endswith(NAMES):
            for body in list_bodies(path, data):
                bodies += 1
                assert find_active(body) == [], path
            for text in list_texts(path, data):
                assert find_elements(text) == [], path
    assert bodies > 1_000


def list_bodies(path: str, data: bytes) -> Iterator[str]:
    """Yield every piece of a feed that is HTML."""
    if path.endswith(".json"):
        yield from (item.get("content_html", "") for item in json.loads(data)["items"])
        return
    for item in parse(data).iter("item", "{*}entry"):
        for element in item.iter("{*}encoded", "description", "{*}content", "{*}summary"):
            if element.text:
                yield element.text


def list_texts(path: str, data: bytes) -> Iterator[str]:
    """Yield every piece of a feed that is text, though some readers take it for HTML."""
    if path.endswith(".json"):
        feed = json.loads(data)
        for part in (feed, *feed["items"]):
            yield from (part[name] for name in ("title", "summary", "description") if name in part)
        return
    for element in parse(data).iter("{*}title", "{*}creator", "{*}name", "{*}subtitle"):
        yield element.text or ""
    yield from (element.text or "" for element in parse(data).iterfind("channel/description"))


def parse(data: bytes) -> Any:
    return lxml.etree.fromstring(data, lxml.etree.XMLParser(huge_tree=True))


def find_elements(text: str) -> list[str]:
    """Return the elements of HTML in a text; one of an unknown name and no handler does nothing."""
    root = lxml.html.fragment_fromstring(text, create_parent="div")
    return [
        lxml.html.tostring(element, encoding="unicode")
        for element in root.iterdescendants()
        if element.tag in lxml.html.defs.tags
        or any(name.startswith("on") or name == "style" for name in element.attrib)
    ]


def find_active(body: str) -> list[str]:
    """Return what of a body is not on the list of what may be in one."""
    found = []
    root = lxml.html.fragment_fromstring(body, create_parent="div")
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag not in TAGS:
            found.append(f"<{element.tag}>")
            continue
        found += [
            f"{element.tag} {name}={value!r}"
            for name, value in element.attrib.items()
            if name not in ATTRIBUTES or is_bad_address(name, value)
        ]
    return found


def is_bad_address(name: str, value: str) -> bool:
    if name not in SCHEMES:
        return False
    try:
        return urlsplit(value).scheme.lower() not in SCHEMES[name]
    except ValueError:
        return True


OWN_TAGS = frozenset(
    re.findall(
        r"\w+",
        "html head body title meta link main nav header footer section article aside button script"
        # A frame opens its links outside of itself; the page of snippets has a form.
        " base form fieldset legend label input select option details summary",
    )
)


def own_scripts(path: str) -> list[str]:
    """Return the scripts that we put into a page, without the hash of their names."""
    if path == "embed/index.html":
        return ["feedpub.js", "feedpub-feed.v1.js", "feedpub-resize.v1.js", "builder.js"]
    if path.startswith("embed/"):
        return ["feedpub-frame.js"] if path.endswith(".frame.html") else []
    return ["feedpub.js"]


@pytest.mark.slow
def test_nothing_active_survives_in_pages(attacked: RealSite) -> None:
    files = attacked.published()
    for path, data in files.items():
        if not path.endswith(".html"):
            continue
        parser = lxml.html.HTMLParser(huge_tree=True)
        root = lxml.html.document_fromstring(data.decode(), parser=parser)
        for element in root.iter(lxml.etree.Element):
            names = element.attrib.keys()
            assert element.tag in TAGS | OWN_TAGS, f"{path}: <{element.tag}>"
            assert not [name for name in names if name.startswith("on")], path
            assert not {"style", "srcdoc", "formaction", "action"} & set(names), path
            assert element.tag != "base" or dict(element.attrib) == {"target": "_blank"}, path
            for name in ("href", "src"):
                scheme = urlsplit(element.attrib.get(name, "")).scheme.lower()
                assert scheme in ("", "http", "https", "mailto"), f"{path}: {scheme}"
        scripts = [(script.get("src") or "").rpartition("/")[2] for script in root.iter("script")]
        unhashed = [re.sub(r"\.[0-9a-f]{16}\.js$", ".js", script) for script in scripts]
        assert unhashed == own_scripts(path), path
        assert all(not (script.text or "").strip() for script in root.iter("script")), path


WATCH = """
    window.fired = [];
    for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
        window[name] = () => { window.fired.push(name); };
    }
"""
PROVOKE = """() => {
    const kinds = ["mouseover", "focus", "error", "load", "pointerover", "toggle", "animationend"];
    for (const element of document.querySelectorAll("main *")) {
        for (const kind of kinds) {
            element.dispatchEvent(new Event(kind));
        }
    }
    return window.fired;
}"""


@pytest.mark.slow
@needs.program("chromium")
def test_nothing_fires_in_a_browser(attacked: RealSite) -> None:
    paths = sorted(path for path in attacked.published() if path.endswith(".html"))
    # Markdown and the pages of categories come from the same hands; a part of them will do.
    bodies = [path for path in paths if path.startswith("articles/h")]
    others = [path for path in paths if path not in set(bodies)][::10]
    pages = choose(bodies, 120) + choose(others, 40)
    dialogs: list[str] = []
    with open_browser() as browser:
        page = open_watched_page(browser, dialogs)
        fired = {}
        for path in pages:
            page.goto((attacked.feeds / path).as_uri(), wait_until="domcontentloaded")
            if found := page.evaluate(PROVOKE):
                fired[path] = found

    assert fired == {}
    assert dialogs == []
    assert len(bodies) > 500


def open_watched_page(browser: "Browser", dialogs: list[str]) -> Any:
    """Return a page without the protection of our policy, so that only the content counts."""
    context = browser.new_context(bypass_csp=True)
    context.add_init_script(WATCH)
    context.route("http*://**", lambda route: route.abort())
    page = context.new_page()
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    return page
