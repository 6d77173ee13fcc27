"""A site's own templates and style sheets."""

from pathlib import Path

import pytest

from feedpub.errors import TemplateError
from feedpub.model import Entry, Site
from feedpub.pages import Pages
from feedpub.resources import static_folder, templates_folder


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_sites_template_takes_the_place_of_the_default(site: Site, tmp_path: Path) -> None:
    write(tmp_path, "pages/gone.html", "{{ title }} is no more at {{ site.title }}")

    page = Pages(site, templates=[tmp_path]).gone("<It>", "articles/x.html")

    assert page.decode() == "&lt;It&gt; is no more at 纸飞机"


def test_a_sites_template_may_build_on_the_default_it_replaces(site: Site, tmp_path: Path) -> None:
    write(
        tmp_path,
        "pages/base.html",
        '{% extends "default/pages/base.html" %}{% block title %}Mine{% endblock %}',
    )

    page = Pages(site, templates=[tmp_path]).index([]).decode()

    assert page.startswith("<!doctype html>")
    assert "</html>" in page


def test_a_folder_of_overrides_need_not_exist(site: Site, tmp_path: Path) -> None:
    pages = Pages(site, templates=[tmp_path / "none"])

    assert pages.index([]) == Pages(site).index([])


def test_a_syntax_error_is_told_with_file_and_line(site: Site, tmp_path: Path) -> None:
    path = write(tmp_path, "pages/gone.html", "one\n{% if %}\nthree\n")

    with pytest.raises(TemplateError) as caught:
        Pages(site, templates=[tmp_path]).gone("x", "articles/x.html")

    assert caught.value.path == str(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert "feedpub template diff" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{{ tilte }}", "'tilte' is undefined"),
        ("{{ title + 1 }}", "can only concatenate"),
        ('{% include "nowhere.html" %}', "there is no template nowhere.html"),
        ("{{ title | shout }}", "No filter named 'shout'"),
    ],
    ids=["name", "type", "include", "filter"],
)
def test_a_mistake_is_told_with_file_and_line(
    site: Site, tmp_path: Path, line: str, reason: str
) -> None:
    path = write(tmp_path, "pages/gone.html", f"one\ntwo\n{line}\n")

    with pytest.raises(TemplateError) as caught:
        Pages(site, templates=[tmp_path]).gone("x", "articles/x.html")

    assert (caught.value.path, caught.value.line) == (str(path), 3)
    assert reason in str(caught.value)


def test_a_mistake_in_a_part_is_told_of_the_part(site: Site, entry: Entry, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "pages/base.html",
        '{% extends "default/pages/base.html" %}\n{% block title %}{{ oops }}{% endblock %}',
    )
    write(
        tmp_path,
        "pages/article.html",
        '{% extends "pages/base.html" %}\n{% block content %}x{% endblock %}',
    )

    with pytest.raises(TemplateError) as caught:
        Pages(site, templates=[tmp_path]).article(entry)

    assert (caught.value.path, caught.value.line) == (str(path), 2)


def test_a_template_that_is_no_text_is_told_by_name(site: Site, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "gone.html").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(TemplateError, match=r"pages/gone\.html"):
        Pages(site, templates=[tmp_path]).gone("x", "articles/x.html")


def test_a_sites_style_sheet_takes_the_place_of_ours(site: Site, tmp_path: Path) -> None:
    write(tmp_path, "assets/feedpub.css", "body { color: teal }")

    assets = Pages(site, templates=[tmp_path]).assets()

    assert assets["assets/feedpub.css"] == b"body { color: teal }"
    assert assets["assets/feed.css"] == (static_folder() / "feed.css").read_bytes()


@pytest.mark.parametrize("name", ["pages/gone.html", "assets/feedpub.css"])
def test_an_override_changes_the_fingerprint(site: Site, tmp_path: Path, name: str) -> None:
    before = Pages(site, templates=[tmp_path]).fingerprint

    write(tmp_path, name, "x")

    assert Pages(site, templates=[tmp_path]).fingerprint != before


def test_the_fingerprint_is_that_of_the_content_not_of_the_place(
    site: Site, tmp_path: Path
) -> None:
    assert Pages(site, templates=[tmp_path]).fingerprint == Pages(site).fingerprint


def test_every_default_template_can_be_overridden_by_its_own_copy(
    site: Site, entry: Entry, tmp_path: Path
) -> None:
    for path in (templates_folder() / "pages").iterdir():
        write(tmp_path, f"pages/{path.name}", path.read_text())

    assert Pages(site, templates=[tmp_path]).article(entry) == Pages(site).article(entry)
