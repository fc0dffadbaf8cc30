"""An exported file -> its rows: the first sheet of a workbook (XLSX, XLS, ODS), else separated values."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from connectors.toolkit.csv_rows import UnreadableFileError, csv_rows
from connectors.toolkit.rows import Row, RowRejection

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""The first bytes of XLSX and ODS (ZIP archives), and of XLS."""


def read_rows(
    path: Path,
    on_progress: Callable[[int], None] = lambda _: None,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    tab: str | None = None,
) -> Iterator[Row | RowRejection]:
    """Rows of the file; `on_progress` gets the bytes read so far. `tab`: which sheet of a workbook; None: the first
    that is not empty. Raises UnreadableFileError, OSError (csv_rows).
    """
    with path.open("rb") as file:
        yield from _rows_of(file, on_progress, encoding, delimiter, tab)


def rows_of_bytes(
    content: bytes, *, encoding: str | None = None, delimiter: str | None = None, tab: str | None = None
) -> Iterator[Row | RowRejection]:
    """The same for a file in memory."""
    return _rows_of(io.BytesIO(content), lambda _: None, encoding, delimiter, tab)


def is_workbook(file: BinaryIO) -> bool:
    """Whether the file is a workbook, by its first bytes; the file's position is unchanged."""
    head = file.read(8)
    file.seek(0)
    return head.startswith(_WORKBOOK_MARKS)


def tabs_of(content: bytes) -> list[str]:
    """The names of a workbook's sheets that are visible and not empty; none for a text file. Raises
    UnreadableFileError.
    """
    if not content.startswith(_WORKBOOK_MARKS):
        return []
    with _workbook(io.BytesIO(content)) as workbook:
        seen = [one.name for one in workbook.sheets_metadata if str(one.visible).endswith("Visible")]
        return [name for name in seen if workbook.get_sheet_by_name(name).height]


def _rows_of(
    file: BinaryIO, on_progress: Callable[[int], None], encoding: str | None, delimiter: str | None, tab: str | None
) -> Iterator[Row | RowRejection]:
    if is_workbook(file):
        return _workbook_rows(file, tab)
    return csv_rows(file, on_progress, encoding=encoding, delimiter=delimiter)


@contextmanager
def _workbook(file: BinaryIO) -> Iterator["CalamineWorkbook"]:
    # Imported when first needed: most files are text.
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        yield CalamineWorkbook.from_filelike(file)
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFileError(
            "a ZIP archive or a damaged workbook, not a table. Import the Excel workbook or the CSV file as exported."
        ) from error


def _workbook_rows(file: BinaryIO, tab: str | None) -> Iterator[Row]:
    """Rows with cells as a CSV export would write them; times as 2026-11-22 18:00:00."""
    with _workbook(file) as workbook:
        if tab is not None and tab not in workbook.sheet_names:
            raise UnreadableFileError(f"the workbook has no sheet {tab}; there are: {', '.join(workbook.sheet_names)}.")
        sheets = (workbook.get_sheet_by_name(name) for name in workbook.sheet_names if tab in (None, name))
        sheet = next((one for one in sheets if one.height), None)
        rows = [] if sheet is None else sheet.to_python(skip_empty_area=False)
    for line, cells in enumerate(rows, start=1):
        yield Row(line, [_text(cell) for cell in cells])


def _text(cell: object) -> str:
    match cell:
        case bool():
            text = "yes" if cell else "no"
        case float():
            text = str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            text = f"{cell:%Y-%m-%d %H:%M:%S}"
        case date():
            text = f"{cell:%Y-%m-%d}"
        case time():
            text = f"{cell:%H:%M:%S}"
        case timedelta():
            seconds = round(cell.total_seconds())
            text = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        case _:
            text = str(cell)
    return text
