"""A list of subscribers taken in: every row is somebody's yes, no or not yet, never guessed."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice

from feedpub.audience.changing import change_preferences
from feedpub.audience.desk import Desk, write_wish
from feedpub.audience.importcounts import Counts
from feedpub.audience.setup import AudienceSetup
from feedpub.batches import cut_batches
from feedpub.errors import CategoryError, ListError
from feedpub.model import (
    Choice,
    DeliveryState,
    ImportKind,
    ImportOptions,
    ImportReport,
    NoticeKind,
    OnConflict,
    RejectedRow,
    SubscriberState,
)
from feedpub.ports import Progress
from feedpub.ports.people import ConsentRow, NoticeRow, Person
from feedpub.subscribers.choices import resolve_choice
from feedpub.subscribers.columns import Columns, find_columns
from feedpub.subscribers.entries import Entry, RowReader
from feedpub.subscribers.limits import identify_asker
from feedpub.subscribers.networks import is_address
from feedpub.subscribers.states import Change, Event, move
from feedpub.subscribers.table import Row, Table, open_table

CHUNK = 5000
STAGE = "subscribers"
_LOOKED_AT = 50
_STATES = {
    ImportKind.CONFIRMED: SubscriberState.ACTIVE,
    ImportKind.UNCONFIRMED: SubscriberState.PENDING,
    ImportKind.UNSUBSCRIBED: SubscriberState.UNSUBSCRIBED,
    ImportKind.BOUNCED: SubscriberState.BOUNCED,
    ImportKind.COMPLAINED: SubscriberState.COMPLAINED,
}
_BARRED = (ImportKind.BOUNCED, ImportKind.COMPLAINED)
# What a row does to somebody who is known; a yes brings nobody back who left.
_EVENTS = {
    ImportKind.UNSUBSCRIBED: Event.UNSUBSCRIBED,
    ImportKind.BOUNCED: Event.BOUNCED,
    ImportKind.COMPLAINED: Event.COMPLAINED,
}


class _DryRunError(Exception):
    """Undoes a transaction in which everything was tried."""


class Import:
    """One file on its way in."""

    def __init__(
        self, setup: AudienceSetup, options: ImportOptions, progress: Progress | None
    ) -> None:
        self._setup = setup
        self._options = options
        self._progress = progress
        self._counts = Counts()
        self._seen: dict[str, int] = {}
        self._choices: dict[tuple[str, ...], Choice | str] = {}
        self._source = options.source or f"import {options.name}".strip()

    def run(self, data: bytes) -> ImportReport:
        """Take the file in.

        Raises:
            ListError: It cannot be read, or has an address that is known already where that is
                an error; nothing was kept.
        """
        table = open_table(data, self._options.encoding)
        first = [cells for _, cells in islice(table.rows(), _LOOKED_AT)]
        if not first:
            raise ListError("the file is empty; choose another")
        columns = find_columns(first, self._options.mapping)
        reader = RowReader(columns, name=self._options.name, default=self._options.kind)
        rows = table.rows()
        if columns.headings:
            next(rows)
        self._take_all(rows, reader, table.text.count("\n"))
        return self._report(table, columns)

    def _take_all(self, rows: Iterator[Row], reader: RowReader, total: int) -> None:
        """Take the rows in, a transaction for every few thousand, or one that is undone."""
        if self._options.dry_run or self._options.on_conflict == OnConflict.FAIL:
            with self._try_out() as desk:
                for chunk in cut_batches(rows, CHUNK):
                    self._take(desk, chunk, reader, total)
            return
        for chunk in cut_batches(rows, CHUNK):
            with self._setup.transaction() as catalog:
                self._take(Desk(self._setup, catalog), chunk, reader, total)

    @contextmanager
    def _try_out(self) -> Iterator[Desk]:
        try:
            with self._setup.transaction() as catalog:
                yield Desk(self._setup, catalog)
                if self._options.dry_run:
                    raise _DryRunError
        except _DryRunError:
            return

    def _take(self, desk: Desk, rows: Sequence[Row], reader: RowReader, total: int) -> None:
        self._counts.rows += len(rows)
        entries = self._read(desk, rows, reader)
        hashes = {mailbox: desk.hash(mailbox) for mailbox in entries}
        known = desk.people.find(hashes)
        barred = desk.people.suppressed(hashes.values())
        fresh: list[Entry] = []
        for mailbox, (number, entry) in entries.items():
            if mailbox in known:
                self._meet(desk, known[mailbox], entry, number)
            elif hashes[mailbox] in barred:
                self._counts.suppressed += 1
            else:
                fresh.append(entry)
        self._add(desk, fresh, hashes)
        if self._progress is not None:
            self._progress(STAGE, self._counts.rows, max(total, self._counts.rows))

    def _read(
        self, desk: Desk, rows: Sequence[Row], reader: RowReader
    ) -> dict[str, tuple[int, Entry]]:
        """Return the rows that can be taken by mailbox; the others are noted.

        A second row of an address is none of them, unless it is a no: that counts in any row.
        """
        found: dict[str, tuple[int, Entry]] = {}
        for number, cells in rows:
            try:
                entry = reader.read(cells)
                self._resolve(desk, entry)
            except ValueError as error:
                self._reject(number, str(error), cells)
                continue
            mailbox = entry.address.mailbox
            before = self._seen.setdefault(mailbox, number)
            if before == number:
                found[mailbox] = number, entry
            elif entry.kind in _EVENTS:
                self._repeat(found, number, entry)
            else:
                self._reject(number, f"the same address as in row {before}", cells)
        return found

    def _repeat(self, found: dict[str, tuple[int, Entry]], number: int, entry: Entry) -> None:
        """Take in a second row of an address that says no; of two the graver one stays."""
        mailbox = entry.address.mailbox
        if mailbox not in found or _gravity(found[mailbox][1]) < _gravity(entry):
            found[mailbox] = number, entry

    def _reject(self, number: int, reason: str, cells: Sequence[str]) -> None:
        self._counts.rejected.append(RejectedRow(number, reason, tuple(cells)))

    def _resolve(self, desk: Desk, entry: Entry) -> Choice:
        """Return the choice of a row; each combination is looked up once."""
        names = entry.categories
        if not names:
            return ()
        if names not in self._choices:
            try:
                self._choices[names] = resolve_choice(desk.tree, names)
            except CategoryError as error:
                self._choices[names] = str(error)
        found = self._choices[names]
        if isinstance(found, str):
            raise ValueError(found)
        return found

    # New ones

    def _add(self, desk: Desk, entries: Sequence[Entry], hashes: dict[str, bytes]) -> None:
        first = desk.people.next_id()
        people = [self._make_person(desk, entry, row) for row, entry in enumerate(entries, first)]
        desk.people.insert(people)
        pairs = list(zip(people, entries, strict=True))
        desk.people.log([self._make_consent(desk, *pair) for pair in pairs])
        desk.people.suppress(
            [
                (hashes[entry.address.mailbox], _STATES[entry.kind].name.lower(), desk.now)
                for entry in entries
                if entry.kind in _BARRED
            ]
        )
        self._counts.added.update(entry.kind for entry in entries)
        if self._options.send_confirmation:
            self._ask(desk, [one for one, entry in pairs if entry.kind == ImportKind.UNCONFIRMED])

    def _make_person(self, desk: Desk, entry: Entry, row: int) -> Person:
        created = min(entry.created or desk.now, desk.now)
        said_yes = entry.kind != ImportKind.UNCONFIRMED and (
            entry.kind == ImportKind.CONFIRMED or entry.confirmed is not None
        )
        return Person(
            row,
            entry.address.text,
            entry.address.mailbox,
            int(_STATES[entry.kind]),
            created,
            min(entry.confirmed or created, desk.now) if said_yes else None,
            self._resolve(desk, entry),
            entry.frequency and entry.frequency.value,
            entry.language,
            entry.paused,
        )

    def _make_consent(self, desk: Desk, person: Person, entry: Entry) -> ConsentRow:
        network = entry.network if entry.network and is_address(entry.network) else None
        return ConsentRow(
            person.id, desk.now, Change.IMPORTED.value, self._source, "", "", network,
            _describe(entry.kind, said=entry.said),
        )  # fmt: skip

    def _ask(self, desk: Desk, people: Sequence[Person]) -> None:
        rows = [
            NoticeRow(
                0, person.id, NoticeKind.CONFIRM.value,
                write_wish(person.choice, person.frequency, person.language),
                int(DeliveryState.QUEUED), desk.now,
            )
            for person in people
        ]  # fmt: skip
        desk.people.add_notices(rows)
        for person in people:
            asker = identify_asker(self._setup.signer, person.mailbox or "", None)
            desk.people.note_attempts([asker.person], desk.now)
        self._counts.asked += len(rows)

    # Known ones

    def _meet(self, desk: Desk, person: Person, entry: Entry, number: int) -> None:
        """Do what is to be done with a row whose address is known.

        Raises:
            ListError: That is an error.
        """
        if entry.kind in _EVENTS:
            self._counts.withdrawn += self._keep(
                desk, person, self._withdraw(desk, person, entry), entry
            )
            return
        if self._options.on_conflict == OnConflict.FAIL:
            raise ListError(
                f"row {number}: the address is known already, so nothing was taken; "
                "choose --on-conflict skip or update"
            )
        if self._options.on_conflict == OnConflict.SKIP:
            self._counts.skipped += 1
            return
        self._counts.updated += self._keep(desk, person, self._change(desk, person, entry), entry)

    def _keep(self, desk: Desk, person: Person, changed: Person, entry: Entry) -> bool:
        """Keep what a row made of somebody; return whether it changed them at all."""
        if changed == person:
            self._counts.skipped += 1
            return False
        desk.save(changed)
        details = _describe(entry.kind, said=entry.said)
        desk.log(person.id, Change.IMPORTED, source=self._source, details=details)
        return True

    def _withdraw(self, desk: Desk, person: Person, entry: Entry) -> Person:
        """Return somebody of whom a row says that they want no mail, or cannot get it.

        The law asks for it, so this is no conflict that the editor could decide.
        """
        state = move(SubscriberState(person.state), _EVENTS[entry.kind])
        if entry.kind in _BARRED:
            desk.suppress(person.mailbox or "", _STATES[entry.kind])
        return person if state is None else person._replace(state=int(state))

    def _change(self, desk: Desk, person: Person, entry: Entry) -> Person:
        if person.state not in (SubscriberState.PENDING, SubscriberState.ACTIVE):
            return person
        changed = self._change_wish(desk, person, entry)
        if person.state == SubscriberState.PENDING and entry.kind == ImportKind.CONFIRMED:
            changed = desk.activate(changed, Event.ADDED)
        return changed

    def _change_wish(self, desk: Desk, person: Person, entry: Entry) -> Person:
        """Return somebody with the preferences that a file has columns for."""
        known = entry.categories is not None
        frequency = entry.frequency or desk.own_frequency(person)
        return change_preferences(
            desk,
            person,
            choice=self._resolve(desk, entry) if known else person.choice,
            frequency=frequency,
            language=entry.language or person.language,
            source=self._source,
        )

    def _report(self, table: Table, columns: Columns) -> ImportReport:
        counts = self._counts
        return ImportReport(
            peer=columns.peer,
            encoding=table.encoding,
            columns=columns.describe(),
            rows=counts.rows,
            added=dict(sorted(counts.added.items())),
            updated=counts.updated,
            withdrawn=counts.withdrawn,
            skipped=counts.skipped,
            suppressed=counts.suppressed,
            asked=counts.asked,
            rejected=tuple(counts.rejected),
            headings=columns.headings,
        )


@cache
def _describe(kind: ImportKind, *, said: bool) -> str:
    """Return what the log says of a row: what it was about, and whose word that was."""
    return json.dumps({"kind": kind.value, "said": "file" if said else "editor"})


def _gravity(entry: Entry) -> int:
    """Return how much the kind of a row weighs: a yes least, a complaint most."""
    return list(_EVENTS).index(entry.kind) if entry.kind in _EVENTS else -1
