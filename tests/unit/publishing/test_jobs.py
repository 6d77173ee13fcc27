"""What a build leaves to jobs, and what they make of it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from feedpub.errors import BusyError
from feedpub.model import BuildReport, Problem
from feedpub.ports.jobs import End, Job, Verdict
from feedpub.publisher import Publisher
from feedpub.testing import MemoryHub, MemoryPictures
from tests.support.blog import Blog
from tests.support.pictures import drawing

FAR = "https://pictures.example/{}.png"


class SlowPictures(MemoryPictures):
    """A network on which only some pictures arrive in time.

    Attributes:
        in_time: How many of each call.
    """

    def __init__(self, *names: str, in_time: int = 0) -> None:
        super().__init__({FAR.format(name): drawing(seed=name) for name in names})
        self.in_time = in_time

    def fetch_all(
        self, urls: Iterable[str], *, done: Callable[[str, Any], None], **options: Any
    ) -> list[str]:
        urls = list(urls)
        super().fetch_all(urls[: self.in_time], done=done, **options)
        return urls[self.in_time :]


class Site:
    """A blog whose builds leave to jobs what they can."""

    def __init__(self, blog: Blog, *names: str) -> None:
        self.blog = blog
        blog.set(thumbnails_mode="copy")
        self.pictures = SlowPictures(*names)
        for name in names:
            blog.write(f"{name}.md", thumbnail=FAR.format(name))

    def publisher(self) -> Publisher:
        publisher = self.blog.publisher()
        publisher._setup = replace(publisher._setup, thumbnailer=self.pictures)
        return publisher

    def build(self, **options: Any) -> BuildReport:
        self.blog.clock.advance(hours=1)
        return self.publisher().build(by_jobs=True, **options)

    def waiting(self) -> list[str]:
        return [job.task for job in self.blog.store.queue.jobs]

    def work(self) -> list[str]:
        """Work off the queue as a worker does; return what was done."""
        done: list[str] = []
        publisher = self.publisher()

        def run(job: Job, _attempts: int) -> Verdict:
            done.append(job.task)
            verb = getattr(publisher, job.task)
            verb(**({"by_jobs": True} if job.task == "build" else {}))
            return Verdict(End.DONE)

        self.blog.store.queue.work(run)
        return done

    def shown(self) -> set[str]:
        return {item["title"] for item in self.blog.items() if "image" in item}


@pytest.fixture
def hub(blog: Blog) -> MemoryHub:
    blog.hub = MemoryHub()
    return blog.hub


# Pictures


def test_pictures_that_come_too_late_are_fetched_by_a_job_and_shown_by_another(
    blog: Blog,
) -> None:
    site = Site(blog, "a", "b")
    assert site.build().pictures_pending == 2
    copies = [path for path in blog.target.files if path.startswith("media/")]
    assert (copies, site.waiting()) == ([], ["thumbnails"])

    site.pictures.in_time = 9
    done = site.work()

    assert done == ["thumbnails", "build"]
    assert site.shown() == {"A", "B"}
    assert sum(path.startswith("media/") for path in blog.target.files) == 2


def test_a_job_that_fetched_some_defers_the_next(blog: Blog) -> None:
    site = Site(blog, "a", "b", "c")
    site.build()

    site.pictures.in_time = 1
    done = site.work()

    assert done == ["thumbnails", "build", "thumbnails", "build"]
    assert site.shown() == {"A", "B", "C"}
    assert site.publisher().status().pictures_pending == 0


def test_a_network_that_gives_nothing_is_not_asked_without_a_pause(blog: Blog) -> None:
    site = Site(blog, "a")
    site.build()

    assert site.work() == ["thumbnails"]
    assert [job.task for job in site.publisher().list_jobs()] == ["thumbnails"]


def test_jobs_come_to_the_bytes_that_one_patient_build_makes(blog: Blog, tmp_path: Any) -> None:
    alone = Blog(tmp_path / "alone")
    patient, site = Site(alone, "a", "b"), Site(blog, "a", "b")
    patient.pictures.in_time = site.pictures.in_time = 9
    patient.build()
    site.pictures.in_time = 0

    site.build()
    site.pictures.in_time = 1
    site.work()

    assert blog.target.files == alone.target.files


def test_while_a_build_is_under_way_no_picture_is_fetched_beside_it(blog: Blog) -> None:
    site = Site(blog, "a")
    site.build()
    interrupt(blog)
    site.pictures.in_time = 9

    assert site.publisher().thumbnails() == 1
    assert site.pictures.asked == []


def test_a_site_that_links_pictures_has_none_left_over(blog: Blog) -> None:
    site = Site(blog, "a")
    site.build()
    blog.set(thumbnails_mode="link")

    assert site.publisher().thumbnails() == 0
    assert site.publisher().list_jobs() == []


# The hub


def test_the_hub_is_told_by_a_job_once_the_feeds_are_in_place(blog: Blog, hub: MemoryHub) -> None:
    site = Site(blog, "a")
    site.pictures.in_time = 9

    report = site.build()
    assert (report.pinged, hub.pings, site.waiting()) == ((), [], ["ping"])
    site.work()

    assert hub.pings == [[f"https://example.org/feeds/all/{name}" for name in FILES]]
    assert site.publisher().list_jobs() == []


FILES = ("atom.xml", "feed.json", "rss.xml")


def test_while_files_are_put_into_place_the_hub_is_not_told(blog: Blog, hub: MemoryHub) -> None:
    site = Site(blog, "a")
    site.build()
    interrupt(blog)

    assert site.publisher().ping() == []

    assert hub.pings == []
    assert [job.task for job in site.publisher().list_jobs()] == ["build", "thumbnails", "ping"]


def test_what_a_build_notes_while_the_hub_is_told_is_not_forgotten(
    blog: Blog, hub: MemoryHub
) -> None:
    site = Site(blog, "a")
    site.build()
    tell = hub.ping

    def build_meanwhile(topics: list[str]) -> tuple[list[str], list[Problem]]:
        hub.ping = tell  # type: ignore[method-assign]
        blog.write("late.md")
        site.build()
        return tell(topics)

    hub.ping = build_meanwhile  # type: ignore[method-assign, assignment]
    site.publisher().ping()
    assert len(hub.pings) == 1

    site.publisher().ping()

    assert len(hub.pings) == 2
    assert [job.task for job in site.publisher().list_jobs()] == ["thumbnails"]


def test_a_telling_that_was_cut_off_is_told_again(blog: Blog, hub: MemoryHub) -> None:
    site = Site(blog)
    blog.write("a.md")
    site.build()
    tell = hub.ping

    def die(_: list[str]) -> tuple[list[str], list[Problem]]:
        raise SystemExit

    hub.ping = die  # type: ignore[method-assign, assignment]
    with pytest.raises(SystemExit):
        site.publisher().ping()
    hub.ping = tell  # type: ignore[method-assign]
    assert [job.task for job in site.publisher().list_jobs()] == ["ping"]

    blog.build()  # one that is typed, which tells by itself

    assert len(hub.pings) == 1
    assert site.publisher().list_jobs() == []


# Builds


def test_a_build_that_found_nothing_leaves_nothing_to_do(blog: Blog, hub: MemoryHub) -> None:
    site = Site(blog, "a")
    site.pictures.in_time = 9
    site.build()
    site.work()

    site.build()

    assert site.waiting() == []


def test_an_interrupted_build_is_found_and_finished(blog: Blog) -> None:
    blog.write("a.md")
    site = Site(blog)
    site.build()
    interrupt(blog)

    (job,) = site.publisher().list_jobs()
    assert job.task == "build"
    site.build()

    assert site.publisher().list_jobs() == []


def test_who_hides_an_article_has_it_taken_down_by_a_job(blog: Blog) -> None:
    blog.write("a.md")
    blog.write("b.md")
    site = Site(blog)
    site.build()

    site.publisher().hide("a.md")

    assert site.waiting() == ["build"]
    site.work()
    assert blog.titles() == ["B"]


def test_without_jobs_a_build_does_it_all_by_itself(blog: Blog, hub: MemoryHub) -> None:
    site = Site(blog, "a")
    site.pictures.in_time = 9

    site.publisher().build()

    assert site.shown() == {"A"}
    assert len(hub.pings) == 1
    assert site.waiting() == []


def interrupt(blog: Blog) -> None:
    """Leave the catalog as a build does that was killed."""
    with blog.store.open() as store, store.transaction() as catalog:
        catalog.shelves.set_meta({"building": "1"})


def test_a_build_that_finds_the_site_held_is_tried_again_in_a_minute(blog: Blog) -> None:
    site = Site(blog)

    with pytest.raises(BusyError):
        build_beside_another(site, by_jobs=True)

    (job,) = blog.store.queue.jobs
    assert (job.task, job.not_before) == ("build", int(blog.clock().timestamp()) + 60)


def test_a_build_that_is_typed_only_says_that_the_site_is_held(blog: Blog) -> None:
    site = Site(blog)

    with pytest.raises(BusyError):
        build_beside_another(site, by_jobs=False)

    assert site.waiting() == []


def build_beside_another(site: Site, *, by_jobs: bool) -> None:
    @contextmanager
    def held() -> Iterator[None]:
        raise BusyError("another run holds this site")
        yield

    publisher = site.publisher()
    publisher._setup = replace(publisher._setup, lock=held)
    publisher.build(by_jobs=by_jobs)
