"""A joined mail is the digest rendered and inlined in one piece, tag for tag."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import DigestArticle, FrozenDigest, Level, Plan, Slot
from feedpub.digest.freezing import freeze as freeze_content
from feedpub.digest.frozen import Frozen
from feedpub.digest.renderer import Renderer
from feedpub.digest.views import Links, view_card, view_section
from feedpub.resources import templates_folder
from tests.support.digests import VALUES, html_of, make_head, tags

LINKS = Links(VALUES[Slot.UNSUBSCRIBE], VALUES[Slot.PREFERENCES], VALUES[Slot.ADDRESS])


class Whole:
    """Renders in one piece the mails that were planned from blocks."""

    def __init__(
        self, articles: list[DigestArticle], tree: CategoryTree, content: Level, language: str
    ) -> None:
        head = make_head(content=content)
        folders = (templates_folder(),)
        frozen = freeze_content(folders, head, articles, tree, ("zh-CN", "en"))
        self.digest = FrozenDigest(frozen)
        self._renderer = Renderer(folders, head, language)
        self._rows = self._collect(frozen, articles, tree, language)
        self.language = language

    def _collect(
        self, frozen: Frozen, articles: list[DigestArticle], tree: CategoryTree, language: str
    ) -> dict[bytes, str]:
        """Return what templates wrote, by what stands for it in a plan."""
        (edition,) = (each for each in frozen.editions if each.language == language)
        row, head = self._renderer.row, make_head(content=frozen.content)
        found: dict[bytes, str] = {}
        for name in ("contents_head", "contents_end"):
            found[edition.rows[name][0].encode()] = row(name).html
        found[edition.parts["masthead"][0][0].encode()] = row("masthead").html
        for node in frozen.nodes:
            section = view_section(tree[node], head.site)
            found[edition.headings[node][0][0].encode()] = row("section", section=section).html
        for article in articles:
            card = view_card(article, head=head, tree=tree, language=self._renderer.language)
            kept = edition.cards[article.id]
            found[kept.contents[0].encode()] = row("contents_item", card=card).html
            for name, (html, _) in kept.variants.items():
                found[html[0].encode()] = row(name, card=card).html
        compiled = self.digest._edition(language)
        for number in range(1, len(articles) + 1):
            (data,) = compiled.more(None, number)[0]
            found[data] = row("rest", more=number).html
            for node in frozen.nodes:
                (data,) = compiled.more(node, number)[0]
                section = view_section(tree[node], head.site)
                found[data] = row("more", section=section, more=number).html
        return found

    def render(self, plan: Plan) -> str:
        _, preheader, _, top, *rows, footer, _ = plan.html
        assert top[1::2]
        assert footer[1::2]
        html = [
            self._renderer.row("top", links=LINKS).html,
            *(self._rows[data] for (data,) in rows),
            self._renderer.row("footer", links=LINKS).html,
        ]
        words = Markup(preheader[0].decode())  # it ends with the blanks of its block
        return self._renderer.inline(self._renderer.document(html, words))


@pytest.fixture(
    scope="module",
    params=[(Level.TITLE, "zh-CN"), (Level.SUMMARY, "en"), (Level.FULL, "zh-CN")],
    ids=["titles", "summaries in English", "whole articles"],
)
def whole(
    request: pytest.FixtureRequest, articles: list[DigestArticle], tree: CategoryTree
) -> Whole:
    level, language = request.param
    return Whole(articles, tree, level, language)


@given(data=st.data())
@settings(max_examples=40)
def test_a_joined_mail_is_the_digest_inlined_in_one_piece(
    whole: Whole, data: st.DataObject
) -> None:
    choice = tuple(sorted(data.draw(st.sets(st.integers(0, 7)))))
    since = data.draw(st.integers(999_990, 1_000_001))
    hidden = data.draw(st.sets(st.integers(1, 60)))

    plan = whole.digest.plan(choice, whole.language, since, hidden=hidden)

    if plan is not None:
        joined, rendered = tags(html_of(plan)), tags(whole.render(plan))
        # A diff of two whole mails takes minutes to write.
        assert (
            next((pair for pair in zip(joined, rendered, strict=False) if pair[0] != pair[1]), None)
            is None
        )
        assert len(joined) == len(rendered)


def test_nothing_of_the_way_it_was_cut_is_left(
    digest: FrozenDigest, full_digest: FrozenDigest
) -> None:
    for each in (digest, full_digest):
        plan = each.plan((), "", 0)

        assert plan
        assert "fp-cut" not in html_of(plan)
        assert "fpgap" not in html_of(plan)


def test_equal_blocks_of_two_mails_are_the_same_object(digest: FrozenDigest) -> None:
    first, second = digest.plan((1,), "en", 0), digest.plan((), "en", 0)

    assert first
    assert second
    shared = {block: id(block) for block in first.html + first.text}
    assert all(shared.get(block, id(block)) == id(block) for block in second.html + second.text)


def test_constant_blocks_are_padded_for_base64(
    digest: FrozenDigest, freeze: Callable[..., FrozenDigest]
) -> None:
    plan = digest.plan((), "zh-CN", 0)

    assert plan
    for block in plan.html + plan.text:
        if len(block) == 1:
            (data,) = block
            assert isinstance(data, bytes)
            assert len(data) % 3 == 0
        assert b"\n" not in b"".join(p for p in block if isinstance(p, bytes)).replace(b"\r\n", b"")


def test_every_block_of_the_text_ends_with_an_empty_line(digest: FrozenDigest) -> None:
    plan = digest.plan((), "zh-CN", 0)

    assert plan
    for block in plan.text:
        last = block[-1]
        assert isinstance(last, bytes)
        assert last.rpartition(b"\r\n")[2] == b""
        assert last[:-2].rstrip(b" ").endswith(b"\r\n")
