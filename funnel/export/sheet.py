"""Answers as two tabs of a Google sheet that is shared with the service account, which may edit it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from connectors.settings import SettingsError
from connectors.table.google import SERVICE, WRITE, Token, service_account
from connectors.table.settings import SheetsSettings
from connectors.toolkit.io.http import Http
from funnel.export.table import Exported

REPORT, DEFINITIONS = "Report", "Definitions"


@contextmanager
def open_writer(settings: SheetsSettings, sleep: Callable[[float], None] = time.sleep) -> Iterator[Http]:
    """A client that may write. Raises SettingsError."""
    if settings.credentials is None:
        raise SettingsError(
            "FUNNEL_SHEETS_CREDENTIALS is not set: the path of a service account's JSON key (Google Cloud console > "
            "IAM > Service accounts > Keys). Share the sheet with its address, as an editor."
        )
    token = Token(service_account(settings.credentials), sleep, WRITE)
    pace = settings.requests_per_second
    with Http(SERVICE, settings.base_url, headers=token, requests_per_second=pace, sleep=sleep) as http:
        yield http


def write_sheet(http: Http, sheet_id: str, what: Exported, tab: str = REPORT) -> None:
    """Replaces what the tab and the tab Definitions hold; makes them where they are missing. Raises ServiceError.

    One request, of which Google does all or nothing: a sheet that people look at never stands empty.
    """
    head = list(what.rows[0]) if what.rows else []
    tables = {tab: [head, *([row[name] for name in head] for row in what.rows)], DEFINITIONS: what.second()}
    asked = {"fields": "sheets.properties(sheetId,title,gridProperties(rowCount,columnCount))"}
    said = http.get(f"/v4/spreadsheets/{sheet_id}", asked)
    present = {one["properties"]["title"]: one["properties"] for one in (said or {}).get("sheets", [])}
    free = _free_ids({one["sheetId"] for one in present.values()})
    requests: list[dict[str, Any]] = []
    for name, rows in tables.items():
        requests += _replaced(present.get(name) or {"title": name}, rows, free)
    http.post(f"/v4/spreadsheets/{sheet_id}:batchUpdate", json={"requests": requests})


def _replaced(tab: dict[str, Any], rows: Sequence[Sequence[Any]], free: Iterator[int]) -> list[dict[str, Any]]:
    """What makes the tab hold these rows and nothing else: it grows to their size, and keeps its formats."""
    grid = tab.get("gridProperties", {})
    size = {
        "rowCount": max(len(rows), grid.get("rowCount", 1)),
        "columnCount": max(1, *map(len, rows), grid.get("columnCount", 1)),
    }
    is_new = "sheetId" not in tab
    of_tab = {"sheetId": next(free) if is_new else tab["sheetId"], "gridProperties": size}
    made = {"addSheet": {"properties": {**of_tab, "title": tab["title"]}}}
    grown = {
        "updateSheetProperties": {
            "properties": of_tab,
            "fields": "gridProperties.rowCount,gridProperties.columnCount",
        }
    }
    # The range is the whole tab: Google empties what lies in it and has no new value.
    values = {
        "range": {"sheetId": of_tab["sheetId"]},
        "rows": [{"values": [_cell(value) for value in cells]} for cells in rows],
        "fields": "userEnteredValue",
    }
    return [made if is_new else grown, {"updateCells": values}]


def _free_ids(taken: set[int]) -> Iterator[int]:
    return (number for number in count(1) if number not in taken)


def _cell(value: Any) -> dict[str, Any]:
    """As it is: a text that begins with = stays a text."""
    if value is None or value == "":
        return {}
    kind = "boolValue" if isinstance(value, bool) else "stringValue" if isinstance(value, str) else "numberValue"
    return {"userEnteredValue": {kind: value}}
