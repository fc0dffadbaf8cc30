"""Events, sources, totals and dead letters -> rows of their tables, as the store takes them. Pure."""

import base64
from collections.abc import Iterable
from struct import Struct
from typing import Any, NamedTuple

import orjson

from contract.canonical import canonical
from contract.decode import DeadLetter
from contract.events import Event, Registration, Totals
from contract.measures import stayed_seconds
from contract.quick import Quick, QuickRegistration, QuickSource
from contract.record import Record
from contract.source import default_group, source_key
from contract.topics import MAX_RECORD_BYTES
from streams.fold.row_binary import LENGTH, frequent_text, text

EVENT_COLUMNS = {
    "webinar_id": "String",
    "event_id": "String",
    "topic": "String",
    "partition": "UInt16",
    "offset": "UInt64",
    "written_at": "Int64",
    "event": "String",
}
"""What `event_row` writes of the table `events`, in this order: the record as text, byte for byte, and its position."""

_position = Struct("<HQq").pack


class SourceRow(NamedTuple):
    """One row of the table `sources`."""

    source: str
    source_group: str
    sorted: bool
    version: int


class TotalsRow(NamedTuple):
    """One row of the table `totals`."""

    webinar_id: str
    reported_by: str
    reported_at: int
    event_id: str
    content: str
    registrations: int | None
    visits_all: int | None
    visits: int | None
    visits_full: int | None
    recording_views: int | None
    page_views: int | None
    invited: int | None
    page_views_by_source: list[tuple[str, int]]
    """Source keys as in `sources`."""
    stayed: dict[int, int]
    """Seconds -> how many stayed that long."""


class ForgottenRow(NamedTuple):
    """One row of the table `forgotten`."""

    forgotten_id: str


class LetterRow(NamedTuple):
    """One row of the table `dead_letters`."""

    topic: str
    partition: int
    offset: int
    written_at: int
    reason: str
    detail: str


def line(values: tuple[Any, ...]) -> bytes:
    """A row of a table that is written seldom, as a line of JSON, including its end of line."""
    return orjson.dumps(tuple(values), option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)


def block(lines: Iterable[bytes]) -> bytearray:
    """The lines in one piece. They are not kept singly: orjson gives each of them 4 KB, however short it is."""
    joined = bytearray()
    for one in lines:
        joined += one
    return joined


def event_row(event: Event | Quick, record: Record) -> bytes:
    """The row of an event, in RowBinary."""
    value = record.value
    assert value is not None
    return b"".join(
        (
            frequent_text(event.webinar_id),
            text(event.event_id),
            frequent_text(record.topic),
            _position(record.partition, record.offset, record.timestamp),
            LENGTH[len(value)],
            value,
        )
    )


def source_line(key: str) -> bytes:
    """The row of a source that no business rule sorts yet."""
    return line(SourceRow(key, default_group(key), sorted=False, version=0))


def totals_line(event: Totals, record: Record) -> bytes:
    """The row of a service's totals for a webinar."""
    assert record.value is not None
    by_source = [(source_key(one.source), one.page_views) for one in event.page_views_by_source or ()]
    return line(
        TotalsRow(
            event.webinar_id,
            event.reported_by,
            event.reported_at,
            event.event_id,
            canonical(record.value),
            event.registrations,
            event.visits_all,
            event.visits,
            event.visits_full,
            event.recording_views,
            event.page_views,
            event.invited,
            by_source,
            {seconds: people for name, people in event.stayed.items() if (seconds := stayed_seconds(name))},
        )
    )


def source_keys(events: Iterable[Event | Quick]) -> set[str]:
    """The sources in the events: of their registrations, and of the page views that they count."""
    # Many registrations share few sources, which are told apart before they are made into keys.
    frequent: set[QuickSource | None] = set()
    keys: set[str] = set()
    for event in events:
        if isinstance(event, QuickRegistration):
            frequent.add(event.source)
        elif isinstance(event, Registration):
            keys.add(source_key(event.source))
        elif isinstance(event, Totals):
            keys.update(source_key(one.source) for one in event.page_views_by_source or ())
    return keys | {source_key(source) for source in frequent}


def letter_line(record: Record, dead: DeadLetter) -> bytes:
    """The row of a dead letter."""
    return line(_letter(record, dead))


def letter_value(record: Record, dead: DeadLetter) -> bytes:
    """A record for the topic of dead letters: the position, the reason, and the bytes, so that it can be replayed.

    Bytes that are too many for a Kafka record are left out: they stay at their position.
    """
    key, value = record.key or b"", record.value or b""
    fits = len(key) + len(value) <= 2 * MAX_RECORD_BYTES
    return orjson.dumps(
        _letter(record, dead)._asdict()
        | {"key": _base64(record.key) if fits else None, "value": _base64(record.value) if fits else None}
    )


def _base64(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _letter(record: Record, dead: DeadLetter) -> LetterRow:
    return LetterRow(record.topic, record.partition, record.offset, record.timestamp, dead.reason, dead.detail)
