"""Answers as two tabs of a Google sheet that is shared with the service account, which may edit it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    """Replaces what the tab and the tab Definitions hold; makes them where they are missing. Raises ServiceError."""
    head = list(what.rows[0]) if what.rows else []
    tables = {tab: [head, *([_cell(row[name]) for name in head] for row in what.rows)], DEFINITIONS: what.second()}
    said = http.get(f"/v4/spreadsheets/{sheet_id}", {"fields": "sheets.properties(title)"})
    present = {one["properties"]["title"] for one in (said or {}).get("sheets", [])}
    if missing := [name for name in tables if name not in present]:
        made = [{"addSheet": {"properties": {"title": name}}} for name in missing]
        http.post(f"/v4/spreadsheets/{sheet_id}:batchUpdate", json={"requests": made})
    spans = [_span(name) for name in tables]
    http.post(f"/v4/spreadsheets/{sheet_id}/values:batchClear", json={"ranges": spans})
    data = [{"range": f"{_span(name)}!A1", "majorDimension": "ROWS", "values": rows} for name, rows in tables.items()]
    # As it is: a text that begins with = stays a text.
    body = {"valueInputOption": "RAW", "data": data}
    http.post(f"/v4/spreadsheets/{sheet_id}/values:batchUpdate", json=body)


def _span(name: str) -> str:
    doubled = name.replace("'", "''")
    return f"'{doubled}'"


def _cell(value: Any) -> Any:
    return "" if value is None else value
