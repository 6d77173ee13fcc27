"""Senders that are killed and a server that is started again, in the middle of an issue."""

import email
import email.policy
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from feedpub.model import DeliveryState
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.plain import PostgresDatabase
from tests.support.mail_site import SEND, MailSite
from tests.support.postgres import Cluster

PEOPLE = [f"p{number}@x.example" for number in range(400)]
CONNECTIONS = 2
MAILDIR = f"""
[mail]
type = "maildir"
folder = "mails"
connections = {CONNECTIONS}
rate = 60
"""


def arrived(site: MailSite) -> Counter[str]:
    """Return how many mails everybody has."""
    return Counter(
        str(email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["To"])
        for path in (site.root / "mails/new").glob("*")
    )


def count_files(site: MailSite) -> int:
    return sum(1 for _ in (site.root / "mails/new").glob("*"))


def states_of(url: str) -> dict[str, DeliveryState]:
    server = PostgresDatabase(Address(url))
    rows = server.read(
        "SELECT s.address, d.state FROM deliveries d JOIN subscribers s ON s.id = d.subscriber"
    )
    server.close()
    return {str(address): DeliveryState(int(str(state))) for address, state in rows}


@pytest.mark.slow
def test_nobody_gets_two_and_nobody_is_lost_unseen(
    tmp_path: Path, cluster: Cluster, database: str
) -> None:
    site = MailSite.create(tmp_path / "site", PEOPLE, settings=MAILDIR)
    settings = site.root / "feedpub.toml"
    settings.write_text(f'database = "{database}"\n{settings.read_text()}')
    site.run_well("migrate", str(site.site.database))
    site.site.database.unlink()
    faults = 0
    for fault in ("kill", "stop", "kill", "stop"):
        before = count_files(site)
        with site.site.start(*SEND, "--max-recipients", "1000") as sender:
            while sender.poll() is None and count_files(site) < before + 30:
                time.sleep(0.01)
            if sender.poll() is not None:
                break
            faults += 1
            if fault == "kill":
                sender.send_signal(signal.SIGKILL)
            else:
                cluster.stop()
                cluster.start()
            sender.wait(60)

    for _ in range(3):
        site.send("--max-recipients", "1000")

    states, mails = states_of(database), arrived(site)
    unknown = [one for one, state in states.items() if state is DeliveryState.UNKNOWN]
    sent = {one for one, state in states.items() if state is DeliveryState.SENT}
    assert faults >= 3
    assert max(mails.values()) == 1
    assert set(states) == set(PEOPLE) == sent | set(unknown)
    assert sent <= set(mails) <= sent | set(unknown)
    assert len(unknown) <= faults * CONNECTIONS
