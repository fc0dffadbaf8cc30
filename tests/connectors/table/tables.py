"""Tables of tests: a mapping file in few words, rows as lists, and what they become."""

from typing import Any
from zoneinfo import ZoneInfo

import yaml

from connectors.mapped import Context
from connectors.table.cells import Reading
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import parse
from connectors.toolkit.rows import Row, RowRejection
from contract.events import Event
from contract.instants import format_instant, parse_instant

SECRET = "sixteen characters"
NOW = parse_instant("2026-11-25T12:00:00.000Z")
READ_AT = parse_instant("2026-11-24T00:00:00.000Z")


def reading(kind: str, columns: str, read_at: int = READ_AT, is_sheet: bool = False, **more: Any) -> Reading:
    """`columns`: fields, each also the name of its column."""
    fields = {name: name for name in columns.split()}
    said = {"kind": kind, "platform": "zoom", "timezone": "Europe/Berlin", "columns": fields, **more}
    mapping = parse(yaml.safe_dump(said, sort_keys=False), "m.yaml")
    return Reading(mapping, ZoneInfo(mapping.timezone), Context(SECRET, NOW), read_at, is_sheet)


def results(read: Reading, *rows: str | list[str], imported: Imported | None = None) -> list[Event | RowRejection]:
    """Events and rejections of these rows below their header; cells of a text are split at |."""
    header = [
        *(name for field in read.mapping.columns for name in read.mapping.names(field)),
        *read.mapping.webinar_id_from,
    ]
    cells = [header, *(row.split("|") if isinstance(row, str) else row for row in rows)]
    table = [Row(line, one) for line, one in enumerate(cells, start=1)]
    return [result for result, _ in table_events(table, read, imported or Imported())]


def events(read: Reading, *rows: str | list[str]) -> list[dict[str, Any]]:
    """The same as plain objects without what all events have; instants as text. No row is rejected."""
    found = results(read, *rows)
    assert not [one for one in found if isinstance(one, RowRejection)], found
    left_out = {"event_id", "received_at", "schema_version", "person_id", "domain_id", "session_id"}
    return [one.model_dump(mode="json", exclude_none=True, exclude=left_out) for one in found]  # type: ignore[union-attr]


def rejections(read: Reading, *rows: str | list[str]) -> list[str]:
    """`line: column: reason` of each; no row gives events."""
    found = results(read, *rows)
    assert all(isinstance(one, RowRejection) for one in found), found
    return [f"{one.line}: {one.field}: {one.reason}" for one in found if isinstance(one, RowRejection)]


def berlin(text: str) -> str:
    """`2026-11-22 18:00` in winter, as the events say it."""
    return format_instant(parse_instant(f"{text.replace(' ', 'T')}:00+01:00"))
