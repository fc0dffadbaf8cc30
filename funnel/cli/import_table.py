"""`funnel import table` and `funnel import sheet`: tables of any shape, by a mapping file (docs/services/tables.md)."""

# ruff: noqa: PLC0415  google-auth is slow to import
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer

from connectors.mapped import Context
from connectors.pipeline.state import State
from connectors.settings import ConnectorSettings
from connectors.table.cells import Reading
from connectors.table.fields import LENGTHS
from connectors.table.layout import NotThisTableError
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import MappingFile, Sheet
from connectors.table.survey import survey
from connectors.table.tabs import tab_of
from connectors.toolkit.csv_rows import UnreadableFileError
from connectors.toolkit.imported_rows import ImportedRows
from connectors.toolkit.io.file_rows import is_workbook, read_rows, tabs_of
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.marked import FileError
from connectors.toolkit.rows import Row, RowRejection
from funnel.cli.console import WRONG_USE, err, give_up, out
from funnel.cli.importing import (
    Destination,
    DryRunOption,
    EncodingOption,
    Named,
    Rows,
    encoding_option,
    importing,
    progress_bar,
    quarantined,
    require_file,
    zone_named,
)
from process.clock import now

_SUGGEST_ROWS = 200
SAY_WHEN = (
    "Say it: constants: {starts_at: 2026-11-22 18:00}, or a column starts_at, or import a table of kind webinars."
)
"""The report and the dashboards use the same words (clickhouse/views/webinar/marks_at.sql)."""
_HOW_LONG = {"joined_at", "left_at", "acted_at", "recording_viewed", "recording_viewed_at", *LENGTHS}

MappingOption = Annotated[
    Path | None, typer.Option(metavar="FILE.yaml", help="What the columns mean (docs/services/tables.md).")
]
ConstantsOption = Annotated[
    list[str] | None,
    typer.Option("--constant", metavar="FIELD=VALUE", help="A value for all rows, such as webinar_id=my-webinar."),
]
ZoneOption = Annotated[
    str | None, typer.Option(help="The time zone of times without an offset, if not the mapping file's.")
]


