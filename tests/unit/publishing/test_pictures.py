"""Which picture an article shows, and where it comes from."""

import pytest

from feedpub.model import BuildReport
from feedpub.testing import MemoryPictures
from tests.support.blog import Blog
from tests.support.pictures import drawing

FAR = "https://pictures.example/far.png"


def build(blog: Blog) -> BuildReport:
    with blog.publisher() as publisher:
        pictures = MemoryPictures({FAR: drawing(seed="far")})
        publisher._setup.thumbnailer.remote = pictures.remote
        return publisher.build()


@pytest.mark.parametrize("thumbnail", ["http://[", "//[x/a.png", "https://", "a\\b.png?"])
@pytest.mark.parametrize("mode", ["copy", "link"])
def test_a_broken_picture_address_costs_only_the_picture(
    blog: Blog, mode: str, thumbnail: str
) -> None:
    blog.set(thumbnails_mode=mode)
    blog.write("a.md", link="https://blog.example/a/", thumbnail=thumbnail)

    build(blog)

    assert blog.titles() == ["A"]


def test_a_local_picture_is_linked_where_pictures_are(blog: Blog) -> None:
    blog.set(thumbnails_mode="link")
    blog.place("local.png").write_bytes(drawing(seed="local"))
    blog.write("a.md", link="https://blog.example/a/", thumbnail="local.png")

    build(blog)

    assert blog.item("A")["image"] == "https://blog.example/a/local.png"
    assert not [path for path in blog.target.files if path.startswith("media/")]


@pytest.mark.parametrize("address", [FAR, "local.png"])
def test_a_copied_picture_does_not_stand_above_its_original(blog: Blog, address: str) -> None:
    blog.set(thumbnails_mode="copy")
    blog.place("local.png").write_bytes(drawing(seed="local"))
    blog.write("a.md", f"![]({address}) Text.", link="https://blog.example/a/")

    build(blog)

    item = blog.item("A")
    assert "/media/" in item["image"]
    assert item["content_html"].count("<img") == 1


def test_a_picture_that_cannot_be_had_is_told_with_its_reason_and_not_each_time(
    blog: Blog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "feedpub")
    blog.set(thumbnails_mode="copy")
    blog.write("a.md", link="https://blog.example/a/", thumbnail="https://gone.example/a.png")
    blog.write("b.md", link="https://blog.example/b/", thumbnail=FAR)

    first, second = build(blog), build(blog)

    assert (first.pictures_failed, second.pictures_failed) == (1, 0)
    assert "no copy of 'https://gone.example/a.png': no answer in this test" in caplog.text
    assert "image" not in blog.item("A")
    with blog.publisher() as publisher:
        (missing,) = publisher.status().pictures_failed
    assert (missing.path, missing.message) == (
        "https://gone.example/a.png",
        "no answer in this test",
    )
