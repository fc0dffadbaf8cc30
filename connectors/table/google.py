"""A Google sheet -> rows with line numbers: through a service account it is shared with, or as published CSV."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from google.auth import jwt
from google.auth.crypt import RSASigner

from connectors.settings import SettingsError
from connectors.toolkit.csv_rows import rows_of_text
from connectors.toolkit.io.http import Http, ServiceError
from connectors.toolkit.rows import Row, RowRejection

SERVICE = "Google Sheets"
READ = "https://www.googleapis.com/auth/spreadsheets.readonly"
WRITE = "https://www.googleapis.com/auth/spreadsheets"
"""What a token is for."""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_SECONDS = 3600
_EARLY_SECONDS = 300
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """The key of a service account, as issued by Google."""

    email: str
    """The email that a sheet has to be shared with."""
    token_address: str
    signer: Any
    """google-auth's, which is untyped."""


def service_account(path: Path) -> ServiceAccount:
    """Raises SettingsError."""
    try:
        said = orjson.loads(path.read_bytes())
        signer = RSASigner.from_service_account_info(said)  # type: ignore[no-untyped-call]
        return ServiceAccount(said["client_email"], said["token_uri"], signer)
    except OSError as error:
        raise SettingsError(
            f"FUNNEL_SHEETS_CREDENTIALS: {path}: {error.strerror}. It is the JSON key of a service account: Google "
            "Cloud console > IAM > Service accounts > Keys > Add key."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"FUNNEL_SHEETS_CREDENTIALS: {path} is no JSON key of a service account. Make one: Google Cloud console > "
            "IAM > Service accounts > Keys > Add key."
        ) from error


class Token:
    """The authorisation header: requested when it is needed, and renewed before it expires."""

    def __init__(self, account: ServiceAccount, sleep: Callable[[float], None] = time.sleep, scope: str = READ) -> None:
        self._account = account
        self._scope = scope
        self._sleep = sleep
        self._header: dict[str, str] = {}
        self._until = 0.0

    def __call__(self) -> Mapping[str, str]:
        """Raises ServiceError."""
        if time.time() >= self._until:
            said = self._ask()
            if not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
                raise ServiceError(
                    f"{SERVICE} gave no token. Look at the service account of FUNNEL_SHEETS_CREDENTIALS."
                )
            self._header = {"Authorization": f"Bearer {said['access_token']}"}
            lifetime = said.get("expires_in")
            self._until = time.time() + (lifetime if isinstance(lifetime, int) else _TOKEN_SECONDS) - _EARLY_SECONDS
        return self._header

    def _ask(self) -> Any:
        origin, path = _split(self._account.token_address)
        now = int(time.time())
        claims = {
            "iss": self._account.email,
            "scope": self._scope,
            "aud": self._account.token_address,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
        }
        assertion = jwt.encode(self._account.signer, claims).decode()  # type: ignore[no-untyped-call]
        with Http(SERVICE, origin, requests_per_second=100, sleep=self._sleep) as http:
            try:
                return http.post(path, form={"grant_type": _GRANT, "assertion": assertion})
            except ServiceError as error:
                raise ServiceError(
                    f"{error} Is the key of {self._account.email} still valid, and the clock?"
                ) from error


def sheet_rows(http: Http, sheet_id: str, tab: str | None) -> Iterator[Row]:
    """The rows of one tab (None: the first); numbers and times come as numbers. Raises ServiceError."""
    properties = _tab(http, sheet_id, tab)
    try:
        title, count = str(properties["title"]), int(properties["gridProperties"]["rowCount"])
    except (KeyError, TypeError, ValueError) as error:
        raise ServiceError(f"{SERVICE}: the tab is no table of cells. Name another one.") from error
    for first in range(1, count + 1, _ROWS_AT_ONCE):
        name = title.replace("'", "''")
        span = f"'{name}'!{first}:{min(first + _ROWS_AT_ONCE - 1, count)}"
        said = http.get(
            f"/v4/spreadsheets/{sheet_id}/values/{quote(span, safe='')}",
            {
                "majorDimension": "ROWS",
                "valueRenderOption": "UNFORMATTED_VALUE",
                "dateTimeRenderOption": "SERIAL_NUMBER",
            },
        )
        values = said.get("values", []) if isinstance(said, dict) else None
        if not isinstance(values, list):
            raise ServiceError(f"{SERVICE} answered with no list of rows.")
        for place, cells in enumerate(values):
            yield Row(first + place, [_text(cell) for cell in cells] if isinstance(cells, list) else [])


def _tab(http: Http, sheet_id: str, tab: str | None) -> Any:
    said = http.get(f"/v4/spreadsheets/{sheet_id}", {"fields": "sheets.properties(title,gridProperties.rowCount)"})
    try:
        assert isinstance(said, dict)
        tabs = {str(one["properties"]["title"]): one["properties"] for one in said["sheets"]}
    except (AssertionError, KeyError, TypeError) as error:
        raise ServiceError(f"{SERVICE} answered with no list of tabs: is its base address right?") from error
    if tab is None and tabs:
        return next(iter(tabs.values()))
    if tab not in tabs:
        raise ServiceError(f"{SERVICE}: the sheet has no tab {tab}; there are: {', '.join(tabs)}.")
    return tabs[tab]


def published_rows(address: str, sleep: Callable[[float], None] = time.sleep) -> Iterator[Row | RowRejection]:
    """The rows of a published CSV address. Raises ServiceError."""
    origin, path = _split(address)
    with Http("The published sheet", origin, sleep=sleep) as http:
        text = http.text(path)
    if text.lstrip().lower().startswith(("<!doctype", "<html")):
        raise ServiceError(
            "The published sheet is a web page, not CSV. In Google Sheets choose File > Share > Publish to web > "
            "Comma-separated values (.csv), and take that address."
        )
    yield from rows_of_text(text)


def _split(address: str) -> tuple[str, str]:
    """Scheme and host; path with its query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}", parts._replace(scheme="", netloc="").geturl() or "/"


def _text(cell: object) -> str:
    """A value as people would type it; a whole number has no decimals."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
