"""``feedpub schedule``: what a scheduler needs to build a site again and again."""

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, write, write_json
from feedpub.cli.session import Session, pass_session
from feedpub.cli.workflow import choose_minute, compose_actions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedpub.config import Config
    from feedpub.model import Schedule

EVERY = ("quarter", "hour", "day")


@click.command(cls=SiteCommand)
@click.option("--cron", "form", flag_value="cron", default="cron", help="A line for crontab -e.")
@click.option("--systemd", "form", flag_value="systemd", help="A service and its timer.")
@click.option(
    "--github-actions",
    "form",
    flag_value="github-actions",
    help="A workflow that keeps the database.",
)
@click.option(
    "--every", type=click.Choice(EVERY), default="hour", show_default=True, help="How often."
)
@pass_session
def schedule(session: Session, form: str, every: str) -> None:
    """Print what makes a scheduler build this site, and send its newsletter.

    Nothing is installed.
    """
    config = load_settings(session)
    compose = {"cron": compose_cron, "systemd": compose_systemd, "github-actions": compose_actions}
    text = compose[form](config, every)
    if session.json:
        write_json({"form": form, "text": text})
        return
    write(text.rstrip())
    say(_WHERE[form])


_WHERE = {
    "cron": "add it by: crontab -e",
    "systemd": "save each part below ~/.config/systemd/user/ under the name above it, then type for"
    " each timer: systemctl --user enable --now NAME.timer; or, in place of all timers: systemctl"
    " --user enable --now feedpub-worker@1.service",
    "github-actions": "save this as .github/workflows/feeds.yml",
}


def _command(config: "Config") -> list[str]:
    return [*_program(), "-c", str(config.path), "--quiet", "build"]


def _program() -> list[str]:
    # As it was called, were it by a link that an upgrade moves; PATH may have another version.
    called = Path(sys.argv[0])
    if called.name == "feedpub" and called.is_file():
        return [str(called.absolute())]
    program = shutil.which("feedpub")
    return [program] if program else [sys.executable, "-m", "feedpub"]


def _send_command(config: "Config") -> list[str]:
    return [*_command(config)[:-1], "send", "--yes"]


def compose_cron(config: "Config", every: str) -> str:
    """Return crontab lines. Exit code 75 (another run is at it) needs no mail, so it is 0.

    A site with a newsletter is sent from every hour: the run that finds an issue due sends it,
    the others only build. So neither the machine's zone nor an hour that it was off matters.
    """
    if config.newsletter is None:
        return _compose_builds(config, every)
    builds = "" if every == "hour" else _compose_builds(config, every)
    minutes = sorted({schedule.minute for schedule in config.newsletter.schedules})
    when = ",".join(map(str, minutes)) + " * * * *"
    return builds + _cron_line(when, _send_command(config)) + _compose_reading(config)


def _compose_reading(config: "Config") -> str:
    """Return the line that reads what came back; empty without a mailbox."""
    if not config.bounces.has_mailbox:
        return ""
    return _cron_line(f"{choose_minute(config)} * * * *", _read_command(config))


def _read_command(config: "Config") -> list[str]:
    return [*_command(config)[:-1], "bounces"]


def _compose_builds(config: "Config", every: str) -> str:
    minute = choose_minute(config)
    when = {
        "quarter": ",".join(str(m) for m in sorted((minute + n) % 60 for n in (0, 15, 30, 45)))
        + " * * * *",
        "hour": f"{minute} * * * *",
        "day": f"{minute} 6 * * *",
    }[every]
    return _cron_line(when, _command(config))


def _cron_line(when: str, words: list[str]) -> str:
    # cron turns % into a line break.
    command = shlex.join(words).replace("%", r"\%")
    return f"{when} {command} || [ $? -eq 75 ]\n"


def compose_systemd(config: "Config", every: str) -> str:
    """Return units of services and their timers, one after the other.

    As under cron a newsletter is sent from every hour: those who could not be reached are tried
    again, and a run that was cut short goes on, long before the next issue.
    """
    units = []
    if config.newsletter is None or every != "hour":
        units.append(_compose_builder(config, every))
    if config.newsletter is not None:
        units.append(_compose_sender(config, config.newsletter.schedules))
    return "\n".join([*units, *_compose_reader(config), _compose_worker(config)])


