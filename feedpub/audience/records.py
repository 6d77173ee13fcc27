"""What can be asked about subscribers without changing one, and lists of them as files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from feedpub.audience import looking
from feedpub.audience.desk import Desk, make_subscriber
from feedpub.audience.importing import Import
from feedpub.audience.setup import AudienceSetup
from feedpub.catalog.categories import EVERYTHING
from feedpub.model import (
    Category,
    Choice,
    Frequency,
    ImportOptions,
    ImportReport,
    Subscriber,
    SubscriberRecord,
    SubscriberState,
)
from feedpub.ports import Progress
from feedpub.subscribers.choices import resolve_choice
from feedpub.subscribers.pace import count_mails
from feedpub.subscribers.spreadsheet import write_rows

_LATEST = 1000


class Records:
    """The half of ``Audience`` that looks at subscribers, one at a time or all of them."""

    def __init__(self, setup: AudienceSetup) -> None:
        self._setup = setup

    @contextmanager
    def _desk(self, *, read_only: bool = False) -> Iterator[Desk]:
        with self._setup.transaction(read_only=read_only) as catalog:
            yield Desk(self._setup, catalog)

    # Choices

    @property
    def frequencies(self) -> tuple[Frequency, ...]:
        """The digests that the site sends, oftenest first; empty if it sends none."""
        return self._setup.frequencies

    @property
    def default_frequency(self) -> Frequency | None:
        """The digest that somebody gets who chose none."""
        return self._setup.default_frequency

    def list_categories(self) -> tuple[Category, ...]:
        """Return every category that can be chosen, depth-first, without the root."""
        with self._desk(read_only=True) as desk:
            return tuple(node for node in desk.tree if node.path)

    def resolve_choice(self, asked: Sequence[str]) -> Choice:
        """Return the choice that names, paths such as ``a/b`` or folders (slugs) mean.

        A category below another chosen one is left out; nothing, or the root, means all.

        Raises:
            CategoryError: There is no such category; names the nearest.
        """
        with self._desk(read_only=True) as desk:
            return resolve_choice(desk.tree, asked)

    def estimate_mails(self) -> Mapping[Frequency, int]:
        """Return about how many mails a month each frequency makes; empty if nothing is new."""
        with self._setup.transaction(read_only=True) as catalog:
            latest = [at for at, _ in catalog.shelves.newest(EVERYTHING.id, _LATEST)]
        found = count_mails(latest, now=self._setup.now(), whole=len(latest) < _LATEST)
        return {one: found[one] for one in self.frequencies if one in found}

    # Looking

    def get(self, subscriber: int) -> Subscriber:
        """Return a subscriber by row.

        Raises:
            SubscriberError: There is none.
        """
        with self._desk(read_only=True) as desk:
            return make_subscriber(desk.get(subscriber))

    def find_recipient(self, delivery: int) -> int | None:
        """Return whose copy of an issue a row of the ledger is; None if there is no such row."""
        with self._desk(read_only=True) as desk:
            return desk.people.recipient(delivery)

    def show(self, address: str) -> SubscriberRecord:
        """Return all that is known of whoever has an address.

        Raises:
            AddressError: It is no address.
            SubscriberError: Nobody has it.
        """
        with self._desk(read_only=True) as desk:
            return looking.describe(desk, looking.find_person(desk, address))

    def export(self, subscriber: int) -> dict[str, object]:
        """Return all that is known of somebody, for themselves, as JSON knows it.

        Raises:
            SubscriberError: They are no subscriber.
        """
        with self._desk(read_only=True) as desk:
            return looking.export(desk, desk.get(subscriber))

    def list_subscribers(
        self,
        *,
        states: Sequence[SubscriberState] = (),
        category: str | None = None,
        frequency: Frequency | None = None,
        limit: int | None = None,
    ) -> list[Subscriber]:
        """Return subscribers in the order that they came; those who were erased never.

        Args:
            states: Any of these; all if empty.
            category: Whoever gets news of it, by whatever they chose.
            frequency: Whoever gets this digest.
            limit: At most.

        Raises:
            CategoryError: There is no such category.
        """
        with self._desk(read_only=True) as desk:
            return looking.list_subscribers(
                desk, states=states, category=category, frequency=frequency, limit=limit
            )

    def counts(self) -> dict[SubscriberState, int]:
        """Return how many there are in each state."""
        with self._desk(read_only=True) as desk:
            counts = desk.people.counts()
        return {SubscriberState(state): counts[state] for state in sorted(counts)}

    # Files

    def import_csv(
        self, data: bytes, options: ImportOptions, *, progress: Progress | None = None
    ) -> ImportReport:
        """Take in a list of subscribers; suppressed addresses stay suppressed.

        Args:
            data: CSV of whichever program, or one address a line.
            options: How.
            progress: Is told of stage, rows done, and rows in all.

        Raises:
            ListError: It cannot be read, has no column of addresses, or has a known address
                under ``on_conflict`` FAIL; nothing of it was kept.
        """
        return Import(self._setup, options, progress).run(data)

    def export_csv(self, *, states: Sequence[SubscriberState] = ()) -> Iterator[str]:
        """Yield a CSV of subscribers, safe to open in a spreadsheet; ``import_csv`` reads it."""
        return looking.export_csv(self._setup, states)

    def format_rejected(self, report: ImportReport) -> Iterator[str]:
        """Yield the rows that an import did not take as CSV, each with its number and reason."""
        yield from write_rows(
            [
                ("row", "reason", *report.headings),
                *((one.row, one.reason, *one.cells) for one in report.rejected),
            ]
        )
