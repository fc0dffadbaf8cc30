"""The rows of the report as a file: CSV for programs, a workbook for people. Pure, except what saves."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from contract.instants import FAR_FUTURE, format_instant
from contract.measures import MEASURES, STEPS, WATCHING
from funnel.report.numbers import Row
from funnel.report.starts import Start
from funnel.report.table import COMPLETENESS, DIMENSION_LABELS, WEEKDAYS
from process.files import write_atomically

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_FORMULA = re.compile(r"[=+\-@\t\r]")
_DAY_SECONDS = 86_400
_LABELS = {
    "webinar_id": "Webinar ID",
    "title": "Webinar",
    "starts_at": "Date (UTC)",
    "local_start": "Date",
    "timezone": "Time zone",
    "completeness": "State",
    "totals_only": "Totals only",
    "rows_rejected": "Rows missing",
    "no_time": "No time",
    "matched": "Matched",
    "doubtful": "Doubtful",
    "suppressed": "Suppressed",
    **DIMENSION_LABELS,
    **{one.name: one.label for one in (*MEASURES, *WATCHING)},
    **{f"conversion{one.ending}": one.rate for one in STEPS},
    **{f"registrations{one.ending or '_begun'}": f"Registrants behind {one.rate}" for one in STEPS},
}


def dated(rows: Sequence[Row], known: Mapping[str, Start], default_timezone: str) -> list[Row]:
    """Rows of webinars with `starts_at` (UTC, as the contract writes times), `local_start` and `timezone` in front."""
    return [_dated(row, known.get(row["webinar_id"]), default_timezone) for row in rows]


def as_csv(rows: Sequence[Row]) -> str:
    """A line with the names of `--json`, and one line per row; an empty cell: unknown. Empty without rows.

    A text that a spreadsheet would read as a formula gets an apostrophe in front: anybody can choose the name of a
    source.
    """
    if not rows:
        return ""
    written = io.StringIO()
    lines = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    lines.writeheader()
    lines.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return written.getvalue()


def save_workbook(rows: Sequence[Row], path: Path) -> None:
    """Writes the rows as an Excel workbook, with the labels of the dashboards. Raises OSError."""
    save(workbook(rows), path)


def save(book: "Workbook", path: Path) -> None:
    """Writes a workbook: all of it, or the file stays as it was. Raises OSError."""
    file = io.BytesIO()
    book.save(file)
    write_atomically(path, file.getvalue())


def workbook(rows: Sequence[Row]) -> "Workbook":
    """The same, not saved yet."""
    # Slow to import, and only needed here.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Report"
    names = list(rows[0]) if rows else []
    for place, name in enumerate(names, 1):
        _fill(sheet, 1, place, "text", _LABELS.get(name, name))
        sheet.column_dimensions[get_column_letter(place)].width = 40 if name == "title" else 16
    for (line, row), (place, name) in ((one, two) for one in enumerate(rows, 2) for two in enumerate(names, 1)):
        _fill(sheet, line, place, name, row[name])
    sheet.freeze_panes = "C2"
    if rows:
        sheet.auto_filter.ref = sheet.dimensions
    return book


def _dated(row: Row, start: Start | None, default_timezone: str) -> Row:
    timeless = start is None or start.ms >= FAR_FUTURE
    when = {
        "starts_at": None if start is None or timeless else format_instant(start.ms),
        "local_start": f"{start.local:%Y-%m-%d %H:%M}" if start is not None and start.local is not None else None,
        "timezone": None if start is None else start.timezone or default_timezone,
    }
    first = {name: row[name] for name in ("webinar_id", "title")}
    return dict(chain(first.items(), when.items(), row.items()))


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _fill(sheet: "Worksheet", line: int, place: int, name: str, value: object) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    cell = sheet.cell(line, place)
    if name == "completeness":
        value = COMPLETENESS[str(value)]
    elif name == "weekday" and isinstance(value, int):
        value = WEEKDAYS[value - 1]
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        # Otherwise a text that begins with = is a formula.
        cell.data_type = "s"
    elif name.endswith("_seconds") and isinstance(value, int | float):
        cell.value, cell.number_format = value / _DAY_SECONDS, "[h]:mm:ss"
    elif name.startswith("conversion") or name == "matched":
        cell.value, cell.number_format = value, "0.0%"  # type: ignore[assignment]
    elif isinstance(value, bool):
        cell.value = "yes" if value else None
    elif isinstance(value, int) and name != "hour":
        cell.value, cell.number_format = value, "#,##0"
    else:
        cell.value = value  # type: ignore[assignment]
    if line == 1:
        cell.font = Font(bold=True)
