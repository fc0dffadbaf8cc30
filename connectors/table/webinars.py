"""One row about a webinar -> its statement and its totals. Pure. Raises CellError."""

from collections.abc import Iterator

from connectors.mapped import Reason
from connectors.table.cells import Fields
from connectors.table.fields import COUNTS
from connectors.toolkit.cells import CellError
from contract.events import Event
from contract.instants import FIRST_INSTANT, format_instant

_TEXTS = ("title", "course", "language", "region", "timezone")
_TIMES = ("starts_at", "started_at", "ended_at", "completed_at")


def webinar_events(row: Fields) -> Iterator[Event]:
    """A statement with the time of reading, so that the later of two wins."""
    statement = _statement(row, row.reading.read_at)
    if statement is None:
        raise CellError("row", "says nothing of the webinar", Reason.MISSING_FIELD)
    yield statement


def totals_events(row: Fields) -> Iterator[Event]:
    """The totals, and a statement if the row has more about the webinar."""
    reported_at = row.instant("reported_at") or row.reading.read_at
    said = {name: count for name in COUNTS if (count := row.count(name)) is not None}
    if not said:
        raise CellError("row", "no number", Reason.MISSING_FIELD)
    when = format_instant(reported_at)
    totals = row.event(
        {
            "type": "totals",
            "webinar_id": row.webinar_id(),
            "platform": row.reading.mapping.platform,
            "occurred_at": when,
            "reported_by": row.reading.mapping.name,
            "reported_at": when,
            **said,
        }
    )
    yield from _day(row, reported_at)
    statement = _statement(row, reported_at)
    if statement is not None:
        yield statement
    yield totals


def begin_of(row: Fields) -> Event | None:
    """The statement of an attendance row about its webinar's time; None if it has none. Raises CellError.

    It has that time as its own, so that a later statement of the service wins.
    """
    starts_at = row.moment("starts_at")
    if starts_at is None or row.is_day_only("starts_at"):
        return None
    content = {"type": "webinar", "webinar_id": row.webinar_id(), "platform": row.reading.mapping.platform}
    said = {"starts_at": starts_at, "title": row.text("title") or None, "duration_seconds": row.planned_seconds()}
    return row.event({**content, "occurred_at": starts_at, "timezone": str(row.reading.zone), **said})


def _day(row: Fields, said_at: int) -> Iterator[Event]:
    """The day of totals without a time of day: its midnight is the start if nobody ever states another one.

    So its time is in the first days of 2000, before any other statement; of two, the later one still wins.
    """
    if row.is_day_only("starts_at"):
        about = {"type": "webinar", "webinar_id": row.webinar_id(), "platform": row.reading.mapping.platform}
        said = {"starts_at": row.moment("starts_at"), "timezone": row.text("timezone") or str(row.reading.zone)}
        ever = FIRST_INSTANT + (said_at - FIRST_INSTANT) // 1000
        yield row.event({**about, "occurred_at": format_instant(ever), **said})


def _statement(row: Fields, said_at: int) -> Event | None:
    is_totals = row.reading.mapping.kind == "totals"
    times = [name for name in _TIMES if not (is_totals and name == "starts_at" and row.is_day_only(name))]
    said = {
        **{name: row.text(name) or None for name in _TEXTS},
        **dict.fromkeys(_TIMES),
        **{name: row.moment(name, needs_clock=name == "starts_at") for name in times},
        "format": row.word("format"),
        "status": row.word("status"),
        "duration_seconds": row.planned_seconds(),
    }
    if all(value is None for value in said.values()):
        return None
    if said["starts_at"] or said["started_at"]:
        # The time zone of the table's times is the webinar's local time for people.
        said["timezone"] = said["timezone"] or str(row.reading.zone)
    about = {"type": "webinar", "webinar_id": row.webinar_id(), "platform": row.reading.mapping.platform}
    return row.event({**about, "occurred_at": format_instant(said_at), **said})
