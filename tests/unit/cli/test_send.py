"""``send``, ``issue`` and ``preview``: what is asked, told and exited with."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from feedpub.errors import IssueHeldError, MailerError
from feedpub.mailing.results import End
from feedpub.model import DeliveryState, Frequency
from feedpub.ports.mailing import Listed
from feedpub.sending import StopReason
from tests.support.cli import FakeSite, run, write_site
from tests.support.little_room import little_room
from tests.support.newsletters import ISSUE, NOW, PLAN, SENT, FakeNewsletter

NEWSLETTER = """
[newsletter]
weekly = "Fri 09:00"
from = "news@example.org"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_site(tmp_path, NEWSLETTER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def site_with(**changes: object) -> FakeSite:
    return FakeSite(newsletter=FakeNewsletter(**changes))  # type: ignore[arg-type]


def test_a_send_builds_first() -> None:
    site = FakeSite()

    result = run("send", "weekly", "--yes", site=site)

    assert result.exit_code == 0, result.output
    assert [name for name, _ in site.calls if name == "build"] == ["build"]
    assert "weekly/2026-11-27: 5 articles; 120 sent" in result.stderr


def test_a_send_without_build_reads_nothing() -> None:
    site = FakeSite()

    run("send", "--yes", "--no-build", site=site)

    assert "build" not in [name for name, _ in site.calls]


def test_off_a_terminal_nobody_is_mailed_without_yes() -> None:
    site = FakeSite()

    result = run("send", "weekly", site=site)

    assert result.exit_code == 2
    assert "add --yes" in result.stderr
    assert not [name for name, _ in site.newsletter.calls if name == "send"]


def test_what_was_agreed_to_is_passed_on() -> None:
    site = FakeSite()

    run("send", "--yes", "--max-recipients", "120", "--limit", "7", "--rate", "2", site=site)

    _, choices = site.newsletter.asked("send")
    assert (choices.agreed, choices.limit, choices.rate_per_s) == (120, 7, 2.0)


def test_the_editors_hand_reaches_the_issue() -> None:
    site = FakeSite()

    run("send", "--yes", "--subject", "今日", "--lead", "a.md", "--exclude", "bb.md", site=site)

    _, choices = site.newsletter.asked("send")
    assert (choices.hand.subject, choices.hand.lead, choices.hand.exclude) == ("今日", 4, (5,))


def test_a_dry_run_shows_the_plan_and_sends_nothing() -> None:
    site = FakeSite()

    result = run("send", "--dry-run", site=site)

    assert result.exit_code == 0
    assert "recipients  120 (a***@example.com ...)" in result.stderr
    assert not [name for name, _ in site.newsletter.calls if name == "send"]


def test_a_dry_run_as_json() -> None:
    result = run("--json", "send", "--dry-run", "--no-build", site=FakeSite())

    assert json.loads(result.stdout)[0]["recipients"] == PLAN.recipients


def test_a_test_goes_to_one_address() -> None:
    site = FakeSite()

    result = run("send", "--test-to", "me@example.org", site=site)

    assert result.exit_code == 0
    assert site.newsletter.asked("test")[:2] == (Frequency.WEEKLY, "me@example.org")


def test_a_rehearsed_test_says_that_it_is_a_file() -> None:
    result = run("send", "--test-to", "me@example.org", site=site_with(is_rehearsal=True))

    assert "wrote outbox/test.eml" in result.stderr
    assert "sent" not in result.stderr


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end": End.SENT}, 0),
        ({"end": End.NOTHING}, 0),
        ({"end": End.NOT_DUE, "next_due": NOW}, 0),
        ({"end": End.PARTLY, "counts": {DeliveryState.UNKNOWN: 1}}, 4),
        ({"end": End.PARTLY, "stopped": StopReason.UNREACHABLE, "retry_at": NOW}, 75),
        ({"end": End.PARTLY, "stopped": StopReason.REFUSED}, 1),
        ({"end": End.PARTLY, "stopped": StopReason.SIGNAL}, 4),
        ({"end": End.REHEARSED}, 3),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_exit_code_says_how_it_ended(changes: dict[str, object], code: int) -> None:
    result = run("send", "--yes", site=site_with(result=replace(SENT, **changes)))  # type: ignore[arg-type]

    assert result.exit_code == code, result.output


@pytest.mark.parametrize(
    ("error", "code"),
    [(IssueHeldError("held", key="k"), 4), (MailerError("down"), 75)],
    ids=["held", "down"],
)
def test_an_error_ends_a_send_with_its_code(error: Exception, code: int) -> None:
    result = run("send", "--yes", site=site_with(error=error))

    assert result.exit_code == code
    assert f"error: {error}" in result.stderr


def test_results_as_json_name_states_by_words() -> None:
    result = run("--json", "send", "--yes", "--no-build", site=FakeSite())

    (sent,) = json.loads(result.stdout)
    assert (sent["end"], sent["counts"]) == ("sent", {"sent": 120})


# Issues


def test_issues_are_listed_with_their_sums() -> None:
    result = run("issue", "list", site=FakeSite())

    assert "118 sent, 2 failed" in result.stdout


def test_an_issue_is_shown_with_articles_and_what_to_type_next() -> None:
    result = run("issue", "show", ISSUE.key, "--state", "failed", site=FakeSite())

    assert "标题" in result.stdout
    assert "hidden" in result.stdout
    assert "sent by      host, process 7" in result.stdout
    assert result.stdout.rstrip().endswith("next: next")


def test_undecided_recipients_are_shown_with_the_command_that_decides() -> None:
    row = Listed(7, 3, "a@b.test", DeliveryState.UNKNOWN, 1, 0, 0, "451 4.3.0", "4.3.0 busy")
    site = site_with(rows=(row,))

    result = run("issue", "show", ISSUE.key, "--state", "unknown", site=site)

    assert "451 4.3.0 busy" in result.stdout
    assert f"send again: feedpub issue resend {ISSUE.key} --state unknown" in result.stdout


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (("drop", ISSUE.key, "--yes"), "drop"),
        (("stop", ISSUE.key), "stop"),
        (("stop", "--undo", ISSUE.key), "resume"),
        (("resend", ISSUE.key, "--state", "unknown"), "resend"),
        (("resend", ISSUE.key, "--state", "failed", "--skip"), "give_up"),
        (("prepare", "weekly", "--now"), "prepare"),
    ],
    ids=str,
)
def test_a_verb_of_the_editor_reaches_the_newsletter(words: tuple[str, ...], call: str) -> None:
    site = FakeSite()

    result = run("issue", *words, site=site)

    assert result.exit_code == 0, result.output
    assert site.newsletter.asked(call)


