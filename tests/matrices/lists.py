"""A kill at every call by which a list of subscribers is taken in, or a backup put back.

    python -m tests.matrices.lists [--sample N] [--seed S] [--rows N] [--scenario import|restore]
                                   [--folder DIR]

After each the database must be sound; every subscriber must stand where they stood before or
where an undisturbed run leaves them, in whole batches and each with their line in the consent log;
and the same command, typed again, must end as an undisturbed one does.
"""

import random
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.matrices.points import make_parser, run_well, say, tell_failure, visit
from tests.support import strace
from tests.support.real_site import RealSite
from tests.support.strace import Call

KINDS = ("import", "restore")
BATCH = 5000
"""Rows that are taken in together; see ``feedpub.audience.importing``."""

SETTINGS = """
[newsletter]
weekly = "Fri 09:00"
from = "News <news@example.com>"
postal_address = "1 Street, Town"
"""
_WORDS = ("active", "active", "pending", "unsubscribed", "bounced")
_PEOPLE = "SELECT address, state FROM subscribers ORDER BY address"
_UNLOGGED = (
    "SELECT count(*) FROM subscribers s"
    " WHERE NOT EXISTS (SELECT 1 FROM consents c WHERE c.subscriber = s.id)"
)
People = dict[str, int]


@dataclass(frozen=True)
class Scenario:
    """A run to disturb.

    Attributes:
        name: For people.
        template: The site right before it.
        command: After ``feedpub -C SITE``.
        before: Where everybody stands.
        after: Where they stand after an undisturbed run.
        order: Addresses of the list, as it has them; empty for a restore.
        calls: Where it can be disturbed.
        place: The folder in which it runs.
    """

    name: str
    template: RealSite
    command: Sequence[str]
    before: People
    after: People
    order: Sequence[str]
    calls: Sequence[Call]
    place: Path


def prepare(folder: Path, kind: str, rows: int) -> Scenario:
    """Make a scenario: the ``import`` of a list, or the ``restore`` of a backup made before it."""
    place = folder / "site"
    template = RealSite.create(folder / kind)
    settings = template.root / "feedpub.toml"
    settings.write_text(settings.read_text("utf-8") + SETTINGS, "utf-8")
    order = write_lists(template, rows)
    run_well(template, "subscribers", "import", str(template.root / "first.csv"))
    command = ["subscribers", "import", str(place / "second.csv"), "--on-conflict", "update"]
    if kind == "restore":
        run_well(template, "backup", str(template.root / "backup.db"))
        here = str(template.root / "second.csv")
        run_well(template, *command[:2], here, *command[3:])
        command, order = ["restore", "--yes", str(place / "backup.db")], []
    site = template.copy(place)
    before = read_people(site)
    calls = [call for call in strace.record(site.words(*command), place) if call.changes]
    return Scenario(kind, template, command, before, read_people(site), order, calls, place)


def write_lists(site: RealSite, rows: int) -> list[str]:
    """Write a list and a longer one, by which some of the first leave; return that one's order."""
    order = [f"reader{number}@inbox{number % 97}.example" for number in range(rows)]
    for name, some, shift in (("first.csv", order[::7], 0), ("second.csv", order, 3)):
        lines = [f"{one},{_WORDS[(at * (1 + shift)) % 5]}" for at, one in enumerate(some)]
        (site.root / name).write_text("\n".join(["email,status", *lines, ""]), "utf-8")
    return order


def read_people(site: RealSite) -> People:
    """Return where everybody stands."""
    with closing(sqlite3.connect(site.database)) as connection:
        return dict(connection.execute(_PEOPLE).fetchall())


def disturb(scenario: Scenario, call: Call) -> str:
    """Kill one run at one call, and return whatever is not as promised."""
    site = scenario.template.copy(scenario.place)
    ended = strace.inject(call, strace.KILL, site.words(*scenario.command))
    problems = [*find_harm(scenario, site)]
    if ended.code not in (0, -signal.SIGKILL):
        problems.append(f"exits with {ended.code}: {ended.said}")
    again = strace.run(site.words(*scenario.command))
    if again.code:
        problems.append(f"the next run exits with {again.code}: {again.said}")
    elif read_people(site) != scenario.after:
        problems.append("after the next run people stand elsewhere")
    return tell_failure(f"{scenario.name}: killed at {call}", problems)


def find_harm(scenario: Scenario, site: RealSite) -> Iterator[str]:
    """Yield what is wrong right after the kill."""
    with closing(sqlite3.connect(site.database)) as connection:
        for question in ("PRAGMA integrity_check(1)", "PRAGMA foreign_key_check"):
            if (answer := connection.execute(question).fetchall()) not in ([], [("ok",)]):
                yield f"{question}: {answer}"
        ((unlogged,),) = connection.execute(_UNLOGGED).fetchall()
    if unlogged:
        yield f"{unlogged} subscribers have no line in the consent log"
    people = read_people(site)
    if people not in list_states(scenario):
        yield "people stand neither where they stood nor where a batch leaves them"


def list_states(scenario: Scenario) -> Iterator[People]:
    """Yield the states between which a run may be cut: before, after each batch, at its end."""
    people = dict(scenario.before)
    yield people
    for start in range(0, len(scenario.order), BATCH):
        for address in scenario.order[start : start + BATCH]:
            people[address] = scenario.after[address]
        yield people
    yield scenario.after


def choose(calls: Sequence[Call], sample: int | None, chance: random.Random) -> list[Call]:
    """Return some of the calls, of each kind at least one; all without a number."""
    chosen = list(calls)
    if sample is None:
        return chosen
    chance.shuffle(chosen)
    rare = {call.name: call for call in chosen}
    return [*rare.values(), *chosen][: max(sample, len(rare))]


def run(scenario: Scenario, *, sample: int | None, seed: int) -> list[str]:
    """Kill at all calls, or at a sample; return the failures."""
    calls = choose(scenario.calls, sample, random.Random(seed))
    say(f"{scenario.name}: {len(calls)} of {len(scenario.calls)} points")
    return visit(calls, lambda call: disturb(scenario, call))


def main() -> int:
    """Run the matrix; return 1 if a promise is broken."""
    parser = make_parser("python -m tests.matrices.lists", KINDS)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    failures = []
    with tempfile.TemporaryDirectory(prefix="listmatrix-", dir=options.folder) as name:
        for kind in options.scenario or KINDS:
            scenario = prepare(Path(name), kind, options.rows)
            failures += run(scenario, sample=options.sample, seed=options.seed)
    say(f"{len(failures)} failures")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
