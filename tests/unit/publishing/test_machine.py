"""Whatever happens to a folder: feeds are what its files say, however they came to say it."""

import json
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from feedpub.errors import ArticleError, CategoryError
from feedpub.testing import MemoryTarget
from tests.support.blog import Blog
from tests.support.links import find_dangling

PATHS = st.sampled_from(["a.md", "b.md", "c.md", "sub/a.md", "sub/d.md", "other:a.md"])
# Two with one title, two with one body, so that neither alone tells articles apart.
TEXTS = st.sampled_from([("One", "First."), ("One", "Second."), ("Two", "First.")])
CATEGORIES = st.sampled_from([None, ["x"], ["x", "y"], ["z"], [["x"], ["z"]], [["x", "y"], ["x"]]])
# The last one lies ahead for the first few builds.
DATES = st.sampled_from(["2025-10-01", "2025-12-31", "2026-01-01", "2026-01-06"])

Fields = dict[str, object]


def paths_of(categories: object) -> list[tuple[str, ...]]:
    if not isinstance(categories, list):
        return []
    return (
        [tuple(path) for path in categories]
        if isinstance(categories[0], list)
        else [tuple(categories)]
    )


class Folder(RuleBasedStateMachine):
    """An editor who changes files, and a build now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.blog = Blog(Path(self.folder.name), "posts", "other")
        self.blog.set(feeds_entries=2, feeds_archive="full")
        self.files: dict[str, Fields] = {}
        self.gone: dict[str, Fields] = {}

    def teardown(self) -> None:
        self.blog.store.close()
        self.folder.cleanup()

    # The editor

    @initialize(texts=st.lists(st.tuples(PATHS, TEXTS, CATEGORIES, DATES), max_size=4))
    def start(self, texts: list[tuple[str, tuple[str, str], object, str]]) -> None:
        for path, text, categories, date in texts:
            self.write(path, text, categories, date, False)
        self.build()

    @rule(path=PATHS, text=TEXTS, categories=CATEGORIES, date=DATES, draft=st.booleans())
    def write(
        self, path: str, text: tuple[str, str], categories: object, date: str, draft: bool
    ) -> None:
        title, body = text
        self.save(
            path,
            {
                "title": title,
                "body": body,
                "categories": categories,
                "date": f"{date}T00:00:00Z",
                "draft": draft or None,
                "crawled": 0,
            },
        )

    def save(self, path: str, fields: Fields) -> None:
        self.blog.write(path, **fields)
        self.files[path] = fields

    @precondition(lambda self: self.files)
    @rule(data=st.data(), text=TEXTS)
    def edit(self, data: st.DataObject, text: tuple[str, str]) -> None:
        path = self.pick(data)
        self.save(path, {**self.files[path], "title": text[0], "body": text[1]})

    @precondition(lambda self: self.files)
    @rule(data=st.data(), categories=CATEGORIES)
    def sort_elsewhere(self, data: st.DataObject, categories: object) -> None:
        path = self.pick(data)
        self.save(path, {**self.files[path], "categories": categories})

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def withdraw_or_release(self, data: st.DataObject) -> None:
        path = self.pick(data)
        self.save(path, {**self.files[path], "draft": None if self.files[path]["draft"] else True})

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        self.blog.touch(self.pick(data))

    @precondition(lambda self: self.files)
    @rule(data=st.data(), there=PATHS)
    def move(self, data: st.DataObject, there: str) -> None:
        path = self.pick(data)
        if there not in self.files:
            self.blog.move(path, there)
            self.files[there] = self.files.pop(path)

    @precondition(lambda self: self.files)
    @rule(data=st.data(), there=PATHS)
    def copy(self, data: st.DataObject, there: str) -> None:
        path = self.pick(data)
        if there not in self.files:
            self.blog.copy(path, there)
            self.files[there] = self.files[path]

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        path = self.pick(data)
        self.blog.delete(path)
        self.gone[path] = self.files.pop(path)

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.gone)))
        if path not in self.files:
            self.save(path, self.gone.pop(path))

    @rule()
    def crawl_again(self) -> None:
        for path, fields in self.files.items():
            self.save(path, {**fields, "crawled": int(str(fields["crawled"])) + 1})

    def pick(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.files)))

    # The build

    @rule()
    def build(self) -> None:
        report = self.blog.build(hours=4)

        assert report.errors == ()
        assert report.held_sources == ()
        self.check_content()
        self.check_whole()

    def check_content(self) -> None:
        expected = self.expect()
        for folder in self.folders():
            shown = self.walk(folder)
            assert len(set(shown.values())) == len(shown), "an id is used twice"
            assert set(shown) == expected[folder], folder
        assert set(expected) <= {*self.folders(), "all"}

    def expect(self) -> dict[str, set[tuple[str, str]]]:
        """Return title and body of what is in each feed: that of any file fit to be published."""
        expected: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for fields in self.files.values():
            if (
                not fields["draft"]
                and datetime.fromisoformat(str(fields["date"])) <= self.blog.clock()
            ):
                text = str(fields["title"]), f"<p>{fields['body']}</p>"
                expected["all"].add(text)
                for path in paths_of(fields["categories"]):
                    for depth in range(len(path)):
                        expected["/".join(path[: depth + 1])].add(text)
        return expected

    def folders(self) -> set[str]:
        return {
            path.removesuffix("/feed.json")
            for path in self.blog.target.files
            if path.endswith("/feed.json") and "/archive/" not in path
        }

    def walk(self, folder: str) -> dict[tuple[str, str], str]:
        """Return all that a reader finds who goes back through the archives: text and id."""
        found: dict[tuple[str, str], str] = {}
        place: str | None = f"{folder}/feed.json"
        while place is not None:
            document = json.loads(self.blog.target.files[place])
            for item in document["items"]:
                text = item["title"], item["content_html"]
                assert found.setdefault(text, item["id"]) == item["id"], "two for one text"
            url = document.get("next_url")
            place = url and url.removeprefix("https://example.org/feeds/")
        return found

    def check_whole(self) -> None:
        """Publish the same catalog again, and into an empty place: that gives the same bytes."""
        assert self.blog.rewritten(hours=0, everything=True) == []
        published, self.blog.target = self.blog.target, MemoryTarget()
        self.blog.build(hours=0)
        fresh, self.blog.target = self.blog.target, published

        assert filled(fresh.files) == filled(published.files)


def filled(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return documents without those of categories that show nothing now.

    Only the place that they were published in knows whether anybody ever read them.
    """
    empty = {
        path.removesuffix("feed.json")
        for path, data in files.items()
        if path.endswith("/feed.json") and not json.loads(data)["items"]
    } - {"all/"}
    return {
        path: data for path, data in files.items() if path.rpartition("/")[0] + "/" not in empty
    }


