"""An import and a restore that are killed leave a whole site; ``tests.matrices.lists`` has all."""

from pathlib import Path

import pytest

from tests.matrices.lists import BATCH, KINDS, prepare, run
from tests.support import strace

pytestmark = [strace.needed(), pytest.mark.slow]
SAMPLE = {"import": 8, "restore": 12}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_call_it_is_killed_at_the_site_is_whole(kind: str, tmp_path: Path) -> None:
    scenario = prepare(tmp_path, kind, rows=2 * BATCH + 100)

    assert run(scenario, sample=SAMPLE[kind], seed=1) == []
