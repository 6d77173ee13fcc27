"""The program that sends, told to stop by a signal."""

import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from feedpub.model import DeliveryState
from tests.support.mail_site import SEND, MailSite
from tests.support.smtp import ScriptedServer

pytestmark = pytest.mark.slow
READERS = [f"reader{number}@inbox.test" for number in range(8)]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 4)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_send_that_is_stopped_finishes_the_mail_in_hand_and_leaves_the_rest(
    server: ScriptedServer, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    site = MailSite.create(tmp_path / "site", READERS)
    site.set_mailer(server.port)

    with site.site.start(*SEND, "--rate", "1") as sender:
        while not server.recipients():
            assert sender.poll() is None
            time.sleep(0.01)
        sender.send_signal(number)
        ended = sender.wait(60)
    sent, states = len(server.recipients()), Counter(site.ledger.states().values())
    last = site.send()

    assert ended == code
    assert 0 < sent < len(READERS)
    assert states == {DeliveryState.SENT: sent, DeliveryState.QUEUED: len(READERS) - sent}
    assert last.returncode == 0, last.stderr
    assert Counter(server.recipients()) == dict.fromkeys(READERS, 1)
