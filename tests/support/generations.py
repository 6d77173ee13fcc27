"""Articles of a site, and what becomes of them: files of two builds, one after the other."""

from tests.support.real_site import RealSite


def write_first(site: RealSite) -> None:
    """Write articles of three months with pictures, without a URL of their own."""
    site.picture("one.png")
    site.picture("two.png")
    site.post("old.md", "Old", date="2025-10-03 10:00:00", categories="[a, b]", cover="one.png")
    site.post("mid.md", "Mid", date="2025-11-03 10:00:00", categories="[a, b]")
    # Alone in its month, so that archives go with it, and in a category.
    site.post(
        "gone.md", "Gone", date="2025-09-04 10:00:00", categories="[[a, b], [c]]", cover="two.png"
    )
    body = "![](two.png) and ![](one.png)"
    site.post("new.md", "New", date="2025-12-05 10:00:00", categories="[a]", body=body)


def write_second(site: RealSite) -> None:
    """Add an article with a picture to a new category, change one, delete one."""
    site.picture("three.png")
    site.post(
        "fresh.md", "Fresh", date="2025-12-06 10:00:00", categories="[z, y]", cover="three.png"
    )
    # With a time of its own, for otherwise it is that of the build.
    site.post(
        "old.md", "Old", number=1, date="2025-10-03 10:00:00", updated="2025-12-07 10:00:00",
        categories="[a, b]", cover="two.png", body="Changed.",
    )  # fmt: skip
    (site.articles / "gone.md").unlink()
