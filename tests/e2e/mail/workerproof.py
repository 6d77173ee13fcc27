"""An issue for many, sent by real workers that are killed while their database's server restarts.

    python -m tests.e2e.mail.workerproof [--recipients N] [--workers N] [--connections N]

It takes the real ``feedpub worker``, a real PostgreSQL that is stopped as a power cut would, three
times, and a mail server that writes down every message. The suite does the same with fewer people,
and with workers that look more often.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.mail_site import MailSite
from tests.support.postgres import REASON, Cluster, find_binaries
from tests.support.worker_faults import Plan, prove

FAULTS = ("kill", "restart", "kill", "kill", "restart", "kill", "restart")


def command(site: MailSite) -> list[str]:
    """Return the command line of a worker."""
    return site.site.command("worker", "--concurrency", "2", "--build-every", "86400")


def main() -> int:
    """Run it; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.mail.workerproof")
    parser.add_argument("--recipients", type=int, default=50_000)
    parser.add_argument("--workers", type=int, action="append", help="at a time; default: 2 and 4")
    parser.add_argument("--connections", type=int, default=2)
    options = parser.parse_args()
    binaries = find_binaries()
    if binaries is None:
        print(REASON, file=sys.stderr)
        return 2
    cluster = Cluster(binaries)
    try:
        kept = [
            _prove(
                cluster,
                Plan(
                    options.recipients, workers, FAULTS, connections=options.connections,
                    command=command, patience_s=3_600,
                ),
            )
            for workers in options.workers or (2, 4)
        ]  # fmt: skip
    finally:
        cluster.remove()
    return int(not all(kept))


def _prove(cluster: Cluster, plan: Plan) -> bool:
    with tempfile.TemporaryDirectory(prefix="workerproof-") as name:
        url = cluster.create()
        found = prove(Path(name), cluster, url, plan)
        cluster.drop(url)
    print(f"{plan.workers} workers: {found}", flush=True)
    try:
        found.check()
    except AssertionError as error:
        print(f"not as promised: {error}", flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
