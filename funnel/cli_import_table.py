"""`funnel import table` and `funnel import sheet`: tables of any shape, by a mapping file (docs/services/tables.md)."""

# ruff: noqa: PLC0415  google-auth is slow to import
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from connectors.csv_rows import UnreadableFileError, read_rows
from connectors.http import ServiceError
from connectors.mapped import Context
from connectors.marked import FileError
from connectors.publish import Publisher
from connectors.quarantine import Quarantine
from connectors.rows import Row, RowRejection
from connectors.settings import ConnectorSettings
from connectors.table.cells import Reading
from connectors.table.layout import NotThisTableError
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import MappingFile, Sheet
from funnel.importing import (
    WRONG_USE,
    RejectedRows,
    connected,
    err,
    give_up,
    now,
    out,
    progress_bar,
    require_file,
    zone_named,
)

_Mapping = Annotated[Path, typer.Option(metavar="FILE.yaml", help="What the columns mean (docs/services/tables.md).")]
_Zone = Annotated[str | None, typer.Option(help="The time zone of times without an offset, if not the mapping file's.")]


def table(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CSV files that this mapping file describes.")],
    mapping: _Mapping,
    timezone: _Zone = None,
) -> None:
    """Import CSV tables: registrations, attendance, totals or webinars. Safe to run again on the same file."""
    zone = zone_named(timezone) if timezone else None
    said = _load(mapping)
    for file in files:
        require_file(file)
    with connected() as (settings, publisher):
        status = max([_import_file(file, said, zone, settings, publisher) for file in files])
    raise typer.Exit(status)


def sheet(
    mapping: _Mapping,
    where: Annotated[
        str | None,
        typer.Argument(metavar="[ADDRESS|ID]", help="A published CSV address, or a sheet's id or address."),
    ] = None,
    timezone: _Zone = None,
) -> None:
    """Import one Google sheet, now. To have it read again and again, poll it."""
    from connectors.table.poll import open_sheets
    from connectors.table.settings import sheets_settings

    zone = zone_named(timezone) if timezone else None
    said = _load(mapping)
    source = _sheet_of(where, said.sheet)
    with connected() as (settings, publisher):
        at = now()
        reading = _reading(said, zone, settings, at, at, is_sheet=source.id is not None)
        with open_sheets(sheets_settings()) as sheets:
            status = _import_rows("the sheet", sheets.rows(source), reading, settings, publisher)
    raise typer.Exit(status)


def _import_file(
    file: Path, mapping: MappingFile, zone: ZoneInfo | None, settings: ConnectorSettings, publisher: Publisher
) -> int:
    """The exit status. The other files go on."""
    from connectors.table.connector import delimiter_of

    at = now()
    try:
        status = file.stat()
        # The file's own time, not the import's: the same file says the same, and an edited one says it later.
        reading = _reading(mapping, zone, settings, at, min(int(status.st_mtime * 1000), at))
        with progress_bar() as progress:
            task = progress.add_task(file.name, total=status.st_size)
            rows = read_rows(
                file,
                lambda done: progress.update(task, completed=done),
                encoding=mapping.encoding,
                delimiter=delimiter_of(mapping),
                strict=True,
            )
            return _import_rows(str(file), rows, reading, settings, publisher)
    except OSError as error:
        err.print(f"{error.filename or file}: {error.strerror or error}")
        return WRONG_USE


def _import_rows(
    name: str,
    rows: Iterable[Row | RowRejection],
    reading: Reading,
    settings: ConnectorSettings,
    publisher: Publisher,
) -> int:
    """Publishes one table and says what was read; the exit status."""
    imported = Imported()
    unreadable = False
    with Quarantine(settings.data_dir, reading.mapping.name) as quarantine:
        rejected = RejectedRows(name, quarantine, reading.context.received_at)
        try:
            for result, _ in table_events(rows, reading, imported):
                if isinstance(result, RowRejection):
                    rejected.keep(result)
                else:
                    publisher.send(result)
        except (NotThisTableError, UnreadableFileError, ServiceError) as error:
            err.print(f"{name}: {error}")
            unreadable = True
        publisher.flush()
    if not unreadable or imported.rows:
        out.print(_summary(name, reading.mapping, imported))
    status = rejected.status()
    return WRONG_USE if unreadable else status


def _summary(name: str, mapping: MappingFile, imported: Imported) -> str:
    return (
        f"{name}: {mapping.kind} of {len(imported.webinars):,} webinars: {imported.rows:,} rows read, "
        f"{imported.events:,} events published, {imported.rejected:,} rows rejected."
    )


def _reading(
    mapping: MappingFile,
    zone: ZoneInfo | None,
    settings: ConnectorSettings,
    received_at: int,
    read_at: int,
    is_sheet: bool = False,
) -> Reading:
    context = Context(settings.hash_secret.get_secret_value(), received_at)
    return Reading(mapping, zone or ZoneInfo(mapping.timezone), context, read_at, is_sheet)


def _load(path: Path) -> MappingFile:
    from connectors.table.poll import load_mapping

    require_file(path)
    try:
        return load_mapping(path)
    except FileError as error:
        give_up(str(error), WRONG_USE)


def _sheet_of(where: str | None, said: Sheet | None) -> Sheet:
    """The sheet that the command names, else the mapping file's."""
    if where is None:
        sheet = said
    elif found := re.search(r"/spreadsheets/d/(?!e/)([A-Za-z0-9_-]{20,})|^([A-Za-z0-9_-]{20,})$", where):
        sheet = Sheet(id=found[1] or found[2], tab=said.tab if said else None)
    else:
        sheet = Sheet(address=where) if re.fullmatch(r"https?://\S+", where) else None
    if sheet is None:
        advice = "Name a sheet's id or its published address, or put it into the mapping file under sheet."
        give_up(f"{where or 'No sheet'}: neither an address nor a sheet's id. {advice}", WRONG_USE)
    return sheet
