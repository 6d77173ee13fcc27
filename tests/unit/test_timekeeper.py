"""The thread of a worker that looks at the clock outlives whatever goes wrong."""

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from feedpub.errors import BusyError, FeedpubError, StoreError, StoreVersionError
from feedpub.sending import Stop
from feedpub.wiring.jobs import Pace
from feedpub.worker import Options, _keep_time, _Timekeeper

QUICK = Pace(build_s=1, sweep_s=1)


class Shop(SimpleNamespace):
    """Ticks as it is told; ``considered`` are the errors that may end the worker."""

    def __init__(self, tick: Callable[[], object]) -> None:
        self.considered: list[FeedpubError] = []
        run = SimpleNamespace(consider=self.considered.append)
        super().__init__(stop=Stop(), run=run, clockwork=SimpleNamespace(tick=tick))


def raises(error: Exception) -> Callable[[], object]:
    def tick() -> object:
        raise error

    return tick


def keeper(tick: Callable[[], object]) -> tuple[Any, Shop]:
    shop = Shop(tick)
    return _Timekeeper(shop, Options(pace=QUICK)), shop  # type: ignore[arg-type]


def test_what_is_wrong_is_told_once_and_again_after_it_was_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    errors: list[Exception | None] = [
        StoreError("full"),
        StoreError("full"),
        None,
        StoreError("full"),
    ]

    def tick() -> None:
        if (error := errors.pop(0)) is not None:
            raise error

    one, _ = keeper(tick)
    for _ in range(4):
        one._tick()

    assert [record.message for record in caplog.records] == ["full", "full"]


def test_that_somebody_writes_for_long_is_nothing_to_warn_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, _ = keeper(raises(BusyError("another run")))

    one._tick()

    assert [record for record in caplog.records if record.levelname == "WARNING"] == []


def test_a_newer_database_may_end_the_worker() -> None:
    error = StoreVersionError("schema 9999")
    one, shop = keeper(raises(error))

    one._tick()

    assert shop.considered == [error]


def test_a_defect_is_told_and_outlived(caplog: pytest.LogCaptureFixture) -> None:
    one, _ = keeper(raises(ZeroDivisionError()))

    one._tick()

    assert "the schedules cannot be looked at" in caplog.text


def test_life_is_shown_to_the_end_and_nothing_is_begun_by_then(tmp_path: Path) -> None:
    ticks: list[float] = []
    shop = Shop(lambda: ticks.append(time.monotonic()))
    health = tmp_path / "alive"
    options = Options(health_file=health, pace=QUICK)
    shop.stop.request()

    with _keep_time(shop, options):  # type: ignore[arg-type]
        deadline = time.monotonic() + 10
        while not health.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        shown = health.exists()

    assert (shown, health.exists(), ticks) == (True, False, [])


def test_a_health_file_that_cannot_be_written_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shop = Shop(lambda: None)
    options = Options(health_file=tmp_path / "missing" / "alive", pace=QUICK)

    _Timekeeper(shop, options)._show_life()  # type: ignore[arg-type]

    assert "let this user write there" in caplog.text
