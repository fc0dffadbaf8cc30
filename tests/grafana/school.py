"""What the demo plays, seen while its webinar is on: its own day by Zoom and a form, and the weeks before it. Pure.

Those weeks, and the webinar of the evening, are days of the same generator. The reports of connectors, of which the
demo has few, are said here as connectors say them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from connectors.mapped import Context
from connectors.simulator.broken import broken_records
from connectors.simulator.day import records
from connectors.simulator.scenario import Scenario
from connectors.simulator.webinars import Planned, webinars_of
from contract.instants import DAY, HOUR, MINUTE
from funnel.demo.script import SEED, broken_values, records_of, script

_SECRET = "0" * 64
_REGISTRANTS = 300
"""A quarter of the demo's, and of each earlier day a little less: quick to store."""
_PLAYED = script(round(datetime(2025, 11, 14, tzinfo=UTC).timestamp() * 1000), _SECRET, _REGISTRANTS)
AT = _PLAYED.starts_at + 40 * MINUTE
"""The moment at which it is looked at, ms since 1970 UTC: a Wednesday, 18:40 in UTC, in the middle of the webinar."""
LIVE = _PLAYED.webinar_id
"""The webinar that is on."""
_STARTED_AT = webinars_of(Scenario(_PLAYED.starts_at, by_services=True), SEED)[0].started_at
_BEFORE = (35, 28, 21, 14, 10, 7, 3, 1)
"""How many days before it the generator's other days have their main webinar."""


def _weak() -> Planned:
    late = webinars_of(_scenario(_PLAYED.starts_at - DAY, _REGISTRANTS, others=True), 100 + 1)
    return next(one for one in late if one.webinar_id.endswith("-late"))


def values() -> Iterator[bytes]:
    """The records that were written until AT, without those that are dead letters."""
    for number, day in enumerate(_BEFORE):
        yield from _day(_PLAYED.starts_at - day * DAY, _REGISTRANTS - 30 * (number % 4), day, others=day in (1, 7))
    # A day opens half a day before its webinar: people register for this one already.
    yield from _day(AT + 2 * HOUR, _REGISTRANTS, 0, others=False)
    broken = set(broken_values(LIVE, _STARTED_AT))
    for arrival in _PLAYED.arrivals:
        if arrival.at <= AT:
            yield from (
                value for value in records_of(arrival, LIVE, Context(_SECRET, arrival.at)) if value not in broken
            )


def dead_letters() -> Iterator[bytes]:
    """Records of the same day that cannot be read."""
    yield from broken_records(LIVE, _STARTED_AT + MINUTE).values()


def reports() -> Iterator[dict[str, Any]]:
    """Rows of connector_reports: webhooks by the minute, imports and polls that ran, registrations without a rule."""
    for minute in range(1, 60):
        at = AT - minute * MINUTE
        health = {"type": "health", "at": at, "accepted": 14 + minute % 5, "refused": int(minute == 3), "spooled": 0}
        yield {"connector": "zoom", "report_id": f"health-{minute}", **health}
    for connector, ago, error in [("zoom", 4, ""), ("typeform", 9, "typeform: 401 Unauthorized: renew its token")]:
        run = {"type": "run", "task": "poll", "at": AT - ago * MINUTE, "finished_at": AT - (ago - 1) * MINUTE}
        yield {"connector": connector, "report_id": "poll", **run, "events": 60 - ago, "error": error}
    for number in range(6):
        rejected = {"type": "rejected", "at": AT - (20 + number) * MINUTE, "reason": "unmapped_form", "form": "autumn"}
        yield {"connector": "typeform", "report_id": f"form-{number}", **rejected, "detail": "no rule for this form"}


def _day(starts_at: int, registrants: int, seed: int, *, others: bool) -> Iterator[bytes]:
    for delivery in records(_scenario(starts_at, registrants, others=others), seed=100 + seed):
        if delivery.at <= AT:
            yield delivery.value


def _scenario(starts_at: int, registrants: int, *, others: bool) -> Scenario:
    return Scenario(starts_at, registrants, broken_records=False, repeated=0, other_webinars=others)


WEAK = _weak().webinar_id
"""The evening before: a new source, of which hardly anybody came."""
WEAK_ENDS_AT = _weak().ended_at + 10 * MINUTE
"""Soon after its end, ms."""
