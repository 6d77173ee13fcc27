"""What each job does: a call on an API, by the name of the task, which is also that of its queue.

| task | arguments | does |
|---|---|---|
| ``read`` | | asks the feeds of others that are due |
| ``read`` | ``shard`` | reads files of a source that a build elsewhere has laid out |
| ``build`` | | reads what is new, publishes what changed |
| ``thumbnails`` | | fetches pictures that a build left over |
| ``ping`` | | tells the hub which feeds changed |
| ``prepare`` | ``frequency`` | builds, then freezes the issue that is due and shares it out |
| ``deliver`` | ``issue`` | mails an issue to some hundred recipients |
| ``notices`` | | sends confirmations and the like |
| ``bounces`` | | reads the mailbox of returned mail |
| ``sweep`` | | finds what no job speaks of |
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from feedpub.errors import MailerError
from feedpub.jobs.runner import Task
from feedpub.model import BuildReport, Frequency
from feedpub.newsletter import Newsletter
from feedpub.ports.jobs import Job
from feedpub.publisher import Publisher
from feedpub.returned import Returned
from feedpub.sending import NoticeReport, Stop

TASKS = (
    "read", "build", "thumbnails", "ping", "prepare", "deliver", "notices", "bounces", "sweep",
)  # fmt: skip
"""Every task that there is, which every worker knows, whatever this site has use for."""


@dataclass(frozen=True)
class Apis:
    """What the tasks call; None where the site has no use for it.

    Attributes:
        open_publisher: Opens the API of feeds, for one job.
        newsletter: The API of issues, kept from job to job, since it keeps what it has composed.
        send_notices: Sends the mails to one person that wait.
        open_returned: Opens the API of returned mail.
        sweep: Finds what no job speaks of.
        stop: Set when this process is to end.
    """

    open_publisher: Callable[[], AbstractContextManager[Publisher]]
    newsletter: Newsletter | None
    send_notices: Callable[[Stop | None], NoticeReport] | None
    open_returned: Callable[[], Returned] | None
    sweep: Callable[[], object]
    stop: Stop


def make_tasks(apis: Apis) -> dict[str, Task]:
    """Return every task by name; one that the site has no use for does nothing.

    It may have been deferred before the settings changed.
    """
    tasks = _Tasks(apis)
    return {name: getattr(tasks, name) for name in TASKS}


class _Tasks:
    def __init__(self, apis: Apis) -> None:
        self._apis = apis

    def read(self, job: Job) -> None:
        shard = job.arguments.get("shard")
        with self._apis.open_publisher() as publisher:
            if isinstance(shard, int):
                publisher.read_shard(shard)
            else:
                publisher.read()

    def build(self, _job: Job) -> BuildReport:
        with self._apis.open_publisher() as publisher:
            return publisher.build(by_jobs=True)

    def thumbnails(self, _job: Job) -> None:
        with self._apis.open_publisher() as publisher:
            publisher.thumbnails()

    def ping(self, _job: Job) -> None:
        with self._apis.open_publisher() as publisher:
            publisher.ping()

    def prepare(self, job: Job) -> BuildReport | None:
        newsletter = self._apis.newsletter
        frequency = Frequency(str(job.arguments["frequency"]))
        if newsletter is None or frequency not in newsletter.frequencies:
            return None
        built = self.build(job)  # so that the latest news are in it
        newsletter.prepare_due(frequency)
        return built

    def deliver(self, job: Job) -> None:
        newsletter = self._apis.newsletter
        if newsletter is not None:
            newsletter.deliver(str(job.arguments["issue"]), stop=self._apis.stop)

    def notices(self, _job: Job) -> None:
        if self._apis.send_notices is None:
            return
        report = self._apis.send_notices(self._apis.stop)
        if report.stopped:
            raise MailerError(report.stopped)

    def bounces(self, _job: Job) -> None:
        if self._apis.open_returned is not None:
            self._apis.open_returned().take()

    def sweep(self, _job: Job) -> None:
        self._apis.sweep()
