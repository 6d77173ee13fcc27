"""The sending benchmark judges by what was promised; how long things take is no test's business."""

import pytest

from feedpub.ports.mailing import Claim
from tests.bench.sending.mails import CHOICES, make_composer, make_plans
from tests.bench.sending.race import RACES
from tests.bench.sending.rows import LIMITS, Row, format_rows
from tests.support.ledger import ISSUE


@pytest.mark.parametrize(
    ("what", "value", "verdict"),
    [
        ("smtp-sink, 1 connection", 1.6, "aim"),
        ("smtp-sink, 1 connection", 1.2, "must"),
        ("smtp-sink, 1 connection", 0.9, "MISSED"),
        ("peak memory", 79.0, "aim"),
        ("peak memory", 130.0, "MISSED"),
        ("something else", 1.0, ""),
    ],
)
def test_a_figure_is_judged_by_its_limits(what: str, value: float, verdict: str) -> None:
    row = Row(what, "1/s", "peer", "1/s", value)

    assert row.verdict == verdict
    assert what in format_rows([row])


def test_every_promise_has_its_race() -> None:
    assert len(RACES) == 9
    assert len(LIMITS) == 11


def test_each_choice_gets_the_same_cards_in_an_order_of_its_own() -> None:
    plans = make_plans()

    assert len(plans) == CHOICES
    assert len({frozenset(plan.articles) for plan in plans}) == 1
    assert plans[0].articles != plans[1].articles


def test_the_mails_are_as_large_as_promised() -> None:
    compose = make_composer(None)

    message = compose(Claim(1, ISSUE, 1, "reader1@inbox.test", (), "en", 0))

    assert 70_000 < len(message.data) < 78_000
