"""A sheet of overrides, as CSV: webinar_id and any of course, language, region, format, timezone. Pure."""

import csv
import io
from collections.abc import Mapping

from pydantic import ValidationError

from connectors.business.catalogue import FIELDS, Labels
from connectors.toolkit.marked import MOST_CHARACTERS, FileError, Place, near
from contract.faults import in_words

KEY = "webinar_id"
_NOT_A_TABLE = "a header with webinar_id and one of " + ", ".join(FIELDS) + " is expected"


def overrides(text: str, file: str) -> Mapping[str, tuple[Labels, Place]]:
    """The labels and their place in the sheet, by webinar; empty cells set nothing, rows without an id are skipped.

    The column `note` is for people. Raises FileError with a line for each fault.
    """
    if len(text) > MOST_CHARACTERS:
        raise FileError(f"{file}:1: longer than {MOST_CHARACTERS:,} characters")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    faults: list[str] = []
    found: dict[str, tuple[Labels, Place]] = {}
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header, file)
        for cells in reader:
            row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            _take(row, Place(file, reader.line_num), found, faults)
    except csv.Error as error:
        raise FileError(f"{file}:{reader.line_num}: no CSV: {error}") from error
    if faults:
        raise FileError("\n".join(faults))
    return found


def _check_header(header: list[str], file: str) -> None:
    if KEY not in header or not set(FIELDS).intersection(header):
        raise FileError(f"{file}:1: {_NOT_A_TABLE}")
    for name in header:
        if name and name not in (KEY, *FIELDS, "note"):
            raise FileError(f"{file}:1: unknown column {name}; {near(name, (KEY, *FIELDS, 'note'))}")


def _take(row: dict[str, str], place: Place, found: dict[str, tuple[Labels, Place]], faults: list[str]) -> None:
    webinar_id = row.get(KEY, "")
    said = {field: row[field] for field in FIELDS if row.get(field)}
    if not webinar_id or not said:
        return
    if ":" not in webinar_id:
        faults.append(f"{place}: {KEY}: {webinar_id} is none, such as zoom:9151")
    elif webinar_id in found:
        faults.append(f"{place}: {KEY}: {webinar_id} is listed twice; keep one row")
    else:
        try:
            found[webinar_id] = (Labels.model_validate(said), place)
        except ValidationError as error:
            faults += [
                f"{place}: {fault['loc'][0]}: {in_words(fault)}"
                for fault in error.errors(include_url=False, include_context=False)
            ]
