"""The mails that the benchmark sends: digests of about 72 KB, each recipient with a choice of his.

The cards are those of the naive mailer, so that both make the same mail.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import css_inline
from jinja2 import Environment

from feedpub.digest.plan import Block, Plan, Slot
from feedpub.messages import Compiled, Composer, Sender, load_key
from feedpub.model import Frequency, Issue, IssueState, Message
from feedpub.ports.mailing import Claim
from feedpub.tokens import Signer
from tests.bench.sending import naive

CHOICES = 200
"""Different digests among the recipients; each is joined when it is needed, and kept."""

_THEN = datetime(2026, 11, 27, 1, tzinfo=UTC)
_MARK = "<!--cut-->"


def make_composer(key: Path | None) -> Callable[[Claim], Message]:
    """Return what makes the mail of a claim, as a run of the newsletter does."""
    sender = Sender(
        name="Bench", address="news@bench.test", title="Bench",
        bounce_address="bounce@bench.test", unsubscribe_address="leave@bench.test",
        web_url="https://www.bench.test/",
    )  # fmt: skip
    issue = Issue(
        1, "weekly/2026-11-27", Frequency.WEEKLY, _THEN, _THEN, _THEN, IssueState.SENDING,
        created=_THEN,
    )  # fmt: skip
    keys = (
        [load_key(key.read_bytes(), domain="bench.test", selector="s1", path=str(key))]
        if key
        else []
    )
    composer = Composer(sender, Signer(b"0123456789abcdef"), keys, issue=issue)
    plans = make_plans()
    compiled: dict[int, Compiled] = {}

    def compose(claim: Claim) -> Message:
        choice = claim.subscriber % CHOICES
        if choice not in compiled:
            compiled[choice] = composer.compile(plans[choice])
        return composer.compose(
            compiled[choice],
            delivery=claim.delivery,
            subscriber=claim.subscriber,
            address=claim.address,
        )

    return compose


def make_plans() -> list[Plan]:
    """Return plans that show the same cards, each in an order of its own."""
    html, text = _cut_html(), _cut_text()
    plans = []
    for choice in range(CHOICES):
        order = [(choice + number) % naive.CARDS for number in range(naive.CARDS)]
        plans.append(
            Plan(
                "The week", "en", tuple(order),
                (html[0], *(html[1 + number] for number in order), html[-1]),
                (text[0], *(text[1 + number] for number in order), text[-1]),
            )
        )  # fmt: skip
    return plans


def _cut_html() -> list[Block]:
    page = naive.PAGE.replace("{% for card in cards %}", "{% for card in cards %}" + _MARK)
    page = page.replace("{% endfor %}", "{% endfor %}" + _MARK)
    cards = [naive.make_card(number) for number in range(naive.CARDS)]
    values = {"title": "The week", "cards": cards, "address": "ADDRESS", "leave": "LEAVE"}
    rendered = Environment(autoescape=True).from_string(page).render(values)
    inlined = css_inline.CSSInliner(load_remote_stylesheets=False).inline(rendered)
    return [_make_block(part, b" ") for part in inlined.split(_MARK)]


def _cut_text() -> list[Block]:
    cards = [naive.make_card(number) for number in range(naive.CARDS)]
    parts = [
        "The week, for ADDRESS\n\n",
        *(f"{card['title']}\n{card['url']}\n\n" for card in cards),
        "Unsubscribe: LEAVE\n\n",
    ]
    return [_make_block(part, b"") for part in parts]


def _make_block(part: str, blank: bytes) -> Block:
    """Return a block with its slots; padded to a multiple of three bytes if it has none."""
    data = part.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    pieces: list[bytes | Slot] = []
    for index, piece in enumerate(data.split(b"LEAVE")):
        pieces += [Slot.UNSUBSCRIBE] if index else []
        before, found, after = piece.partition(b"ADDRESS")
        pieces += [before, Slot.ADDRESS, after] if found else [piece]
    if len(pieces) > 1:
        return tuple(pieces)
    padding = b" " * (-len(data) % 3)
    return (data + padding,) if blank else (data[:-2] + padding + data[-2:],)
