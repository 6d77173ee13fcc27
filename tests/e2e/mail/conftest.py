from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.smtp import ScriptedServer, run_scripted_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedServer]:
    """A mail server that does as each address says."""
    with run_scripted_server(tmp_path / "server") as running:
        yield running
