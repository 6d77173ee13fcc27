"""The pages for subscribers, as far as they are made here."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from feedpub.model import Category, Site
from feedpub.pages.people import Branch, PeoplePages, grow_branches
from tests.support.html import text

LIFE = Category(1, ("生活",), ("sheng-huo",))
FOOD = Category(3, ("生活", "饮食"), ("sheng-huo", "yin-shi"), parent=1)
TECH = Category(2, ("Tech",), ("tech",))

AROUND = SimpleNamespace(
    feeds="https://blog.example/feeds/", embeds="https://blog.example/feeds/embed/",
    archive="https://blog.example/feeds/newsletter/", sample="", mails={"daily": 9, "weekly": 1},
)  # fmt: skip

# Every page with the least that it needs.
PAGES = {
    "confirm": {},
    "confirmed": {"preferences": "../p/x"},
    "expired": {"renew": True},
    "asked": {"first": True},
    "unsubscribe": {"rarer": ("weekly", "monthly"), "can_pause": True},
    "unsubscribed": {"can_undo": True, "undo": "", "rarer": ("monthly",)},
    "changed": {"change": "paused"},
    "stranger": {},
    "address": {"done": False},
    "export": {},
    "erase": {},
    "erased": {},
    "error": {"kind": "link"},
    "preferences": {
        "done": "saved", "fault": "address", "everything": False,
        "frequencies": ("daily", "weekly"),
        "tree": (Branch("a", "A", True, (Branch("a/b", "B", False),)),),
        "frequency": "weekly", "languages": (("zh-CN", "中文"), ("en", "English")),
        "spoken": "en", "paused": False, "typed": '"><script>alert(1)</script>',
        "around": AROUND,
    },
    "subscribe": {
        "fault": "address", "typed": '"><script>alert(1)</script>', "many": 2, "chosen": True,
        "tree": (Branch("a", "A", True, (Branch("a/b", "B", False),)),),
        "frequencies": ("daily", "weekly"), "frequency": "weekly",
        "languages": (("zh-CN", "中文"), ("en", "English")), "speaks": "en",
        "agreement": "<b>Yes.", "stamp": "1-x", "trap": "subject",
        "others": [("zh-CN", "中文", "?language=zh-CN")], "around": AROUND,
    },
}  # fmt: skip


@pytest.fixture
def pages(site: Site) -> PeoplePages:
    return PeoplePages(site, title="<b>周刊</b>", mask=lambda address: address[:1] + "***")


def render(pages: PeoplePages, name: str, language: str | None = "en") -> str:
    return pages.render(
        name, language=language, address="reader@a.example", sign=lambda do: f"of-{do}",
        **PAGES[name],
    ).decode()  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-CN", "fr"])
def test_a_page_is_whole_and_escaped_in_every_language(
    pages: PeoplePages, name: str, language: str
) -> None:
    page = render(pages, name, language)

    assert "<b>周刊" not in page
    assert "<script" not in page
    assert "style=" not in page
    assert "reader@" not in page
    assert text(page.encode()).count("周刊") >= 1
    assert page.count("<h1>") == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_form_of_a_page_says_what_it_does_and_proves_where_it_comes_from(
    pages: PeoplePages, name: str
) -> None:
    page = render(pages, name)

    forms = page.count('<form method="post"')
    proofs = re.findall(
        r'name="do" value="(\w+)">\s*<input type="hidden" name="form" value="of-(\w+)"', page
    )
    # The form for strangers has nobody's token to prove; it says when it was made.
    assert len(proofs) + page.count('name="stamp" value="1-x"') == forms
    assert all(do == signed for do, signed in proofs)


def test_no_page_loads_anything_but_its_own_style_and_icon(pages: PeoplePages) -> None:
    for name in PAGES:
        loaded = re.findall(r'(?:src|<link[^>]* href)="([^"]*)"', render(pages, name))

        assert loaded == [f"../{pages.style.name}", f"../{pages.icon.name}"]


def test_another_style_has_another_name(site: Site, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/forms.css").write_text("h1 { color: red }")

    own = PeoplePages(site, title="T", mask=str, templates=[tmp_path])
    usual = PeoplePages(site, title="T", mask=str)

    assert b"color: red" in own.style.data
    assert own.style.name != usual.style.name


def test_a_site_may_have_a_page_of_its_own(site: Site, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/erased.html").write_text("{{ title }}, farewell")

    pages = PeoplePages(site, title="T", mask=str, templates=[tmp_path])

    assert pages.render("erased", language=None, sign=str) == b"T, farewell"


def test_the_tree_shows_what_is_chosen() -> None:
    assert grow_branches([LIFE, FOOD, TECH], (2, 3)) == (
        Branch("sheng-huo", "生活", False, (Branch("sheng-huo/yin-shi", "饮食", True),)),
        Branch("tech", "Tech", True),
    )


def test_a_category_without_the_one_above_it_stands_at_the_top() -> None:
    assert grow_branches([FOOD], ()) == (Branch("sheng-huo/yin-shi", "饮食", False),)


def test_languages_are_called_what_they_call_themselves(site: Site) -> None:
    pages = PeoplePages(site, title="T", mask=str, languages=["en", "zh-CN", site.language])

    assert dict(pages.languages)["en"] == "English"
    assert dict(pages.languages)["zh-CN"] == "中文 (简体)"
    assert pages.languages[0][0] == site.language
