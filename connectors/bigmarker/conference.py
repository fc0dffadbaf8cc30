"""A conference of BigMarker -> the contract's webinar and totals events. Pure.

BigMarker reports neither when a statement was made nor when a webinar really began, so `occurred_at` comes from the
caller (connectors/bigmarker/memory.py stores when each content was first seen).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from connectors.bigmarker import cells
from connectors.bigmarker.cells import FieldError
from connectors.bigmarker.zones import zone_named
from connectors.mapped import Context, Reason, Rejection
from connectors.toolkit.content_id import mapped_event
from connectors.toolkit.identity import person_of
from contract.events import Event, Role
from contract.instants import DAY, HOUR, MINUTE, SECOND, format_instant

PLATFORM = "bigmarker"
CAPABILITIES = ("recording_views", "persons", "seconds")
"""What BigMarker can report (docs/contract.md, `tells`).

Not `starts`: first_admin_enter_time is when somebody comes to set up, audience_open_time when the waiting room opens;
so a webinar counts from its planned start. Not `live` and not `leaves`: attendance is one total per person, without
joins or leaves. `seconds`: totals are durations, presumably whole seconds.
"""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_RECORDED = re.compile(r"on_?demand|evergreen|simulive|recorded|automated")
_MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class Conference:
    """A conference as it was read. Instants in milliseconds since 1970 UTC."""

    id: str
    """Twelve digits or hex characters; text, never a number."""
    zone: tzinfo
    """Applies to its times without an offset."""
    starts_at: int | None
    planned_end: int | None
    ended_at: int | None
    """When the host ended it. The planned end is not used: a webinar may run longer."""
    statement: Mapping[str, object]
    """The webinar event without occurred_at."""
    totals: Mapping[str, object] | None
    """The totals event without its times."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """Presenters by person_id."""
    rejections: tuple[Rejection, ...] = ()
    """Fields that could not be read and are missing from the statement."""

    @property
    def webinar_id(self) -> str:
        return f"{PLATFORM}:{self.id}"

    @property
    def end(self) -> int | None:
        """When the host ended it, else the planned end."""
        return self.planned_end if self.ended_at is None else self.ended_at


def conference_id(value: object) -> str | None:
    """The id if it is safe in a URL; None for anything else."""
    said = cells.text(value)
    return said if _ID.fullmatch(said) else None


def conference_of(payload: object, secret: str) -> Conference | Rejection:
    """Reads one conference, from a list or alone."""
    if not isinstance(payload, dict):
        return Rejection(Reason.WRONG_FORM, "conference: not an object")
    said_id = conference_id(payload.get("id"))
    if said_id is None:
        return Rejection(Reason.MISSING_FIELD, "id: not the id of a conference")
    return _Reader(payload, secret).conference(said_id)


def webinar_event(conference: Conference, said_at: int, context: Context) -> Event | Rejection:
    """BigMarker's statement about the webinar, with `said_at` as its time."""
    content = {**conference.statement, "occurred_at": format_instant(said_at)}
    return mapped_event(content, context, PLATFORM)


def totals_event(conference: Conference, said_at: int, context: Context) -> Event | Rejection | None:
    """BigMarker's own totals; None if it reports none."""
    if conference.totals is None:
        return None
    when = format_instant(said_at)
    return mapped_event({**conference.totals, "occurred_at": when, "reported_at": when}, context, PLATFORM)


def completed_event(conference: Conference, completed_at: int, context: Context) -> Event | Rejection:
    """The statement that nothing more is expected after that moment."""
    when = format_instant(completed_at)
    content = {**_common(conference.id), "type": "webinar", "occurred_at": when, "completed_at": when}
    return mapped_event(content, context, PLATFORM)


def _common(said_id: str) -> dict[str, object]:
    return {"webinar_id": f"{PLATFORM}:{said_id}", "platform": PLATFORM}


