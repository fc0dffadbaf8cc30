"""Tables as a connector: CSV files from the command line, Google Sheets by polling."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from connectors.connector import Connector
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.poll import Poll
from connectors.settings import SettingsError, connector_settings
from connectors.table.cells import Reading
from connectors.table.layout import NotThisTableError
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import MappingFile
from connectors.table.poll import SheetsPoll, load_mapping, open_sheets
from connectors.table.settings import sheets_settings, table_settings
from connectors.table.tabs import tab_of
from connectors.toolkit.csv_rows import UnreadableFileError
from connectors.toolkit.io.file_rows import rows_of_bytes, tabs_of
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.marked import FileError
from connectors.toolkit.rows import as_mapped

_CANNOT = (
    "A table reports what its columns hold, nothing live; a deleted row changes nothing, and minutes are rounded as in "
    "the table."
)


def _mapping() -> MappingFile:
    path = table_settings().mapping
    if path is None:
        raise SettingsError(
            "FUNNEL_TABLE_MAPPING is not set: the mapping file of the table (docs/services/tables.md). To import one: "
            "funnel import table --mapping FILE FILE.csv"
        )
    try:
        return load_mapping(path)
    except FileError as error:
        raise SettingsError(error.in_one_line) from error


def _configured() -> None:
    _mapping()


def _map_payload(payload: bytes, context: Context) -> Sequence[Mapped]:
    """Maps a file by the mapping file of the settings."""
    try:
        return map_table(payload, context, _mapping())
    except SettingsError as error:
        return [Rejection(Reason.UNREADABLE, str(error))]


def map_table(payload: bytes, context: Context, mapping: MappingFile) -> Sequence[Mapped]:
    """Maps a file by a mapping file."""
    try:
        reading = Reading(mapping, ZoneInfo(mapping.timezone), context, context.received_at)
        tab = tab_of(tabs_of(payload), lambda name: rows_of_bytes(payload, tab=name), mapping)
        rows = rows_of_bytes(payload, encoding=mapping.encoding, delimiter=delimiter_of(mapping), tab=tab)
        return [as_mapped(result) for result, _ in table_events(rows, reading, Imported())]
    except (NotThisTableError, UnreadableFileError) as error:
        return [Rejection(Reason.UNREADABLE, str(error))]


def delimiter_of(mapping: MappingFile) -> str | None:
    """The character; None: to be detected."""
    return "\t" if mapping.delimiter == "tab" else mapping.delimiter


def _sheet_mappings() -> list[MappingFile]:
    paths = sheets_settings().paths
    if not paths:
        raise SettingsError(
            "FUNNEL_SHEETS_MAPPINGS is not set: the paths of mapping files with a sheet, with commas "
            "(docs/services/tables.md)."
        )
    try:
        mappings = [load_mapping(path) for path in paths]
    except FileError as error:
        raise SettingsError(f"FUNNEL_SHEETS_MAPPINGS: {error.in_one_line}") from error
    for path, mapping in zip(paths, mappings, strict=True):
        if mapping.sheet is None:
            raise SettingsError(f"FUNNEL_SHEETS_MAPPINGS: {path} names no sheet. Add sheet: with an id or an address.")
    return mappings


def _sheets_configured() -> None:
    mappings = _sheet_mappings()
    if any(mapping.sheet and mapping.sheet.id for mapping in mappings) and sheets_settings().credentials is None:
        raise SettingsError(
            "FUNNEL_SHEETS_CREDENTIALS is not set: the path of a service account's JSON key (Google Cloud console > "
            "IAM > Service accounts > Keys)."
        )


@contextmanager
def _open_poll() -> Iterator[Poll]:
    secret = connector_settings().hash_secret.get_secret_value()
    mappings = _sheet_mappings()
    with open_sheets(sheets_settings()) as sheets:
        yield SheetsPoll(mappings, sheets, secret)


def _check() -> str:
    said = []
    with open_sheets(sheets_settings()) as sheets:
        for mapping in _sheet_mappings():
            assert mapping.sheet is not None
            try:
                rows = sum(1 for _ in sheets.rows(mapping.sheet))
            except (SettingsError, UnreadableFileError) as error:
                raise ServiceError(str(error)) from error
            said.append(f"{mapping.name} {rows:,} rows")
    return f"Sheets that can be read: {', '.join(said)}"


CONNECTOR = Connector(
    name="table",
    title="CSV tables",
    capabilities=(),
    cannot=_CANNOT,
    configured=_configured,
    map_payload=_map_payload,
)
SHEETS = Connector(
    name="sheets",
    title="Google Sheets",
    capabilities=(),
    cannot=_CANNOT,
    configured=_sheets_configured,
    map_payload=_map_payload,
    open_poll=_open_poll,
    check=_check,
)
