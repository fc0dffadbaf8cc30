"""When webinars begin, in each one's local time: the order of lists, and the format of times."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from clickhouse.at import AT, at_parameter
from contract.instants import FAR_FUTURE

START_MS = f"if(begin_ms < {FAR_FUTURE}, begin_ms, starts_at)"
"""When a webinar of the view webinars_at begins or is to begin, ms; FAR_FUTURE: nobody said it."""
_STARTS = f"""
SELECT webinar_id, {START_MS}, local_time, if(zone_known, timezone, '')
FROM webinars_at(at = {AT})
WHERE empty({{webinar_ids:Array(String)}}) OR has({{webinar_ids:Array(String)}}, webinar_id)
"""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  of wall clocks


class Start(NamedTuple):
    """When a webinar began or will begin."""

    ms: int
    """Milliseconds since 1970 UTC; FAR_FUTURE: unknown."""
    local: datetime | None
    """The webinar's local time, without a zone."""
    timezone: str
    """IANA name; empty: none or an unknown one was stated, so FUNNEL_DEFAULT_TIMEZONE applies."""


def starts(client: Client, at: int, webinar_ids: Sequence[str] = ()) -> dict[str, Start]:
    """webinar_id -> start, of all webinars that an event has named by `at` (ms), or of those among `webinar_ids`."""
    rows = client.query(_STARTS, parameters={"at": at_parameter(at), "webinar_ids": list(webinar_ids)}).result_rows
    return {webinar_id: Start(ms, local, zone) for webinar_id, ms, local, zone in rows}


def newest_first(webinar_ids: Sequence[str], known: dict[str, Start]) -> list[str]:
    """Sorted by start, latest first; webinars without one come last. Pure."""

    def order(webinar_id: str) -> tuple[bool, int, str]:
        start = known.get(webinar_id)
        timeless = start is None or start.ms >= FAR_FUTURE
        return timeless, 0 if start is None else -start.ms, webinar_id

    return sorted(webinar_ids, key=order)


def begun_and_upcoming(webinar_ids: Sequence[str], known: dict[str, Start], at: int) -> tuple[list[str], list[str]]:
    """Those that began by `at` (ms), the latest first, and those to come, the soonest first. Pure."""
    in_order = [one for one in newest_first(webinar_ids, known) if one in known and known[one].ms < FAR_FUTURE]
    return [one for one in in_order if known[one].ms <= at], [one for one in in_order[::-1] if known[one].ms > at]


def day_said(local: datetime, year: int) -> str:
    """`Fri 27 Nov`, with the year if it is not `year`. Pure."""
    day = f"{local:%a} {local.day} {local:%b}"
    return day if local.year == year else f"{day} {local.year}"


def zone_said(timezone: str) -> str:
    """The city of an IANA name: `New York`. Pure."""
    return timezone.rpartition("/")[2].replace("_", " ")


def utc_said(ms: int) -> str:
    """A moment as `Fri 27 Nov 2026, 16:00 UTC`. Pure."""
    moment = _EPOCH + timedelta(milliseconds=ms)
    return f"{day_said(moment, 0)}, {moment:%H:%M} UTC"
