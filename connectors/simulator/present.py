"""The days around now: webinars until yesterday, one that is live, and three upcoming ones. Pure.

It continues where the history ends (connectors/simulator/history.py), with the webinar of each day.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connectors.simulator.day import Arrival, arrivals_of
from connectors.simulator.history import WEBINARS, planned
from connectors.simulator.scenario import Scenario
from connectors.simulator.webinars import Planned
from contract.instants import HOUR, MINUTE, format_instant

LONDON = ZoneInfo("Europe/London")
_QUARTER = 15 * MINUTE
_HOURS_PLAYED = 2
"""How far ahead of now the arrivals reach: the live webinar is over by then."""


class Present(NamedTuple):
    """Everything that arrives about these webinars."""

    past: list[Arrival]
    """Arrivals until now, in order."""
    coming: list[Arrival]
    """Arrivals from now until the live webinar is over, in order: people join and leave, others register."""
    over: list[Planned]
    live: Planned
    upcoming: list[Planned]


def present(now: int, seed: int) -> Present:
    """The webinars around `now` (ms). One has been live for 15 to 30 minutes and lasts at least half an hour more."""
    live = _of_the_series(now // _QUARTER * _QUARTER - _QUARTER, WEBINARS + 2, seed, "live")
    over = [
        _of_the_series(_london(now, -2, 17), WEBINARS, seed, "before"),
        # A new campaign brought many registrants, few of whom attended: something that needs attention.
        replace(_other("sql", "SQL for analysts", _london(now, -1, 10), 360, seed), sources="new campaign", appeal=0.5),
        _of_the_series(_london(now, -1, 17), WEBINARS + 1, seed, "yesterday"),
    ]
    upcoming = [
        _of_the_series(_london(now, 1, 17), WEBINARS + 3, seed, "upcoming"),
        _other("python", "Python from zero", _london(now, 2, 18), 520, seed),
        _other("sql", "SQL for analysts", _london(now, 4, 10), 240, seed),
    ]
    arrivals = [
        *_arrivals(over, over[0].starts_at, seed),
        # Earlier events arrive in the last hour, as an import brings them.
        *_arrivals([live, *upcoming], now + 11 * HOUR, seed),
    ]
    arrivals.sort(key=lambda arrival: arrival.at)
    past = [one for one in arrivals if one.at <= now]
    coming = [one for one in arrivals if now < one.at <= now + _HOURS_PLAYED * HOUR]
    return Present(past, coming, over, live, upcoming)


def _of_the_series(starts_at: int, number: int, seed: int, name: str) -> Planned:
    one = planned(starts_at, number, seed)
    return replace(one, webinar_id=f"{one.webinar_id.removesuffix('history')}{name}")


def _other(course: str, title: str, starts_at: int, registrants: int, seed: int) -> Planned:
    day = format_instant(starts_at)[:10].replace("-", "")
    webinar_id = f"sim:{day}-{seed}-{course}"
    return Planned(webinar_id, "sim", title, course, "en", "UK", str(LONDON), starts_at, 3_600, registrants)


def _london(now: int, days: int, hour: int) -> int:
    """That hour, `days` days after today, by London's clock and calendar; ms."""
    today = datetime.fromtimestamp(now / 1000, LONDON).date()
    there = datetime.combine(today + timedelta(days=days), time(hour), LONDON)
    return int(there.astimezone(UTC).timestamp()) * 1000


def _arrivals(webinars: list[Planned], starts_at: int, seed: int) -> list[Arrival]:
    scenario = Scenario(starts_at, broken_records=False)
    return arrivals_of(webinars, scenario, Random(f"{seed}:present:{len(webinars)}"))
