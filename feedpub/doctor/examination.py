"""``Doctor``: looks at all that has to be right before mail arrives."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from feedpub.doctor.findings import Finding, fail, ok, warn
from feedpub.doctor.mail import examine_mail
from feedpub.doctor.names import Names, examine_names
from feedpub.errors import FeedpubError, MailerError, MailerRefusedError
from feedpub.ports.mailing import Mailer
from feedpub.ports.resolver import Resolver

_MAX_SKEW_S = 300


class FileFact(NamedTuple):
    """A file that others must not read.

    Attributes:
        name: As the user would type it.
        mode: Its permissions; None if it is not there.
        needed: Whether it has to be there.
    """

    name: str
    mode: int | None
    needed: bool = True


class Answer(NamedTuple):
    """What a web server said.

    Attributes:
        body: As text.
        date: Of the ``Date`` header; empty if there is none.
    """

    body: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class DoctorSetup:
    """A site, wired for an examination.

    Attributes:
        postal_address: As set; may be empty.
        names: What is looked up.
        resolver: Gives what looks it up.
        mailer: Gives how mail leaves; None for a rehearsal.
        where: The mail server, in words.
        sample: Gives a digest as it would be sent; None if there is nothing to show.
        is_signed: Whether mails are signed here.
        web_url: Of the pages for subscribers; empty for none.
        link: Gives the link to unsubscribe of some subscriber, and whether there is one.
        nobody: The same of nobody: one click at it changes nothing.
        get: Fetches a page; raises ``FetchError``.
        click: Sends the one-click form; returns the status; raises ``FetchError``.
        files: Gives what others must not read.
        clock: Now, aware.
    """

    postal_address: str
    names: Names
    resolver: Callable[[], Resolver]
    mailer: Callable[[], Mailer] | None
    where: str
    sample: Callable[[], bytes | None]
    is_signed: bool
    web_url: str
    link: Callable[[], tuple[str, bool]]
    nobody: str
    get: Callable[[str], Answer]
    click: Callable[[str], int]
    files: Callable[[], Sequence[FileFact]]
    clock: Callable[[], datetime]


class Doctor:
    """Examines one site; made by ``feedpub.wiring.open_doctor``. Nothing is changed or mailed."""

    def __init__(self, setup: DoctorSetup) -> None:
        self._setup = setup

    def examine(
        self, *, smtp: bool = True, dns: bool = True, url: bool = True
    ) -> Iterator[Finding]:
        """Yield what is found, one after the other.

        Args:
            smtp: Whether to log in at the mail server.
            dns: Whether to ask name servers.
            url: Whether to open the links of a mail.
        """
        yield from self._examine_site()
        yield from self._examine_sample()
        if smtp:
            yield from self._examine_server()
        if dns:
            yield from self._examine_names()
        if url:
            yield from self._examine_links()

    # At home

    def _examine_site(self) -> Iterator[Finding]:
        if self._setup.postal_address:
            yield ok("address", f"the mails end with: {self._setup.postal_address}")
        else:
            yield fail(
                "address",
                "the mails have no postal address, so nothing is sent",
                'add postal_address = "..." to [newsletter]',
            )
        for file in self._setup.files():
            yield _judge_file(file)

    def _examine_sample(self) -> Iterator[Finding]:
        try:
            data = self._setup.sample()
        except FeedpubError as error:
            yield fail("message", "no digest can be made", str(error))
            return
        if data is None:
            yield warn("message", "there is no article to make one of", "type: feedpub build")
            return
        has_web = bool(self._setup.web_url)
        yield from examine_mail(data, has_web=has_web, is_signed=self._setup.is_signed)

    # Outside

    def _examine_server(self) -> Iterator[Finding]:
        setup = self._setup
        if setup.mailer is None:
            yield warn("mail server", "none is set: sending is a rehearsal", "add [mail]")
            return
        try:
            setup.mailer().connect().quit()
        except MailerRefusedError as error:
            yield fail("mail server", f"{setup.where} refuses us", str(error))
        except MailerError as error:
            yield fail("mail server", f"{setup.where} cannot be used now", str(error))
        except FeedpubError as error:
            yield fail("mail server", f"{setup.where} cannot be used", str(error))
        else:
            yield ok("mail server", f"{setup.where} takes mail from us")

    def _examine_names(self) -> Iterator[Finding]:
        try:
            resolver = self._setup.resolver()
        except FeedpubError as error:
            yield warn("DNS", "it could not be asked", str(error))
            return
        yield from examine_names(self._setup.names, resolver)

    def _examine_links(self) -> Iterator[Finding]:
        setup = self._setup
        if not setup.web_url:
            yield warn(
                "links",
                "there are no pages for subscribers: one unsubscribes by mail",
                "add [web] url, run 'feedpub serve' behind it; and let cron run 'feedpub bounces'",
            )
            return
        link, is_real = setup.link()
        try:
            answer = setup.get(link)
        except FeedpubError as error:
            yield fail("unsubscribe", "the link of a mail does not open", str(error))
            return
        yield self._judge_page(answer, is_real=is_real)
        yield self._judge_click()
        yield from self._judge_clock(answer.date)

    def _judge_page(self, answer: Answer, *, is_real: bool) -> Finding:
        if is_real and '<form method="post"' not in answer.body:
            return fail(
                "unsubscribe",
                f"something else than feedpub answers at {self._setup.web_url}",
                "let the web server pass this address on to 'feedpub serve'",
            )
        return ok("unsubscribe", f"the link of a mail opens at {self._setup.web_url}")

    def _judge_click(self) -> Finding:
        try:
            status = self._setup.click(self._setup.nobody)
        except FeedpubError as error:
            return fail("one click", "mail programs cannot unsubscribe", str(error))
        if status == 200:
            return ok("one click", "mail programs can unsubscribe (RFC 8058)")
        return fail(
            "one click",
            f"mail programs cannot unsubscribe: POST is answered by {status}",
            "let the web server pass POST on, without redirect, login or check of its origin",
        )

    def _judge_clock(self, date: str) -> Iterator[Finding]:
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return
        skew = int((self._setup.clock() - theirs).total_seconds())
        if abs(skew) > _MAX_SKEW_S:
            ahead = "ahead of" if skew > 0 else "behind"
            yield fail(
                "clock",
                f"this machine is {abs(skew):,} s {ahead} the web server",
                "set the clock, and let NTP keep it",
            )
        else:
            yield ok("clock", "right, by the web server's")


def _judge_file(file: FileFact) -> Finding:
    if file.mode is None:
        if file.needed:
            return fail("files", f"{file.name} is missing", "bring it back from a backup")
        return ok("files", f"{file.name} is not there, and need not be")
    if file.mode & 0o077:
        return fail("files", f"others can read {file.name}", f"type: chmod go= {file.name}")
    return ok("files", f"{file.name} is for its owner only")
