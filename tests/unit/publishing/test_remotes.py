"""What a build makes of sources that are elsewhere, whoever fetches them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from feedpub.config import SourceConfig, load_config
from feedpub.errors import BusyError, ConfigError
from feedpub.model import Problem
from feedpub.ports import Progress
from feedpub.publisher import Publisher
from feedpub.wiring.publishing import create_site, make_setup
from feedpub.wiring.sources import make_remotes

SETTINGS = """
[site]
id = "7e0cf2a2-4c3f-4c3a-9e26-6d7d5b2c0a11"
url = "https://a.example/"
[build]
jobs = 1
[[sources]]
type = "feed"
url = "https://feed.example/"
"""
ARTICLE = "---\ntitle: 一\nid: urn:x:1\nlink: https://feed.example/1\n---\n正文"


@dataclass
class FakeRemotes:
    """Brings the files that a test says; remembers what the catalog was said to know."""

    folder: Path
    files: dict[str, str] = field(default_factory=dict)
    fail: bool = False
    asked: list[set[str]] = field(default_factory=list)
    names: frozenset[str] = frozenset({"feed.example"})
    refreshed: int = 0

    def fetch(self, now: int, *, known: Collection[str], progress: Progress) -> frozenset[str]:
        self.asked.append(set(known))
        if "feed.example" not in known:
            self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items() if self.folder.is_dir() else ():
            (self.folder / name).write_text(text, "utf-8")
        return self.names if self.files else frozenset()

    def refresh(self) -> None:
        self.refreshed += 1

    def problems(self) -> list[Problem]:
        return [Problem("warning", "https://feed.example/", "it broke")] if self.fail else []

    def failing(self) -> tuple[str, ...]:
        return ("feed.example",) if self.fail else ()


@pytest.fixture
def remotes(tmp_path: Path) -> FakeRemotes:
    return FakeRemotes(tmp_path / "remote" / "feed.example")


@pytest.fixture
def site(tmp_path: Path, remotes: FakeRemotes) -> Publisher:
    (tmp_path / "feedpub.toml").write_text(SETTINGS)
    config = load_config(tmp_path / "feedpub.toml", {})
    create_site(config)
    return Publisher(replace(make_setup(config), remotes=remotes))


def test_what_is_brought_is_published(site: Publisher, remotes: FakeRemotes) -> None:
    remotes.files["a.html"] = ARTICLE

    assert site.build().articles == 1
    assert remotes.asked == [set()]
    site.build()
    assert remotes.asked[1] == {"feed.example"}


def test_a_failure_is_told_by_every_build_though_there_is_nothing_to_do(
    site: Publisher, remotes: FakeRemotes
) -> None:
    remotes.files["a.html"] = ARTICLE
    site.build()
    remotes.fail = True

    reports = [site.build(), site.build(offline=True)]

    assert [report.unfetched for report in reports] == [("feed.example",)] * 2
    assert [[one.message for one in report.problems] for report in reports] == [["it broke"]] * 2
    assert [one.message for one in site.status().problems] == ["it broke"]
    assert [one.message for one in site.check()] == ["it broke"]


def test_nothing_is_asked_for_offline_or_for_a_dry_run(
    site: Publisher, remotes: FakeRemotes
) -> None:
    reports = [site.build(offline=True), site.build(dry_run=True)]

    assert remotes.asked == []
    assert [report.held_sources for report in reports] == [(), ()]


def test_a_lost_folder_holds_its_source_until_deletions_are_accepted(
    site: Publisher, remotes: FakeRemotes
) -> None:
    remotes.files["a.html"] = ARTICLE
    site.build()
    (remotes.folder / "a.html").unlink()
    remotes.folder.rmdir()
    remotes.files = {"b.html": ARTICLE.replace("urn:x:1", "urn:x:2").replace("一", "二")}

    held = site.build()
    accepted = site.build(accept_deletions=True)

    assert (held.held_sources, held.articles) == (("feed.example",), 1)
    assert (accepted.held_sources, accepted.articles, accepted.deleted) == ((), 1, 1)


def test_check_says_that_nothing_was_fetched_yet(site: Publisher) -> None:
    (problem,) = site.check()

    assert (problem.level, problem.path) == ("warning", "remote/feed.example")
    assert "feedpub build" in problem.message


def test_a_missing_library_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feedpub.toml").write_text(SETTINGS)
    config = load_config(tmp_path / "feedpub.toml", {})
    remotes = make_remotes(config, nullcontext, allow_private=False)
    monkeypatch.setattr("feedpub.wiring.sources.find_spec", lambda _: None)
    assert remotes is not None

    with pytest.raises(ConfigError, match=r"pip install 'feedpub\[remote\]'"):
        remotes.fetch(0, known=(), progress=lambda *_: None)


def test_a_site_without_feeds_has_nothing_to_fetch(tmp_path: Path) -> None:
    (tmp_path / "feedpub.toml").write_text(SETTINGS.partition("[[")[0])
    config = load_config(tmp_path / "feedpub.toml", {})

    assert config.sources == (SourceConfig("articles", config.root / "articles"),)
    assert make_remotes(config, nullcontext, allow_private=False) is None


# By jobs


def test_a_build_by_jobs_asks_nobody_and_takes_what_others_fetched(
    site: Publisher, remotes: FakeRemotes
) -> None:
    site.build(by_jobs=True)

    assert (remotes.asked, remotes.refreshed) == ([], 1)


def test_a_job_asks_and_has_built_what_was_new(site: Publisher, remotes: FakeRemotes) -> None:
    remotes.files["a.html"] = ARTICLE
    deferred: list[str] = []
    with listen(site, deferred):
        assert site.read() == {"feed.example"}
    assert remotes.asked == [set()]

    report = site.build(by_jobs=True)

    assert (deferred, report.articles) == (["build"], 1)


def test_a_job_that_finds_nothing_new_has_nothing_built(
    site: Publisher, remotes: FakeRemotes
) -> None:
    deferred: list[str] = []
    with listen(site, deferred):
        assert site.read() == frozenset()

    assert deferred == []


def test_what_another_run_is_fetching_is_left_to_it(tmp_path: Path) -> None:
    (tmp_path / "feedpub.toml").write_text(SETTINGS)
    config = load_config(tmp_path / "feedpub.toml", {})

    @contextmanager
    def held() -> Iterator[None]:
        raise BusyError("another run reads")
        yield

    remotes = make_remotes(config, held, allow_private=False)
    assert remotes is not None

    assert remotes.fetch(0, known=(), progress=lambda *_: None) == frozenset()


@contextmanager
def listen(site: Publisher, names: list[str]) -> Iterator[None]:
    with (
        site._setup.open_store() as store,
        store.listen(lambda jobs: names.extend(job.task for job in jobs)),  # type: ignore[attr-defined]
    ):
        yield