TestFolder = Folder.TestCase
TestFolder.settings = settings(
    max_examples=max(1, settings.default.max_examples // 10), stateful_step_count=20
)


class Upheaval(Folder):
    """The same with claimed ids, hidden articles, other settings: the model knows no content."""

    def __init__(self) -> None:
        super().__init__()
        self.sources = self.blog.config.sources

    @precondition(lambda self: self.files)
    @rule(data=st.data(), guid=st.sampled_from([None, "tag:b,1:x", "tag:b,1:y", "z"]))
    def claim(self, data: st.DataObject, guid: str | None) -> None:
        path = self.pick(data)
        self.save(path, {**self.files[path], "guid": guid})

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        path = self.pick(data)
        self.save(path, {**self.files[path], "expires": "2026-01-06T12:00:00Z"})

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def spoil(self, data: st.DataObject) -> None:
        path = self.pick(data)
        self.save(path, {**self.files[path], "date": "someday"})

    @rule(path=PATHS, hidden=st.booleans())
    def hide(self, path: str, hidden: bool) -> None:
        with self.blog.publisher() as publisher, suppress(ArticleError):
            (publisher.hide if hidden else publisher.unhide)(path.removeprefix("other:"))

    @rule(
        renames=st.sampled_from(
            [{}, {("x",): ("z",)}, {("x", "y"): ("z",)}, {("z",): ("x", "y")}, {("x", "y"): ("x",)}]
        )
    )
    def rename(self, renames: dict[tuple[str, ...], tuple[str, ...]]) -> None:
        self.blog.set(renames=renames)

    @rule(count=st.integers(1, 2))
    def choose_sources(self, count: int) -> None:
        self.blog.set(sources=self.sources[:count])

    @rule(
        option=st.sampled_from(["drafts", "future", "accept_deletions", "everything", "dry_run"]),
        category=st.sampled_from([None, "x", "x/y"]),
    )
    def build_otherwise(self, option: str, category: str | None) -> None:
        with suppress(CategoryError):  # there may be none with articles yet
            self.blog.build(category=category, **{option: True})

    @rule()
    def build(self) -> None:
        self.blog.build(hours=4)

        for folder in self.folders():
            ids = list(self.walk(folder).values())
            assert len(set(ids)) == len(ids)
        assert find_dangling(self.blog.target.files) == set()
        self.check_whole()


TestUpheaval = Upheaval.TestCase
TestUpheaval.settings = TestFolder.settings