def test_an_issue_is_dropped_unasked_only_by_a_flag() -> None:
    site = FakeSite()

    result = run("issue", "drop", ISSUE.key, site=site)

    assert result.exit_code == 2
    assert "this cannot be undone; add --yes to do it" in result.output
    assert site.newsletter.calls == []


@pytest.mark.parametrize(("answer", "dropped"), [("y", 1), ("n", 0)])
def test_on_a_terminal_an_issue_is_dropped_after_a_question(
    monkeypatch: pytest.MonkeyPatch, answer: str, dropped: int
) -> None:
    monkeypatch.setattr("feedpub.cli.session.Session.may_ask", True)
    site = FakeSite()

    result = run("issue", "drop", ISSUE.key, site=site, input=f"{answer}\n")

    assert f"Never send {ISSUE.key}" in result.output
    assert len(site.newsletter.calls) == dropped


# Preview


def test_a_preview_of_a_site_in_a_bucket_shows_pictures_from_there_and_says_so(
    folder: Path,
) -> None:
    settings = folder / "feedpub.toml"
    settings.write_text('target = "s3://bucket/feeds"\n' + settings.read_text("utf-8"), "utf-8")

    result = run("preview", site=FakeSite())

    assert "pictures that are not in s3://bucket/feeds yet are missing" in result.stderr


def test_a_preview_is_written_as_html(folder: Path) -> None:
    run("preview", site=FakeSite())

    assert "<p>五篇</p>" in (folder / "preview.html").read_text("utf-8")


def test_a_preview_is_as_it_was_where_there_is_no_room(folder: Path) -> None:
    (folder / "preview.html").write_text("precious")

    with little_room(8):
        result = run("preview", site=FakeSite())

    assert "make room" in result.stderr
    assert (folder / "preview.html").read_text() == "precious"


def test_a_dark_preview_is_dark_on_every_screen(folder: Path) -> None:
    run("preview", "--dark", "-o", "dark.html", site=FakeSite())

    assert "@media screen" in (folder / "dark.html").read_text("utf-8")


def test_a_mobile_preview_is_a_narrow_frame(folder: Path) -> None:
    run("preview", "--mobile", "-o", "m.html", site=FakeSite())

    assert '<iframe title="preview" width="375"' in (folder / "m.html").read_text("utf-8")


@pytest.mark.parametrize(("name", "begins"), [("p.eml", b"Subject:"), ("p.txt", "五篇".encode())])
def test_the_name_of_the_file_says_what_is_written(folder: Path, name: str, begins: bytes) -> None:
    run("preview", "-o", name, site=FakeSite())

    assert (folder / name).read_bytes().startswith(begins)


def test_text_on_the_terminal_moves_no_cursor() -> None:
    result = run("preview", "--text", site=FakeSite())

    assert result.stdout.startswith("五篇")
    assert "\x1b" not in result.stdout


def test_a_preview_as_a_subscriber_gets_it() -> None:
    site = FakeSite()

    run("preview", "weekly", "--as", "7", "--language", "en", site=site)

    _, options = site.newsletter.asked("preview")
    assert (options["subscriber"], options["language"]) == (7, "en")
