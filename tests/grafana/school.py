"""Five weeks of a school's days, one webinar that is on now and one to come, said by the demo's own generator. Pure."""

from collections.abc import Iterator

import orjson

from connectors.simulator.day import records
from connectors.simulator.scenario import Scenario
from streams.instants import DAY, HOUR, MINUTE
from tests.contract_events import Event

_DAYS = (35, 28, 21, 14, 10, 7, 3, 1, 0, -1)
"""How many days before `now` the main webinar of a day began; below 0 it is to come."""
_REGISTRANTS = 120
_RUNNING = 40 * MINUTE


def events(now: int) -> Iterator[Event]:
    """What was said until `now` (milliseconds since 1970 UTC), each once, a day after the other."""
    for day in _DAYS:
        # A day opens half a day before its webinar: the one to come has opened already.
        starts_at = now - day * DAY - _RUNNING if day >= 0 else now + 2 * HOUR
        registrants = _REGISTRANTS + 10 * (day % 4)
        scenario = Scenario(starts_at, registrants, broken_records=False, repeated=0, other_webinars=day in (0, 1, 7))
        for delivery in records(scenario, seed=100 + day):
            if delivery.at <= now:
                yield orjson.loads(delivery.value)
