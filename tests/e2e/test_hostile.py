"""Articles of which each would like to spoil the whole site: none spoils more than itself."""

import json
import re
import resource
import time
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import feedparser
import lxml.etree
import lxml.html
import lxml.html.defs
import pytest

from tests.support import needs
from tests.support.browser import open_browser
from tests.support.hostile import CATEGORIES, GB, ODD_NAMES, post, write_hazards, write_odd_files
from tests.support.published import find_dead_ends, list_starts
from tests.support.real_site import RealSite

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MEMORY = 2 * GB
PATIENCE_S = 240
GOOD = ("good one", "good two")
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


def make_site(folder: Path, *, jobs: int = 2) -> RealSite:
    site = RealSite.create(folder / "site", jobs=jobs, entries=250)
    for number, title in enumerate(GOOD):
        date = f"2025-11-0{number + 1} 10:00:00"
        site.post(f"good{number}.md", title, date=date, categories="[a]")
    return site


def build_bounded(site: RealSite) -> tuple[dict[str, Any], str]:
    """Build in little memory and time; return what it reports and says."""
    started = time.monotonic()

    done = site.run(
        "--json", "build", "--offline", timeout=PATIENCE_S,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2_000:]
    assert time.monotonic() - started < PATIENCE_S
    assert "defect" not in done.stderr
    assert "Traceback" not in done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report, done.stderr


def places(report: Mapping[str, Any]) -> set[str]:
    return {problem["path"].rpartition("articles/")[2] for problem in report["problems"]}


def titles(files: Mapping[str, bytes], folder: str = "all") -> list[str]:
    return [item["title"] for item in json.loads(files[f"{folder}/feed.json"])["items"]]


# What holds for everything that was published


def check_output(site: RealSite, *, links: bool = True) -> dict[str, bytes]:
    """Hold what must be true of any output, and return it.

    Args:
        site: Built.
        links: Whether all links lead somewhere, those of the articles too.
    """
    files = site.published()
    check_paths(files)
    check_documents(files)
    assert set(GOOD) <= set(titles(files, "a"))
    # A picture that cannot be copied is a dead end of the article's own making.
    dead = find_dead_ends(files, list_starts(files)) if links else []
    assert [end for end in dead if not re.search(r"-> articles/.*(png|passwd)", end)] == []
    assert not [path for path, data in files.items() if b"root:x:0:" in data]
    assert site.waiting() == []
    assert not list(site.root.rglob("pwned"))
    return files


def check_paths(files: Mapping[str, bytes]) -> None:
    folded = [path.casefold() for path in files]
    assert len(set(folded)) == len(folded), "some file systems take two of these for one"
    for path in files:
        parts = PurePosixPath(path).parts
        assert not {"..", "."} & set(parts), path
        assert all(len(part.encode()) <= 255 and not part.startswith(".") for part in parts), path
        assert len(path.encode()) < 2_000, path
        assert not any(ord(char) < 32 or char in '\\<>:"|?*' for char in path), path
        assert not any(part.split(".")[0].lower() in ("con", "aux", "nul") for part in parts), path


def check_documents(files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        if path.endswith((".xml", ".opml")):
            lxml.etree.fromstring(data, lxml.etree.XMLParser(huge_tree=True))
        if path.endswith(("/rss.xml", "/atom.xml")):
            parsed = feedparser.parse(data, sanitize_html=False)
            assert not parsed.bozo, f"{path}: {parsed.get('bozo_exception')}"
        elif path.endswith(".json"):
            json.loads(data)


# Files


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_broken_articles_cost_only_themselves(jobs: int, tmp_path: Path) -> None:
    site = make_site(tmp_path, jobs=jobs)
    hazards = write_hazards(site)

    report, _ = build_bounded(site)

    files = check_output(site)
    shown = {item["id"]: item["title"] for item in json.loads(files["all/feed.json"])["items"]}
    named = places(report)
    known = {str(name) for (name,) in site.look("SELECT name FROM articles WHERE state = 0")}
    for hazard in hazards:
        if hazard.named:
            assert hazard.name in named
        if hazard.published is not None:
            assert (hazard.name in known) == hazard.published, hazard.name
        # Nothing is dropped silently.
        held = site.look(f"SELECT 1 FROM articles WHERE name = '{hazard.name}'")
        assert held or hazard.name in named, hazard.name
    assert len(shown) > 50
    assert "nothing new; 0 files written" in site.build_well()


def test_files_that_are_no_articles_are_named_and_not_read(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    named, _ = write_odd_files(site)

    report, _ = build_bounded(site)

    files = check_output(site)
    assert set(named) <= places(report)
    # The one whose name is not UTF-8 is shown as far as it can be.
    assert "??.md" in places(report) or any("\ufffd" in place for place in places(report))
    assert sum(title.startswith("odd name") for title in titles(files)) == len(ODD_NAMES)
    assert report["articles"] == len(ODD_NAMES) + len(GOOD)


def test_categories_cannot_leave_their_place(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    outside = {path.name for path in tmp_path.iterdir()}
    beside = site.names()
    for number, name in enumerate(CATEGORIES):
        site.write(f"c{number}.md", post(title=f"category {number}", categories=[name]))
        path = ["deep", name, "leaf"]
        site.write(f"d{number}.md", post(title=f"below {number}", categories=path))

    report, _ = build_bounded(site)

    files = check_output(site)
    assert {path.name for path in tmp_path.iterdir()} == outside
    assert site.names() - beside == {"feeds"}
    assert report["articles"] == 2 * len(CATEGORIES) + len(GOOD)
    slugs = [str(slug) for (slug,) in site.look("SELECT slug FROM categories")]
    assert all(len(slug.encode()) <= 80 for slug in slugs)
    assert len([path for path in files if path.endswith("/rss.xml")]) > 2 * len(slugs) // 3


def test_categories_as_deep_as_one_likes_cost_only_their_article(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.write("deep.md", post(title="deep", categories=["長" * 40 + str(n) for n in range(200)]))
    site.write("wide.md", post(title="wide", categories=[[f"w{n}"] for n in range(2_000)]))

    report, _ = build_bounded(site)

    check_output(site)
    assert {"deep.md", "wide.md"} <= places(report)
    assert report["feeds"] < 500


def test_a_folder_that_cannot_be_listed_changes_nothing(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.build_well()
    before = site.published()
    deep = site.articles
    site.articles.rename(site.root / "elsewhere")
    deep.write_text("not a folder")

    done = site.build()

    assert done.returncode == 3
    assert "articles" in done.stderr
    assert site.published() == before


# Attacks on readers


@pytest.fixture(scope="module")
def vectors(shared: Path) -> list[str]:
    listed = json.loads((shared / "vectors" / "xss.json").read_text("utf-8"))["vectors"]
    return [vector["payload"] for vector in listed]


@pytest.fixture(scope="module")
def attacked(vectors: list[str], tmp_path_factory: pytest.TempPathFactory) -> RealSite:
    """A site with every vector as HTML and as Markdown, as title, author, tag and category."""
    site = make_site(tmp_path_factory.mktemp("attacked"))
    for number, vector in enumerate(vectors):
        # Larger front matter is refused as a whole.
        text = vector[:4_000]
        fields = {"title": text, "author": text, "tags": [text], "description": text}
        categories = ["v", text.replace("/", "|")]
        site.write(f"h{number}.html", post(vector, **fields, categories=categories))
        site.write(f"m{number}.md", post(vector, title=f"markdown {number}", thumbnail=text))
    build_bounded(site)
    return site


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
    pages = bodies + [path for path in paths if path not in set(bodies)][::10]
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
