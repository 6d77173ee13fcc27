"""Workers that are killed and a server that is started again, in the middle of an issue."""

from pathlib import Path

import pytest

from tests.support.postgres import Cluster
from tests.support.worker_faults import Plan, prove


@pytest.mark.slow
@pytest.mark.parametrize(
    "plan",
    [
        Plan(1_500, workers=2, faults=("kill", "restart", "kill", "restart", "restart")),
        Plan(1_500, workers=4, faults=("restart", "kill", "restart", "kill", "kill", "restart")),
    ],
    ids=["two", "four"],
)
def test_nobody_gets_two_and_nobody_is_lost_unseen(
    plan: Plan, tmp_path: Path, cluster: Cluster, database: str
) -> None:
    found = prove(tmp_path, cluster, database, plan)

    found.check()