def table(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="CSV files or Excel workbooks of one shape.")],
    mapping: MappingOption = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Write a mapping file from the first file's header, for you to correct.")
    ] = False,
    constant: ConstantsOption = None,
    timezone: ZoneOption = None,
    encoding: EncodingOption = None,
    tab: Annotated[str | None, typer.Option(help="The sheet of a workbook, if several have the columns.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Import tables (CSV, Excel): registrations, attendance, totals or webinars. Safe to run again on the same file."""
    zone = zone_named(timezone) if timezone else None
    encoding = encoding_option(encoding) if encoding is not None else None
    for file in files:
        require_file(file)
    if suggest:
        _suggest(files[0], encoding, timezone)
        return
    said = mapping_of(mapping, constant, timezone)
    if encoding is not None:
        said = said.model_copy(update={"encoding": encoding})
    if tab is not None:
        said = said.model_copy(update={"tab": tab})
    with importing(dry_run) as (settings, destination, names, state):
        run = Run(settings, Named(destination, names), state)
        status = max([_import_file(file, said, zone, run) for file in files])
    raise typer.Exit(status)


def sheet(
    where: Annotated[
        str | None,
        typer.Argument(metavar="ADDRESS|ID", help="A published CSV address, or a sheet's id or address."),
    ] = None,
    mapping: MappingOption = None,
    constant: ConstantsOption = None,
    timezone: ZoneOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Import one Google sheet now. To read it regularly, poll it."""
    from connectors.table.poll import open_sheets
    from connectors.table.settings import sheets_settings

    zone = zone_named(timezone) if timezone else None
    said = mapping_of(mapping, constant, timezone)
    source = _sheet_of(where, said.sheet)
    with importing(dry_run) as (settings, destination, names, state):
        at = now()
        reading = reading_of(said, zone, settings, at, at, is_sheet=source.id is not None)
        with open_sheets(sheets_settings()) as sheets:
            run = Run(settings, Named(destination, names), state)
            status = import_rows("the sheet", lambda: sheets.rows(source), reading, run)
    raise typer.Exit(status)


class Run(NamedTuple):
    """One run of the command."""

    settings: ConnectorSettings
    destination: Destination
    state: State | None
    """None: a dry run."""


def _import_file(file: Path, mapping: MappingFile, zone: ZoneInfo | None, run: Run) -> int:
    """Imports one file; returns the exit status. Other files continue."""
    from connectors.table.connector import delimiter_of

    at = now()
    try:
        status = file.stat()
        # The file's own time, not the import's: the same file gives the same statements, an edited one later ones.
        reading = reading_of(mapping, zone, run.settings, at, min(int(status.st_mtime * 1000), at))
        with progress_bar() as progress:
            task = progress.add_task(file.name, total=status.st_size)

            tabs = _tabs_of(file)
            tab = tab_of(tabs, lambda name: read_rows(file, tab=name), mapping)

            def rows() -> Iterator[Row | RowRejection]:
                return read_rows(
                    file,
                    lambda done: progress.update(task, completed=done),
                    encoding=mapping.encoding,
                    delimiter=delimiter_of(mapping),
                    tab=tab,
                )

            return import_rows(str(file), rows, reading, run)
    except (NotThisTableError, UnreadableFileError) as error:
        err.print(f"{file}: {error}")
        return WRONG_USE
    except OSError as error:
        err.print(f"{error.filename or file}: {error.strerror or error}")
        return WRONG_USE


def _tabs_of(file: Path) -> list[str]:
    with file.open("rb") as opened:
        return tabs_of(opened.read()) if is_workbook(opened) else []


def import_rows(name: str, rows: Callable[[], Iterable[Row | RowRejection]], reading: Reading, run: Run) -> int:
    """Publishes one table and prints what was read; returns the exit status. The rows are read twice: first for what
    only the whole table shows.
    """
    imported = Imported()
    try:
        surveyed = survey(rows(), reading.mapping)
        with quarantined(run.state, reading.mapping.name) as quarantine:
            results = ImportedRows("table", Path(name).name)
            taken = Rows(name, quarantine, reading.context.received_at, run.destination, results)
            for result, _ in table_events(rows(), reading, imported, surveyed=surveyed):
                taken.take(result)
            taken.finish(f"{reading.mapping.kind} by {reading.mapping.name}", imported.rows - imported.skipped)
    except (NotThisTableError, UnreadableFileError, ServiceError) as error:
        err.print(f"{name}: {error}")
        return WRONG_USE
    out.print(_summary(name, reading.mapping, imported, run.state is None))
    for line in _advice(reading.mapping, imported):
        err.print(f"{name}: {line}")
    return taken.status(imported.rows - imported.skipped - taken.rejected)


def _summary(name: str, mapping: MappingFile, imported: Imported, dry_run: bool) -> str:
    skipped = f", {imported.skipped:,} skipped by the mapping file" if imported.skipped else ""
    aside = f", {imported.aside:,} rows of sums or repeated headers left out" if imported.aside else ""
    return (
        f"{name}: {mapping.kind} of {len(imported.webinars):,} webinars: {imported.rows:,} rows read, "
        f"{imported.events:,} events {'would be ' if dry_run else ''}published, {imported.rejected:,} rows rejected"
        f"{skipped}{aside}."
    )


def _advice(mapping: MappingFile, imported: Imported) -> Iterator[str]:
    """Hints about results that are not wrong but may surprise."""
    if imported.other_rows:
        yield (
            f"{imported.other_rows:,} rows further down belong to another table and were not read. Import that with "
            "a mapping file that names it under section."
        )
    timeless = imported.without_begin - imported.days_only
    if timeless:
        yield (
            f"the table has no start of {_some(timeless)}; until another source has it, nobody counts as having "
            f"attended. {SAY_WHEN}"
        )
    if imported.days_only and mapping.kind == "totals":
        yield (
            f"the table has only the day of {_some(imported.days_only)}, no time: until another source has it, they "
            "begin at midnight."
        )
    elif imported.days_only:
        yield (
            f"the table has only the day of {_some(imported.days_only)}, no time, and a date is no start: until "
            f"another source has it, nobody counts as having attended. {SAY_WHEN}"
        )
    if mapping.kind == "attendance" and not (mapping.columns.keys() | mapping.constants.keys()) & _HOW_LONG:
        yield "the table does not show how long people stayed: they count as attendees, with one second."


def _some(webinar_ids: set[str]) -> str:
    shown = ", ".join(sorted(webinar_ids)[:3])
    return shown if len(webinar_ids) <= 3 else f"{shown} and {len(webinar_ids) - 3:,} more webinars"


def reading_of(
    mapping: MappingFile,
    zone: ZoneInfo | None,
    settings: ConnectorSettings,
    received_at: int,
    read_at: int,
    is_sheet: bool = False,
) -> Reading:
    context = Context(settings.hash_secret.get_secret_value(), received_at)
    return Reading(mapping, zone or ZoneInfo(mapping.timezone), context, read_at, is_sheet)


def _suggest(file: Path, encoding: str | None, timezone: str | None) -> None:
    """Writes a mapping file beside the table, and prints what has to be corrected in it."""
    from connectors.table.suggest import names_people, suggest

    target = file.with_suffix(".yaml")
    try:
        tabs: list[str | None] = [*_tabs_of(file)] or [None]
        tables = {
            tab: [
                one
                for one in islice(read_rows(file, encoding=encoding, tab=tab), _SUGGEST_ROWS)
                if isinstance(one, Row)
            ]
            for tab in tabs
        }
        tab = next((one for one in tabs if names_people(tables[one])), tabs[0])
        text, questions = suggest(tables[tab], timezone or "UTC", tab if len(tabs) > 1 else None)
        with target.open("x", encoding="utf-8") as written:
            written.write(text)
    except (ValueError, UnreadableFileError) as error:
        give_up(f"{file}: {error}", WRONG_USE)
    except OSError as error:
        give_up(f"{error.filename or file}: {error.strerror}. Nothing was overwritten.", WRONG_USE)
    out.print(f"{target} is written. Check it, then try it: funnel import table --mapping {target} --dry-run {file}")
    for question in questions:
        out.print(f"  still to fill in: {question}")


def mapping_of(path: Path | None, constants: list[str] | None, timezone: str | None) -> MappingFile:
    from connectors.table.poll import load_mapping

    if path is None:
        give_up(
            "--mapping is missing: what the columns mean. funnel import table --suggest FILE writes one.", WRONG_USE
        )
    require_file(path)
    said: dict[str, object] = {"timezone": timezone} if timezone else {}
    if constants:
        said["constants"] = dict(map(_constant, constants))
    try:
        return load_mapping(path, said)
    except FileError as error:
        give_up(str(error), WRONG_USE)


def _constant(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not (equals and field.strip() and value.strip()):
        give_up(f"--constant {text}: write a field and its value, such as webinar_id=my-webinar.", WRONG_USE)
    return field.strip(), value.strip()


def _sheet_of(where: str | None, said: Sheet | None) -> Sheet:
    """The sheet named on the command line, else the mapping file's."""
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
