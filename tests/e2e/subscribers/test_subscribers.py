"""``feedpub subscribers`` as a process: one at a time, and lists in and out."""

import csv
import io
import json
import os
import pty
import re
import resource
import stat
import subprocess
from pathlib import Path

import pytest

from tests.support import lists
from tests.support.real_site import RealSite, environment
from tests.support.subscribers import Run, listed

CANARY = "Canary.Bird@birds.example"
EXIT_USAGE, EXIT_INVALID = 2, 3

# One at a time


def test_somebody_is_added_shown_and_removed(run: Run) -> None:
    added = run(
        "add", "Ann@Example.com", "--confirmed", "--category", "生活/美食", "--frequency", "daily"
    )
    shown = run("show", "ann@example.com")
    removed = run("remove", "ann@example.com")

    assert (added.returncode, added.stdout) == (0, "")
    assert "A***@example.com is a subscriber" in added.stderr
    assert "Ann@example.com: active" in shown.stdout
    assert "categories: 生活/美食" in shown.stdout
    assert "added: editor" in shown.stdout
    assert "A***@example.com gets no more mail" in removed.stderr
    assert [one["state"] for one in listed(run)] == ["unsubscribed"]


def test_who_is_not_confirmed_is_asked(run: Run) -> None:
    done = run("add", "ann@example.com", "--json")

    assert json.loads(done.stdout)["state"] == "pending"
    assert "asked to confirm" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["add", "nobody@"], "'nobody@' is no address"),
        (["add", "a@example.com", "--category", "News/Twon"], "did you mean 'News/Town'?"),
        (["add", "a@example.com", "--language", "??"], "'??' is no language"),
        (
            ["add", "a@example.com", "--frequency", "monthly"],
            "no monthly digest is scheduled; choose",
        ),
        (["show", "nobody@example.com"], "nobody has the address n***@example.com"),
        (["remove", "nobody@example.com"], "nobody has the address n***@example.com"),
        (["forget", "nobody@example.com"], "add --yes to do it"),
        (["list", "--category", "Nws"], "did you mean 'News'?"),
        (["import", "feedpub.toml", "--map", "address"], "is not FIELD=COLUMN"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    site: RealSite, run: Run, words: list[str], message: str
) -> None:
    words = [str(site.root / word) if word == "feedpub.toml" else word for word in words]

    done = run(*words)

    assert done.returncode == EXIT_USAGE
    assert message in done.stderr


def test_a_list_is_data_and_can_be_narrowed(run: Run) -> None:
    run("add", "a@example.com", "--confirmed", "--category", "News")
    run("add", "b@example.com", "--confirmed", "--frequency", "daily")
    run("add", "c@example.com")

    table = run("list")

    assert [line.split()[0] for line in table.stdout.splitlines()] == [
        "address",
        "a@example.com",
        "b@example.com",
        "c@example.com",
    ]
    assert "3 listed; in all: 1 pending, 2 active" in table.stderr
    assert [one["address"] for one in listed(run, "--state", "pending")] == ["c@example.com"]
    assert [one["address"] for one in listed(run, "--category", "生活")] == [
        "b@example.com",
        "c@example.com",
    ]
    assert [one["address"] for one in listed(run, "--frequency", "daily", "--limit", "1")] == [
        "b@example.com"
    ]


def test_without_the_key_nothing_is_signed_or_looked_up(site: RealSite, run: Run) -> None:
    (site.root / "feedpub.key").unlink()

    done = run("list")

    assert done.returncode == EXIT_INVALID
    assert "the site's key is missing" in done.stderr


# Files


def test_an_export_of_a_peer_is_taken_in_and_given_out(
    run: Run, tmp_path: Path, site: RealSite
) -> None:
    source, target = tmp_path / "buttondown.csv", tmp_path / "out.csv"
    source.write_text(lists.BUTTONDOWN)

    taken = run("import", source)
    given = run("export", target)

    assert taken.returncode == 0, taken.stderr
    assert "read as buttondown, utf-8: address from email" in taken.stderr
    assert (
        "added 1 bounced, 1 complained, 2 confirmed, 1 unconfirmed, 1 unsubscribed of 6 rows"
        in taken.stderr
    )
    assert "the unconfirmed get no mail" in taken.stderr
    assert given.returncode == 0, given.stderr
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    assert {row["address"].partition("@")[0]: row["state"] for row in rows} == {
        "yes": "active",
        "notyet": "pending",
        "left": "unsubscribed",
        "bad": "bounced",
        "angry": "complained",
        "rest": "active",
    }


