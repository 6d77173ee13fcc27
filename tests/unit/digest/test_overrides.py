"""A site's own templates of the digest."""

from pathlib import Path

import pytest

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import DigestMaker, Level, Plan
from feedpub.errors import TemplateError
from tests.support.digests import html_of, make_article, make_head, text_of


@pytest.fixture
def plan_with(tmp_path: Path, tree: CategoryTree) -> "PlanWith":
    return PlanWith(tmp_path, tree)


class PlanWith:
    def __init__(self, folder: Path, tree: CategoryTree) -> None:
        self.folder, self._tree = folder, tree

    def __call__(self, name: str, text: str, **head: object) -> Plan:
        path = self.folder / "digest" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        articles = [make_article(1), make_article(2, categories=(1,))]
        plan = (
            DigestMaker(templates=[self.folder])
            .freeze(make_head(**head), articles, self._tree)
            .plan((), "", 0)
        )
        assert plan
        return plan


def test_a_template_takes_the_place_of_the_default(plan_with: PlanWith) -> None:
    plan = plan_with("masthead.html", "<tr><td class='name'>MINE {{ digest.title }}</td></tr>")

    assert "MINE 纸飞机" in html_of(plan)


def test_a_template_may_hold_several_rows_around_the_default(plan_with: PlanWith) -> None:
    plan = plan_with(
        "footer.html", '<tr><td>ABOVE</td></tr>{% include "default/digest/footer.html" %}'
    )

    assert html_of(plan).index("ABOVE") < html_of(plan).index("上海市某路")


def test_the_plain_text_has_a_template_of_its_own(plan_with: PlanWith) -> None:
    plan = plan_with("summary.txt", "* {{ card.title }} & {{ card.href }}")

    assert "* 文章 1 & https://feedpub.example/articles/1.html" in text_of(plan)
    assert "* 文章 1" not in html_of(plan)


def test_the_subject_has_a_template(plan_with: PlanWith) -> None:
    plan = plan_with("subject.txt", "{{ digest.title }}：{{ title }}（{{ count }}）")

    assert plan.subject == "纸飞机：文章 1（2）"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("summary.html", "<p>{{ card.title }}</p>", "it must write whole rows"),
        ("section.html", "<tr><td></td>", "it must write whole rows"),
        ("section.html", "</table><table><tr><td></td></tr>", "it must write whole rows"),
        ("title.html", "", "it must write whole rows"),
        ("title.html", "<tr><td><!--fp-cut--></td></tr>", "it must write whole rows"),
        ("top.html", "<tr><td></td></tr>", "it must show links.unsubscribe"),
        ("footer.html", "<tr><td></td></tr>", "it must show links.unsubscribe"),
        ("footer.txt", "no way out", "it must show links.unsubscribe"),
        (
            "masthead.html",
            "<tr><td>{{ links.address }}</td></tr>",
            "may stand in top and footer only",
        ),
        ("frame.html", "<!DOCTYPE html><html><body>{{ rows }}</body></html>", "'preheader'"),
        ("summary.html", "<tr><td>{{ card.nothing }}</td></tr>", "has no attribute 'nothing'"),
        ("summary.html", "<tr><td>{{ links.unsubscribe }}</td></tr>", "'links' is undefined"),
        ("summary.html", "<tr><td>{% if %}</td></tr>", "Expected an expression"),
        ("archive_top.html", "<tr><td>{{ links.address }}</td></tr>", "'links' is undefined"),
    ],
)
def test_a_template_that_would_break_a_mail_is_refused_by_name(
    plan_with: PlanWith, name: str, text: str, reason: str
) -> None:
    with pytest.raises(TemplateError, match=reason) as caught:
        plan_with(name, text)

    assert name in str(caught.value)


def test_a_style_attribute_of_a_template_is_kept(plan_with: PlanWith) -> None:
    plan = plan_with(
        "section.html", '<tr><td class="section" style="padding:1px">{{ section.name }}</td></tr>'
    )

    assert "padding:1px" in html_of(plan)


def test_a_body_that_leaves_its_row_is_left_out_and_its_summary_stays(plan_with: PlanWith) -> None:
    plan = plan_with(
        "full.html",
        "{% if card.title == '文章 2' %}<p>{% endif %}<tr><td>WHOLE {{ card.title }}</td></tr>",
        content=Level.FULL,
    )

    assert "WHOLE 文章 1" in html_of(plan)
    assert "WHOLE 文章 2" not in html_of(plan)
    assert "第 2 篇的摘要" in html_of(plan)