def _compose_builder(config: "Config", every: str) -> str:
    # With a newsletter not at the minute at which it is sent from.
    quarter = "*:0/15" if config.newsletter is None else "*:7/15"
    when = {"quarter": quarter, "hour": "hourly", "day": "daily"}[every]
    return _compose_units(
        "feedpub",
        does=f"Build the feeds of {config.root}",
        command=_command(config),
        service=(f"# Another build is at it; {_NEXT_WILL_DO}", _LATER, "Nice=10"),
        regularly="Build the feeds regularly",
        timer=(f"OnCalendar={when}", _SPREAD),
    )


def _compose_sender(config: "Config", schedules: "Iterable[Schedule]") -> str:
    """Return the units that build, and send what is due by the clock of the site's zone."""
    minutes = ",".join(f"{minute:02}" for minute in sorted({one.minute for one in schedules}))
    return _compose_units(
        "feedpub-send",
        does=f"Build the feeds of {config.root}, and send its newsletter",
        command=_send_command(config),
        service=(
            f"# Another run is at it, or the mail server is not to be reached; {_NEXT_WILL_DO}",
            _LATER,
            "TimeoutStopSec=20",
        ),
        regularly="Look every hour whether an issue of the newsletter is due",
        timer=(f"OnCalendar=*-*-* *:{minutes}:00 {config.site.zone}",),
    )


def _compose_reader(config: "Config") -> "Iterator[str]":
    """Yield the units that read what came back, if there are newsletter and mailbox."""
    if config.newsletter is not None and config.bounces.has_mailbox:
        yield _compose_units(
            "feedpub-bounces",
            does=f"Read what came back to {config.root}",
            command=_read_command(config),
            service=(_LATER,),
            regularly="Read what came back",
            timer=("OnCalendar=hourly", _SPREAD),
        )


def _compose_worker(config: "Config") -> str:
    """Return the template of the service that does all of it by itself, in place of the timers.

    One for each number after the @; more than one takes PostgreSQL.
    """
    # Not quiet: what it says of each job is the log of the service.
    command = " ".join(map(_systemd_quote, [*_command(config)[:-2], "worker"]))
    does = _systemd_text(f"Build the feeds of {config.root} and send what is due")
    lines = (
        "# feedpub-worker@.service",
        "# In place of all the others: systemctl --user enable --now feedpub-worker@1.service",
        "[Unit]",
        f"Description={does} (%i)",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        f'ExecStart={command} --health-file "%t/feedpub-worker-%i"',
        "Restart=always",
        "RestartSec=5",
        "# Messages in hand are finished; what a build is at goes on in the next one.",
        "KillMode=mixed",
        "TimeoutStopSec=120",
        "SuccessExitStatus=130",
        "",
        "[Install]",
        "WantedBy=default.target",
    )
    return "\n".join(lines) + "\n"


_NEXT_WILL_DO = "the next run will do."
_LATER = "SuccessExitStatus=75"
_SPREAD = "RandomizedDelaySec=5min"


def _compose_units(
    name: str,
    *,
    does: str,
    command: "Iterable[str]",
    service: "Iterable[str]",
    regularly: str,
    timer: "Iterable[str]",
) -> str:
    """Return a service that runs once and the timer that runs it.

    Args:
        name: Of both.
        does: What the service does, any text.
        command: Program and arguments.
        service: Further lines of the service.
        regularly: What the timer does.
        timer: When it does, in lines.
    """
    lines = [
        f"# {name}.service",
        "[Unit]",
        f"Description={_systemd_text(does)}",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=oneshot",
        f"ExecStart={' '.join(map(_systemd_quote, command))}",
        *service,
        "",
        f"# {name}.timer",
        "[Unit]",
        f"Description={regularly}",
        "",
        "[Timer]",
        *timer,
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return "\n".join(lines) + "\n"


def _systemd_text(text: str) -> str:
    return text.replace("%", "%%")


def _systemd_quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_systemd_text(escaped)}"'
