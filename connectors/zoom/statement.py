"""Zoom's data about a webinar -> the contract's statements and totals. Pure."""

from collections.abc import Sequence

from connectors.mapped import Context, Mapped
from connectors.toolkit.content_id import mapped_event
from connectors.zoom.occurrence import PLATFORM, series_id
from connectors.zoom.payload import Fields, time_text
from contract.instants import MINUTE, SECOND

Counts = dict[str, object]
"""Fields of the contract's totals."""
CAPABILITIES = ("starts", "live", "leaves", "persons", "seconds")
"""With webhooks. Recording viewers are added for apps that may read them (RECORDING_VIEWS)."""
CAPABILITIES_WITHOUT_WEBHOOKS = tuple(what for what in CAPABILITIES if what != "live")

RECORDING_VIEWS = "recording_views"


def statement(
    webinar_id: str,
    occurred_at: int,
    context: Context,
    said: dict[str, object],
    capabilities: Sequence[str] = CAPABILITIES,
) -> Mapped:
    """A statement about one webinar or occurrence; `said` in the contract's words, None is left out."""
    content: dict[str, object] = {
        "type": "webinar",
        "webinar_id": webinar_id,
        "platform": PLATFORM,
        "occurred_at": time_text(occurred_at),
        "tells": list(capabilities),
        **said,
    }
    return mapped_event(content, context, PLATFORM)


def totals(webinar_id: str, reported_at: int, context: Context, said: Counts) -> Mapped:
    """Zoom's own totals of one webinar or occurrence."""
    content: dict[str, object] = {
        "type": "totals",
        "webinar_id": webinar_id,
        "platform": PLATFORM,
        "occurred_at": time_text(reported_at),
        "reported_by": PLATFORM,
        "reported_at": time_text(reported_at),
        **said,
    }
    return mapped_event(content, context, PLATFORM)


def described(webinar: Fields) -> dict[str, object]:
    """The fields of a webinar that webhooks and REST share. Raises FieldError."""
    simulive = webinar.flag("is_simulive")
    return {
        "title": webinar.text("topic") or None,
        "timezone": webinar.text("timezone") or None,
        "format": None if simulive is None else "recorded" if simulive else "live",
        "service": {"series_id": series_id(webinar.id("id")), "host": webinar.optional_id("host_id") or None},
    }


def duration_seconds(fields: Fields) -> int | None:
    """Zoom's planned minutes as seconds. Raises FieldError."""
    minutes = fields.number("duration")
    return None if minutes is None else minutes * (MINUTE // SECOND)
