"""`funnel alerts simulate`: the detector over stored history, at the times at which it would have looked.

By all that is known now of those days: what came late then is there already. Upcoming webinars are looked at four times
a day, live ones every minute at first, then every five.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from alerts.detection.settings import DropSettings
from alerts.evaluate import Evaluation, Stored
from alerts.evidence import Evidence, Plan, WebinarInfo, as_of, plan
from alerts.messages import Message, Unusual
from alerts.read import HISTORY_DAYS, Reader
from contract.instants import DAY, FAR_FUTURE, HOUR, MINUTE

_MINUTES = (*range(5, 21), *range(25, 24 * 60, 5))
_AFTER_THE_END = (2, 4, 6, 30, 60, 90, 120)
_PACE_HOURS = 6


def simulate(
    reader: Reader,
    at: int,
    days: int,
    days_ahead: int,
    settings: DropSettings,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Message]:
    """What would have been said in the days before `at` (ms), in its order.

    `progress` hears how many of the moments with live webinars have been looked at, and how many there are.
    """
    webinars = reader.webinars(at)
    begun = {webinar_id: one for webinar_id, one in webinars.items() if one.webinar.begin <= at}
    recent = {key: one for key, one in begun.items() if one.webinar.begin >= at - HISTORY_DAYS * DAY}
    evidence = Evidence(webinars, reader.finals(at), reader.curves(recent, at), reader.names())
    first = at - days * DAY
    said = [
        *_live(reader, evidence, recent, first, at, settings, progress),
        *_ahead(reader, evidence, recent, first, at, days_ahead, settings),
    ]
    yield from sorted(said, key=lambda one: (one.created_at, one.message_id))


def times(webinars: Iterable[WebinarInfo], first: int, at: int) -> list[int]:
    """When the detector looks at webinars that are live or have just ended."""
    found = set()
    for one in webinars:
        begin, ended = one.webinar.begin, min(one.ended_ms, at)
        found |= {begin + minute * MINUTE for minute in _MINUTES if begin + minute * MINUTE < ended}
        if one.ended_ms < FAR_FUTURE:
            found |= {ended + minute * MINUTE for minute in _AFTER_THE_END}
    return sorted(moment for moment in found if first <= moment <= at)


def _live(
    reader: Reader,
    evidence: Evidence,
    webinars: Mapping[str, WebinarInfo],
    first: int,
    at: int,
    settings: DropSettings,
    progress: Callable[[int, int], None] | None,
) -> Iterator[Message]:
    planner = _Planner(webinars.values(), settings)
    had_drop = {
        webinar_id for webinar_id, one in webinars.items() if one.webinar.had_drop and one.webinar.begin < first
    }
    stored: dict[str, Stored] = {}
    unusual: dict[str, Unusual] = {}
    moments = times(webinars.values(), first, at)
    for done, moment in enumerate(moments):
        if progress is not None:
            progress(done, len(moments))
        planned = planner.at(moment, had_drop)
        evaluation = Evaluation(
            moment, planned, evidence, settings, lambda ids, elapsed, metric: reader.cells(ids, elapsed, metric, at)
        )
        outcome = evaluation.run(stored, unusual)
        stored, unusual = outcome.stored, outcome.unusual
        ended = {one.webinar.webinar_id for one in planned.judged if one.webinar.ended}
        had_drop |= {one for one in ended if stored[one].alarm.condition == "drop"}
        yield from outcome.messages


def _ahead(
    reader: Reader,
    evidence: Evidence,
    webinars: Mapping[str, WebinarInfo],
    first: int,
    at: int,
    days_ahead: int,
    settings: DropSettings,
) -> Iterator[Message]:
    at_once = settings.model_copy(update={"evaluations_to_raise": 1, "evaluations_to_clear": 1})
    stored: dict[str, Stored] = {}
    unusual: dict[str, Unusual] = {}
    for moment in range(first, at, _PACE_HOURS * HOUR):
        planned = replace(plan(as_of(webinars.values(), moment, ()), moment, at_once, days_ahead), judged=())
        evaluation = Evaluation(
            moment, planned, evidence, at_once, lambda ids, elapsed, metric: reader.cells(ids, elapsed, metric, at)
        )
        outcome = evaluation.run(stored, unusual)
        stored, unusual = outcome.stored, outcome.unusual
        yield from outcome.messages


class _Planner:
    """Plans anew only where a webinar has begun, ended, or become one of yesterday, or a drop has become known."""

    def __init__(self, webinars: Iterable[WebinarInfo], settings: DropSettings) -> None:
        self._held, self._settings = list(webinars), settings
        recent = settings.recent_hours * HOUR
        self._turns = sorted(
            turn
            for one in self._held
            for turn in (one.webinar.begin, one.ended_ms, one.ended_ms + DAY, one.ended_ms + recent + 1)
        )
        self._planned: tuple[tuple[int, int], Plan] | None = None

    def at(self, moment: int, had_drop: Collection[str]) -> Plan:
        """The plan at a moment. `fell`: of which webinar_ids a drop is known; they only become more."""
        turn = bisect_right(self._turns, moment), len(had_drop)
        if self._planned is None or self._planned[0] != turn:
            self._planned = turn, plan(as_of(self._held, moment, had_drop), moment, self._settings, 0)
        return self._planned[1]
