"""The sums of a site as lines of Prometheus' text format, for whichever face tells them.

https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
"""

from collections.abc import Iterator, Mapping

from feedpub.model.vitals import Numbers

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def list_measures(numbers: Numbers) -> Iterator[str]:
    """Yield the lines of Prometheus' text format for the sums of a site."""
    yield from list_series("articles", "Articles that are published.", {"": numbers.articles})
    yield from list_series("feeds", "Categories with feeds, and everything.", {"": numbers.feeds})
    yield from list_series(
        "subscribers",
        "Subscribers by state.",
        {f'state="{state}"': number for state, number in numbers.subscribers.items()},
    )
    yield from list_series(
        "notices_waiting", "Mails to one person that wait to be sent.", {"": numbers.notices}
    )
    yield from list_series(
        "deliveries",
        "Copies of issues, by state.",
        {f'state="{state}"': number for state, number in numbers.deliveries.items()},
    )
    yield from list_series(
        "deliveries_due", "Copies of issues that could be sent now.", {"": numbers.due}
    )
    for name, what, at in (
        ("last_build", "When a build last had something to do.", numbers.last_build),
        ("last_send", "When the last issue was finished.", numbers.last_send),
    ):
        yield from list_series(f"{name}_timestamp_seconds", what, {"": at or 0})
    yield from list_series(
        "jobs",
        "Jobs of the queue of PostgreSQL, by queue and state.",
        {f'queue="{one.queue}",state="{one.state}"': one.jobs for one in numbers.jobs},
    )
    yield from list_series(
        "job_failures", "Jobs that went wrong and were not done since.", {"": numbers.failures}
    )


def list_series(
    name: str, what: str, values: Mapping[str, float], kind: str = "gauge"
) -> Iterator[str]:
    """Yield the lines of one metric.

    Args:
        name: Without ``feedpub_``.
        what: It is, in a sentence.
        values: By labels as they are written; ``""`` stands for none.
        kind: ``gauge`` or ``counter``.
    """
    yield f"# HELP feedpub_{name} {what}"
    yield f"# TYPE feedpub_{name} {kind}"
    for labels, value in values.items():
        yield f"feedpub_{name}{{{labels}}} {value}" if labels else f"feedpub_{name} {value}"
