"""Combined statements -> row of the table `webinars`. Pure."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from contract.events import Service
from contract.instants import FAR_FUTURE, SECOND
from streams.fold.row import LONGEST_SECONDS, version
from streams.fold.webinar import Facts, WebinarState


class WebinarRow(NamedTuple):
    """One row of the table `webinars`, column by column (clickhouse/migrations). Instants in ms since 1970 UTC."""

    webinar_id: str
    version: int
    title: str
    course: str
    language: str
    region: str
    format: str
    status: str
    status_said_at: int
    starts_at: int
    duration_ms: int
    started_at: int
    ended_at: int
    completed_at: int
    timezone: str
    zone_known: bool
    tells: list[str]
    series_id: str
    tags: list[str]
    channel: str
    host: str
    begin: int
    local_begin: int
    local_starts_at: int
    state: dict[str, Any]


def webinar_row(
    webinar_id: str, state: WebinarState, facts: Facts, *, fence: int, offset: int, default_timezone: str
) -> WebinarRow:
    """The row of a webinar. `offset`: one more than the highest offset of a statement that changed it."""
    zone, known = _zone(facts.timezone, default_timezone)
    starts_at = _or_never(facts.starts_at)
    duration = facts.duration_seconds
    service = facts.service or Service()
    return WebinarRow(
        webinar_id=webinar_id,
        version=version(fence, offset),
        title=facts.title or "",
        course=facts.course or "",
        language=facts.language or "",
        region=facts.region or "",
        format=facts.format or "",
        status=facts.status or "",
        status_said_at=_or_never(facts.status_said_at),
        starts_at=starts_at,
        duration_ms=-1 if duration is None else min(duration, LONGEST_SECONDS) * SECOND,
        started_at=_or_never(facts.started_at),
        ended_at=_or_never(facts.ended_at),
        completed_at=_or_never(facts.completed_at),
        timezone=facts.timezone or "",
        zone_known=known,
        tells=list(facts.tells),
        series_id=service.series_id or "",
        tags=service.tags or [],
        channel=service.channel or "",
        host=service.host or "",
        begin=facts.begin,
        local_begin=_local(facts.begin, zone),
        local_starts_at=_local(starts_at, zone),
        state={
            "offset": offset,
            "statements": [orjson.Fragment(content) for content in sorted(one.content for one in state)],
        },
    )


def _or_never(instant: int | None) -> int:
    return FAR_FUTURE if instant is None else instant


def _zone(name: str | None, default: str) -> tuple[ZoneInfo, bool]:
    try:
        return ZoneInfo(name or ""), True
    except (KeyError, ValueError, OSError):  # no such zone; what ZoneInfo raises depends on the name's form
        return ZoneInfo(default), False


def _local(instant: int, zone: ZoneInfo) -> int:
    """The wall clock in `zone` at the instant, counted as if it were UTC."""
    if instant == FAR_FUTURE:
        return FAR_FUTURE
    offset = datetime.fromtimestamp(instant // SECOND, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return instant + int(offset.total_seconds()) * SECOND
