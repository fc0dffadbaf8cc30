"""Rows of the report, said in few words."""

from typing import Any

from contract.measures import MEASURES, STEPS, WATCHING
from funnel.report.numbers import CONVERSIONS, DENOMINATORS

DIMENSIONS = {"course": "A", "region": "EU", "language": "en", "format": "live", "platform": "zoom", "week": "2026-W47"}


def webinar_row(
    webinar_id: str, *, registrations: int, came: int, stayed_30: int = 0, walk_ins: int = 0, course: str = "A"
) -> dict[str, Any]:
    """Of one webinar: everybody who came without staying half an hour stayed five minutes; nobody stayed to the end."""
    known = _numbers(registrations, came, stayed_30, walk_ins)
    about = {"completeness": "final", "totals_only": False, "doubtful": False, "rows_rejected": 0, "no_time": False}
    peak = {"average_watch_seconds": 60.0, "median_watch_seconds": 60.0, "peak_viewers": came, "peak_at": "then"}
    return {"webinar_id": webinar_id, "title": "SQL", **DIMENSIONS, "course": course, **about, **known, **peak}


def group(*, registrations: int, came: int, walk_ins: int = 0, **dimensions: str) -> dict[str, Any]:
    """Of a group of webinars that have all ended."""
    known = _numbers(registrations, came, 0, walk_ins)
    return {**dimensions, **known, **dict.fromkeys(DENOMINATORS.values(), registrations)}


def _numbers(registrations: int, came: int, stayed_30: int, walk_ins: int) -> dict[str, Any]:
    empty = dict.fromkeys([*(one.name for one in (*MEASURES, *WATCHING)), *CONVERSIONS])
    steps = {"": came, "_5m": came, "_30m": stayed_30}
    assert steps.keys() <= {step.ending for step in STEPS}
    return {
        **empty,
        "registrations": registrations,
        "registered_later": 0,
        "visits_all": came + walk_ins,
        "walk_ins": walk_ins,
        "no_shows": registrations - came,
        "watch_seconds": 60 * (came + walk_ins),
        "matched": came / (came + walk_ins) if came + walk_ins else None,
        **{f"visits{ending}": count + walk_ins for ending, count in steps.items()},
        **{f"registered_visits{ending}": count for ending, count in steps.items()},
        **{f"conversion{ending}": count / registrations if registrations else None for ending, count in steps.items()},
    }
