"""``feedpub doctor``: look whether mail will arrive, and whether others can show the feeds."""

from itertools import chain
from typing import TYPE_CHECKING

import click

from feedpub.cli.exits import EXIT_INVALID
from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import printable, say, write, write_json
from feedpub.cli.session import Session, pass_session

if TYPE_CHECKING:
    from feedpub.doctor import Finding


def _read_nameserver(
    context: click.Context,  # noqa: ARG001 # click's signature
    parameter: click.Parameter,  # noqa: ARG001 # click's signature
    value: str | None,
) -> tuple[str, int] | None:
    """Return address and port of a name server."""
    if not value:
        return None
    from ipaddress import ip_address

    host, port = value, "53"
    if value.startswith("[") or value.count(":") == 1:
        host, _, port = value.rpartition(":")
        host = host.strip("[]")
    try:
        return str(ip_address(host)), int(port)
    except ValueError as error:
        raise click.BadParameter("write its address, such as 9.9.9.9 or 127.0.0.1:5353") from error


@click.command(cls=SiteCommand)
@click.option("--smtp", is_flag=True, help="Log in at the mail server.")
@click.option("--dns", is_flag=True, help="Look up SPF, DKIM, DMARC and MX.")
@click.option("--url", is_flag=True, help="Open the published files and the link to unsubscribe.")
@click.option(
    "--nameserver", metavar="ADDRESS", callback=_read_nameserver,
    help="Ask this name server, not those of this machine.",
)  # fmt: skip
@pass_session
def doctor(
    session: Session, smtp: bool, dns: bool, url: bool, nameserver: tuple[str, int] | None
) -> None:
    """Look whether mail will arrive, and say what to do about what is wrong.

    It looks at files, a sample mail, the mail server, the DNS, the published files as pages of
    other sites get them, and the links of a mail; with --smtp, --dns or --url, of the last four
    only at those. Nothing is mailed or changed. It exits with 3 if something has to be done.
    """
    config = load_settings(session)
    chosen = smtp or dns or url
    examinations = []
    if url or not chosen:
        examinations.append(session.wiring.open_published(config).examine())
    # A site without a newsletter can be embedded, too.
    if config.newsletter is not None or smtp or dns:
        examinations.append(
            session.wiring.open_doctor(config, nameserver=nameserver).examine(
                smtp=smtp or not chosen, dns=dns or not chosen, url=url or not chosen
            )
        )
    findings = []
    for finding in chain.from_iterable(examinations):
        findings.append(finding)
        if not session.json:
            _write(finding)
    if session.json:
        write_json(findings)
    failed = sum(finding.level == "fail" for finding in findings)
    warned = sum(finding.level == "warn" for finding in findings)
    say(f"{len(findings)} looked at: {failed} to be mended, {warned} doubtful")
    if failed:
        click.get_current_context().exit(EXIT_INVALID)


def _write(finding: "Finding") -> None:
    write(f"{finding.level:<5} {finding.about:<12} {printable(finding.text)}")
    if finding.remedy:
        write(f"{'':<5} {'':<12} -> {printable(finding.remedy)}")
