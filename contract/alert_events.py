"""The records on webinar.conversion-alerts.v1: one for each change of an alert's state. Pure.

They are not events of the funnel: no number of a webinar depends on them. They hold nothing personal.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer

from contract.instants import format_instant

Instant = Annotated[int, PlainSerializer(format_instant, return_type=str, when_used="json")]
"""Milliseconds since 1970 UTC; RFC 3339 text in the record."""
Kind = Literal["drop", "empty_room", "no_events", "pace", "standout"]


class AlertPart(BaseModel):
    """One source's part in the change; mix + rate of all parts add up to the change (1/100 is a point)."""

    model_config = ConfigDict(frozen=True)

    dimension: str
    value: str
    new: bool
    registrations: int
    converted: int
    usual_share: float
    usual_rate: float | None
    mix: float
    rate: float
    inside: tuple["AlertPart", ...] = ()


class AlertEvent(BaseModel):
    """One change of state."""

    model_config = ConfigDict(frozen=True)

    type: Literal["conversion_alert"] = "conversion_alert"
    event_id: str
    """The same whenever the record is repeated."""
    subject: str
    """A webinar_id, or `region=…`, `course=…`, `language=…` if only its webinars together show the change."""
    webinar_id: str
    """Empty if several are judged together."""
    kind: Kind
    state: Literal["raised", "over"]
    occurred_at: Instant
    metric: str
    """registrations, or a conversion by what it counts: visits, visits_5m, visits_full."""
    value: float | None = None
    """The conversion (a fraction) or number now."""
    usual: float | None = None
    registrations: int | None = None
    chance: float | None = None
    """How likely such a number would be by chance."""
    likeness: str = ""
    """Which earlier webinars the baseline comes from."""
    webinars: int | None = None
    """How many there are."""
    sentence: str
    lines: tuple[str, ...] = ()
    parts: tuple[AlertPart, ...] = ()
    """The reason by source group (by raw source if only one group dropped), the strongest drop first."""
    schema_version: Literal[1] = 1


def encode_alert(event: AlertEvent) -> bytes:
    """The record's value."""
    return event.model_dump_json().encode()
