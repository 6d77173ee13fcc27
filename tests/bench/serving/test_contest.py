"""The benchmark of the web server asks for what it says, and counts what it got."""

from pathlib import Path

import pytest

from tests.bench.serving.contest import BARS, Row, race_files, race_forms
from tests.bench.serving.wrk import read_report
from tests.support import needs

REPORT = """\
Running 4s test @ http://127.0.0.1:1/
  7000 requests in 4.01s, 1.2MB read
{errors}Requests/sec:   1745.63
"""


@pytest.mark.parametrize(
    ("errors", "failures"),
    [
        ("", 0),
        ("  Non-2xx or 3xx responses: 12\n", 12),
        ("  Socket errors: connect 1, read 2, write 0, timeout 4\n", 7),
    ],
)
def test_what_failed_is_counted(errors: str, failures: int) -> None:
    assert read_report(REPORT.format(errors=errors)) == (1745.63, 7000, failures)


def test_a_run_that_did_not_begin_is_no_figure() -> None:
    with pytest.raises(ValueError, match="unable to connect"):
        read_report("unable to connect to 127.0.0.1:1 Connection refused")


def test_a_figure_below_its_bar_is_not_kept() -> None:
    assert not Row("304", 400, 10_000, 0.04, 0.05, 90, 10).is_kept


@needs.program("nginx")
@needs.program("wrk")
def test_files_and_forms_are_served_without_a_failure(tmp_path: Path) -> None:
    rows = [*race_files(tmp_path, 1, 1), *race_forms(tmp_path, 1, 1)]

    assert [row.name for row in rows] == list(BARS)
    assert all(row.feedpub > 1 and row.cpu_us > 1 for row in rows)
