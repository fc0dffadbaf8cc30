"""Polls sheets: rows that are new or edited since the last reading are put, then the cursor moves.

The cursor of a sheet holds the hashes of its rows, so an unchanged sheet puts nothing.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from connectors.mapped import Context
from connectors.poll import Cursors, Outbox, Progress, Span
from connectors.settings import SettingsError
from connectors.table.cells import Reading
from connectors.table.google import SERVICE, Token, published_rows, service_account, sheet_rows
from connectors.table.layout import NotThisTableError
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import MappingFile, Sheet, parse
from connectors.table.marks import Marks
from connectors.table.settings import SheetsSettings
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.csv_rows import UnreadableFileError
from connectors.toolkit.imported_rows import ImportedRows
from connectors.toolkit.io.http import Http, ServiceError
from connectors.toolkit.io.text_file import text_of
from connectors.toolkit.marked import FileError
from connectors.toolkit.rows import Row, RowRejection, as_mapped
from connectors.toolkit.seen import Seen

_PROGRESS_ROWS = 500
_MARKS = "marks"
"""The cursor of the webinars with rejected rows."""


class Sheets:
    """Reads sheets with the account of the settings, through one client. Not for several threads."""

    def __init__(self, settings: SheetsSettings, sleep: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._sleep = sleep
        self._http: Http | None = None

    def rows(self, sheet: Sheet) -> Iterator[Row | RowRejection]:
        """Raises ServiceError and SettingsError."""
        if sheet.address is not None:
            return published_rows(sheet.address, self._sleep)
        assert sheet.id is not None
        return sheet_rows(self._client(), sheet.id, sheet.tab)

    def close(self) -> None:
        """Closes the client, if there is one."""
        if self._http is not None:
            self._http.__exit__(None, None, None)

    def _client(self) -> Http:
        settings = self._settings
        if self._http is None:
            if settings.credentials is None:
                raise SettingsError(
                    "FUNNEL_SHEETS_CREDENTIALS is not set: the path of a service account's JSON key (Google Cloud "
                    "console > IAM > Service accounts > Keys). Or publish the sheet as CSV and name its address."
                )
            self._http = Http(
                SERVICE,
                settings.base_url,
                headers=Token(service_account(settings.credentials), self._sleep),
                requests_per_second=settings.requests_per_second,
                sleep=self._sleep,
            )
        return self._http


@contextmanager
def open_sheets(settings: SheetsSettings, sleep: Callable[[float], None] = time.sleep) -> Iterator[Sheets]:
    """The sheets of the settings' account."""
    sheets = Sheets(settings, sleep)
    try:
        yield sheets
    finally:
        sheets.close()


def load_mapping(path: Path, said: Mapping[str, Any] | None = None) -> MappingFile:
    """The mapping file. `said`: see `parse`. Raises FileError, also if the file cannot be read."""
    text = text_of(path)
    if text is None:
        raise FileError(f"{path}: no such file. Look at the name and the folder.")
    return parse(text, str(path), said)


class SheetsPoll:
    """One pass over the sheets of these mapping files (connectors/poll.py)."""

    def __init__(self, mappings: Sequence[MappingFile], sheets: Sheets, secret: str) -> None:
        self._mappings = mappings
        self._sheets = sheets
        self._secret = secret

    def __call__(self, outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        """Reads every sheet. Sheets have no time range: a backfill of any span puts every row again.

        A sheet that cannot be read does not stop the others; the first such error is raised at the end.
        """
        everything = span != Span()
        failed: ServiceError | None = None
        before = cursors.get(_MARKS) or Marks().text()
        marks = Marks(before)
        for report in marks.of_no_sheet([_cursor_of(mapping) for mapping in self._mappings], now):
            outbox.report(report)
        for mapping in self._mappings:
            try:
                self._read(mapping, outbox, cursors, now, everything, progress, marks)
            except (ServiceError, NotThisTableError, UnreadableFileError) as error:
                failed = failed or ServiceError(f"{mapping.name}: {error}")
        if marks.text() != before:
            outbox.flush()
            cursors.put(_MARKS, marks.text())
        if failed is not None:
            raise failed

    def _read(
        self,
        mapping: MappingFile,
        outbox: Outbox,
        cursors: Cursors,
        now: int,
        everything: bool,
        progress: Progress,
        marks: Marks,
    ) -> None:
        assert mapping.sheet is not None
        # The cursor also depends on the mapping: a changed one reads the same rows again.
        of = content_hash([mapping.model_dump(exclude={"tab"}), self._secret])
        cursor = _cursor_of(mapping)
        seen = Seen("" if everything else cursors.get(cursor) or "", of)
        reading = Reading(
            mapping, ZoneInfo(mapping.timezone), Context(self._secret, now), now, is_sheet=mapping.sheet.id is not None
        )
        imported, results = Imported(), ImportedRows("sheets", _title(mapping), cursor)
        for result, row in table_events(self._sheets.rows(mapping.sheet), reading, imported, seen.is_new):
            results.add(result)
            if not (isinstance(result, RowRejection) and result.is_known):
                outbox.put(as_mapped(result), orjson.dumps(row.cells))
            if imported.rows % _PROGRESS_ROWS == 0:
                progress(mapping.name, imported.rows, 0)
        for webinar_id in imported.webinars:
            results.about(webinar_id)
        reports = results.reports(f"{mapping.kind} by {mapping.name}", imported.rows - imported.skipped, now)
        for report in marks.read(cursor, reports, now, everything=everything):
            outbox.report(report)
        outbox.flush()
        cursors.put(cursor, seen.text())
        progress(mapping.name, imported.rows, imported.rows)


def _cursor_of(mapping: MappingFile) -> str:
    assert mapping.sheet is not None
    return f"sheet:{content_hash([mapping.name, mapping.sheet.model_dump()])[:16]}"


def _title(mapping: MappingFile) -> str:
    """The sheet's name for people. Not its address: whoever has that can read the sheet."""
    assert mapping.sheet is not None
    return f"sheet {mapping.name}{f', tab {mapping.sheet.tab}' if mapping.sheet.tab else ''}"
