"""Which domains are paused, and when a run stops."""

from feedpub.deliveries import Breaker, judge
from feedpub.ports.mailing import Reply, Stage

SENT = judge(Reply(Stage.DOT, 250, "ok"))
SPAM = judge(Reply(Stage.DOT, 554, "5.7.1 looks like spam"))
LOST = judge(Reply(Stage.RCPT, 0, "lost"))
UNKNOWN = judge(Reply(Stage.DOT, 0, "lost"))
BAD_SENDER = judge(Reply(Stage.RCPT, 550, "5.1.8 bad sender"))


def stops(breaker: Breaker) -> bool:
    return breaker.refusal is not None or breaker.trouble is not None


def test_a_policy_refusal_pauses_its_domain_only() -> None:
    breaker = Breaker(20)

    breaker.count("a.example", SPAM)

    assert breaker.paused == {"a.example": "554 5.7.1 looks like spam"}
    assert not stops(breaker)


def test_four_domains_do_not_stop_the_run_and_five_do() -> None:
    breaker = Breaker(20)
    for number in range(4):
        breaker.count(f"{number}.example", SPAM)
        breaker.count(f"{number}.example", SPAM)
    assert not stops(breaker)

    breaker.count("4.example", SPAM)

    assert breaker.refusal == "5 domains refuse our mail: 554 5.7.1 looks like spam"


def test_a_refused_sender_stops_the_run_at_once() -> None:
    breaker = Breaker(20)

    breaker.count("a.example", BAD_SENDER)

    assert breaker.refusal == "550 5.1.8 bad sender"


def test_lost_connections_in_a_row_stop_the_run() -> None:
    breaker = Breaker(20)

    for _ in range(20):
        assert not stops(breaker)
        breaker.count("a.example", LOST)

    assert breaker.trouble == "lost"


def test_a_message_that_gets_through_makes_trouble_forgotten() -> None:
    breaker = Breaker(20)

    for _ in range(100):
        breaker.count("a.example", LOST)
        breaker.count("a.example", SENT)

    assert not stops(breaker)


def test_unknown_outcomes_weigh_more_than_lost_connections() -> None:
    breaker = Breaker(20)

    for _ in range(7):
        breaker.count("a.example", UNKNOWN)

    assert stops(breaker)


def test_three_silences_are_enough() -> None:
    breaker = Breaker(20)

    for _ in range(3):
        breaker.count("a.example", UNKNOWN, timed_out=True)

    assert stops(breaker)