def test_what_is_given_out_is_taken_in_elsewhere_as_it_was(
    template: RealSite, run: Run, tmp_path: Path
) -> None:
    run("add", "=1+a@example.com", "--confirmed", "--category", "News/Town", "--language", "en")
    run("add", "b@example.com")
    text = run("export").stdout
    other = template.copy(tmp_path / "other")

    taken = other.run("subscribers", "import", "-", input=text)

    assert "'=1+a@example.com" in text
    assert taken.returncode == 0, taken.stderr
    assert other.run("subscribers", "export").stdout == text
    assert listed(lambda *words: other.run("subscribers", *words)) == listed(run)


def test_an_existing_file_is_not_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("mine")

    assert run("export", target).returncode == EXIT_USAGE
    assert target.read_text() == "mine"
    assert run("export", target, "--force").returncode == 0


def test_rows_that_are_no_good_go_to_a_file_of_their_own(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes("邮箱;状态\ngood@example.com;confirmed\nzhang@;confirmed\n".encode("gbk"))

    done = run("import", source)

    rejected = tmp_path / "list.csv.rejected.csv"
    assert done.returncode == EXIT_INVALID
    assert "added 1 confirmed of 2 rows" in done.stderr
    assert "row 3: there must be something after the @-sign" in done.stderr
    assert f"1 row was not taken; they are in {rejected}" in done.stderr
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    assert rejected.read_text().splitlines() == [
        "row,reason,邮箱,状态",
        "3,there must be something after the @-sign,zhang@,confirmed",
    ]


def test_a_dry_run_keeps_nothing(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "list.txt"
    source.write_text(lists.PLAIN + "bad@\n")

    done = run("import", source, "--as", "confirmed", "--dry-run", "--json")

    assert done.returncode == EXIT_INVALID
    assert json.loads(done.stdout)["added"] == {"confirmed": 3}
    assert "would add 3 confirmed" in done.stderr
    assert listed(run) == []
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["list.txt"]


def test_columns_can_be_named(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("private,work,wants\na@example.com,b@example.com,News/Town\n")

    run("import", source, "--map", "address=work", "--map", "categories=wants")

    (found,) = listed(run)
    assert (found["address"], found["categories"]) == ("b@example.com", ["News/Town"])


def test_a_known_address_stops_an_import_that_shall_not_meet_any(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "list.txt"
    source.write_text("new@example.com\nann@example.com\n")
    run("add", "ann@example.com", "--confirmed")

    done = run("import", source, "--on-conflict", "fail")

    assert done.returncode == EXIT_INVALID
    assert "row 2: the address is known already" in done.stderr
    assert len(listed(run)) == 1


def test_addresses_are_masked_in_talk_and_in_logs(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text(f"email,status\n{CANARY},active\n{CANARY},active\nx {CANARY},active\n")

    said = [
        run("-vv", "import", source),
        run("-vv", "add", CANARY),
        run("-vv", "add", CANARY),
        run("-vv", "show", CANARY),
        run("-vv", "list"),
        run("-vv", "export"),
        run("-vv", "remove", CANARY),
        run("-vv", "forget", CANARY, "--yes"),
        run("-vv", "show", CANARY),
    ]

    assert [done.stderr for done in said if "anary" in done.stderr] == []


def test_a_progress_bar_is_shown_on_a_terminal(site: RealSite, tmp_path: Path) -> None:
    source = tmp_path / "list.txt"
    source.write_text("".join(f"a{number}@example.com\n" for number in range(20_000)))
    main, terminal = pty.openpty()
    with subprocess.Popen(
        site.command("subscribers", "import", source),
        stderr=terminal,
        stdin=subprocess.DEVNULL,
        env={**environment(), "TERM": "xterm"},
        cwd="/",
    ) as process:
        os.close(terminal)
        seen = b""
        while chunk := _read(main):
            seen += chunk
        assert process.wait(60) == 0
    os.close(main)

    assert re.search(rb"subscribers.*0,?000/20000", seen.replace(b"\r", b"")) is not None


def _read(main: int) -> bytes:
    try:
        return os.read(main, 65_536)
    except OSError:  # Linux tells so that the other end was closed
        return b""


@pytest.mark.slow
def test_a_hundred_thousand_rows_take_less_than_ten_seconds(site: RealSite, tmp_path: Path) -> None:
    source = tmp_path / "subscribed_members.csv"
    heading, row, _ = lists.MAILCHIMP_SUBSCRIBED.splitlines()
    with source.open("w") as file:
        file.write(heading + "\n")
        for number in range(100_000):
            file.write(row.replace("ann@", f"ann.{number}@") + "\n")

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Started, so that its time is that of a child of this process.
    done = site.run("subscribers", "import", source, wrapper=["env"])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    # Of the processor: how much of it others leave to this test is nobody's promise.
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert "added 100,000 confirmed of 100,000 rows" in done.stderr
    assert 100_000 / seconds >= 10_000
