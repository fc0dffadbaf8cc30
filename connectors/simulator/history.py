"""The weeks before the simulated day: one webinar a day with the usual sources, and later also with a new one. Pure.

The new source is weak: many people register through it and few attend. That is a drop, and an alert has to name it.
"""

from random import Random
from typing import NamedTuple

from connectors.simulator.day import Arrival, arrivals_of
from connectors.simulator.registering import NEW_SOURCE_WEIGHT
from connectors.simulator.scenario import Scenario
from connectors.simulator.webinars import Planned
from contract.instants import DAY, HOUR, format_instant

WEBINARS = 16
BEFORE_THE_LAUNCH = 9
"""Webinars without the new source: enough for a baseline."""
REGISTRANTS = 240
"""Registrants of a webinar from the usual sources."""


class History(NamedTuple):
    """Everything that arrived in these weeks, in order."""

    arrivals: list[Arrival]
    webinar_ids: list[str]
    """The webinars by time."""

    @property
    def launched(self) -> str:
        """The first webinar with registrants from the new source."""
        return self.webinar_ids[BEFORE_THE_LAUNCH]


def history(starts_at: int, seed: int) -> History:
    """The webinars of the days before the one that begins at `starts_at` (ms). The date changes no number."""
    webinars = [planned(starts_at - (WEBINARS - number) * DAY - HOUR, number, seed) for number in range(WEBINARS)]
    scenario = Scenario(webinars[0].starts_at, broken_records=False)
    arrivals = arrivals_of(webinars, scenario, Random(f"{seed}:history"))
    return History(arrivals, [webinar.webinar_id for webinar in webinars])


def planned(starts_at: int, number: int, seed: int) -> Planned:
    """The webinar of this number in the series, from 0; those from BEFORE_THE_LAUNCH on have the new source."""
    launched = number >= BEFORE_THE_LAUNCH
    day = format_instant(starts_at)[:10].replace("-", "")
    return Planned(
        f"sim:{day}-{seed}-history",
        "sim",
        "Data analysis in practice",
        "data",
        "en",
        "UK",
        "Europe/London",
        starts_at,
        3_600,
        round(REGISTRANTS * (1 + NEW_SOURCE_WEIGHT)) if launched else REGISTRANTS,
        sources="with a new source" if launched else "usual",
    )