class _Reader:
    """Reads the fields of one conference; an unreadable field becomes a rejection."""

    def __init__(self, payload: Mapping[str, Any], secret: str) -> None:
        self._payload = payload
        self._secret = secret
        self._rejections: list[Rejection] = []
        self._zone_name = cells.text(payload.get("time_zone"))
        self._zone = zone_named(self._zone_name) if self._zone_name else None

    def conference(self, said_id: str) -> Conference:
        starts_at = self._instant("start_time")
        duration = self._duration(starts_at)
        ended_at = self._instant("manual_end_time")
        if ended_at is not None and starts_at is not None and ended_at < starts_at:
            # A rehearsal ended, not the webinar.
            ended_at = None
        planned_end = None if starts_at is None else starts_at + (duration or HOUR // SECOND) * SECOND
        roles, host = self._presenters()
        statement = {
            **_common(said_id),
            "type": "webinar",
            "title": cells.text(self._payload.get("title")) or None,
            "language": cells.text(self._payload.get("language")) or None,
            "format": self._format(),
            "status": None if ended_at is None else "ended",
            "starts_at": _written(starts_at),
            "duration_seconds": duration,
            "ended_at": _written(ended_at),
            "timezone": str(self._zone) if self._zone else self._zone_name or None,
            "tells": list(CAPABILITIES),
            "service": self._service(host),
        }
        return Conference(
            id=said_id,
            zone=self._zone or UTC,
            starts_at=starts_at,
            planned_end=planned_end,
            ended_at=ended_at,
            statement=statement,
            totals=self._totals(said_id),
            roles=roles,
            rejections=tuple(self._rejections),
        )

    def _instant(self, name: str) -> int | None:
        try:
            return cells.instant(self._payload.get(name), name, self._zone or UTC)
        except FieldError as error:
            self._rejections.append(error.rejection)
            return None

    def _duration(self, starts_at: int | None) -> int | None:
        """Seconds. From start and end if both are given: the unit of `duration` (minutes) is undocumented."""
        ends_at = self._instant("end_time")
        if starts_at is not None and ends_at is not None and 0 < ends_at - starts_at <= DAY:
            return (ends_at - starts_at) // SECOND
        minutes = cells.count(self._payload.get("duration"))
        return minutes * MINUTE // SECOND if minutes and minutes * MINUTE <= DAY else None

    def _format(self) -> str | None:
        said = [cells.text(self._payload.get(name)).lower() for name in ("type", "event_type", "webcast_mode")]
        if not any(said):
            return None
        return "recorded" if any(_RECORDED.search(word.replace("-", "_")) for word in said) else "live"

    def _service(self, host: str | None) -> dict[str, object] | None:
        series = self._series()
        service: dict[str, object] = {
            "series_id": f"{PLATFORM}:{series}" if series else None,
            "tags": self._tags() or None,
            "channel": cells.text(self._payload.get("channel_id")) or None,
            "host": host,
        }
        said = {name: value for name, value in service.items() if value is not None}
        return said or None

    def _series(self) -> str | None:
        listed = self._payload.get("associated_series")
        for one in listed if isinstance(listed, list) else ():
            series = conference_id(one.get("series_id") if isinstance(one, dict) else one)
            if series:
                return series
        return conference_id(self._payload.get("master_webinar_id"))

    def _tags(self) -> list[str]:
        said = self._payload.get("tags")
        if isinstance(said, dict):
            said = list(said.values())
        texts = (cells.text(tag) for tag in said) if isinstance(said, list) else ()
        return sorted({tag for tag in texts if tag})[:_MOST_TAGS]

    def _presenters(self) -> tuple[dict[str, Role], str | None]:
        """Roles by person_id, and the host's id: the first moderator, else the first presenter."""
        listed = self._payload.get("presenters")
        presenters = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        presenters.sort(key=lambda one: not cells.yes(one.get("is_moderator")))
        roles: dict[str, Role] = {}
        for one in presenters:
            person = person_of(PLATFORM, cells.text(one.get("email")), cells.first(one, "bmid"), self._secret)
            if person is not None:
                roles.setdefault(person["person_id"], "host" if cells.yes(one.get("is_moderator")) else "panelist")
        host = next((cells.text(one.get("member_id")) for one in presenters), "")
        return roles, host or next(iter(roles), None)

    def _totals(self, said_id: str) -> dict[str, object] | None:
        stats = self._payload.get("webinar_stats")
        if not isinstance(stats, dict):
            return None
        names = {
            "registrations": "registrants",
            "visits_all": "total_attendees",
            "page_views": "page_views",
            "invited": "invited",
        }
        said = {ours: cells.count(stats.get(theirs)) for ours, theirs in names.items()}
        if all(value is None for value in said.values()):
            return None
        return {**_common(said_id), "type": "totals", "reported_by": PLATFORM, **said}


def _written(instant: int | None) -> str | None:
    return None if instant is None else format_instant(instant)
