"""A fake of Google's token and Sheets servers on loopback, with faults that a test can order."""

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

EMAIL = "reader@example.com"
_SCOPE = "https://www.googleapis.com/auth/spreadsheets"
SHEET = "sheet-of-invented-people-01"


@dataclass
class Google:
    """What the servers hold, and what was asked of them."""

    address: str
    public_key: bytes
    private_key: bytes
    tabs: dict[str, list[list[Any]]] = field(default_factory=dict)
    more_rows: int = 0
    """Empty rows of the grid below the table."""
    published: str = ""
    faults: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    """Statuses and headers of the next answers of the Sheets server."""
    write_faults: deque[int] = field(default_factory=deque)
    """Statuses of its next answers to writes, none of which is done."""
    lifetime: int = 3600
    valid: set[str] = field(default_factory=set)
    """Tokens that are good."""
    writes: bool = False
    """Whether the last token may write."""
    asked: Counter[str] = field(default_factory=Counter)
    spans: list[str] = field(default_factory=list)

    def key_file(self, folder: Path) -> Path:
        """The JSON key of the service account, as Google gives it."""
        path = folder / "key.json"
        said = {
            "type": "service_account",
            "client_email": EMAIL,
            "private_key_id": "1",
            "private_key": self.private_key.decode(),
            "token_uri": f"{self.address}/token",
        }
        path.write_text(json.dumps(said))
        return path

    def token(self, form: dict[str, list[str]]) -> tuple[int, Any]:
        """Checks the signed assertion as Google does."""
        self.asked["token"] += 1
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        claims = jwt.decode(form["assertion"][0], certs=self.public_key, audience=f"{self.address}/token")  # type: ignore[no-untyped-call]
        if claims["iss"] != EMAIL or claims["scope"] not in (f"{_SCOPE}.readonly", _SCOPE):
            return 400, {"error": "invalid_grant"}
        self.writes = claims["scope"] == _SCOPE
        token = f"token-{self.asked['token']}"
        self.valid = {token}
        return 200, {"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"}

    def sheet(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        """The list of tabs, or the values of a span of rows; trailing empties are cut as Google does."""
        found = re.fullmatch(rf"/v4/spreadsheets/{SHEET}(?:/values/(.*))?", path)
        if found is None:
            return 404, {"error": {"status": "NOT_FOUND"}}
        if found[1] is None:
            sheets = [{"properties": self._properties(name)} for name in self.tabs]
            return 200, {"sheets": sheets}
        assert (query["valueRenderOption"], query["dateTimeRenderOption"]) == (["UNFORMATTED_VALUE"], ["SERIAL_NUMBER"])
        self.spans.append(found[1])
        named = re.fullmatch(r"'((?:[^']|'')*)'!(\d+):(\d+)", found[1])
        assert named is not None
        rows = self.tabs[named[1].replace("''", "'")]
        first, last = int(named[2]), int(named[3])
        if last > len(rows) + self.more_rows:
            return 400, {"error": {"message": "exceeds grid limits"}}
        values = [_cut(row) for row in rows[first - 1 : last]]
        while values and not values[-1]:
            values.pop()
        return 200, {"range": found[1], "majorDimension": "ROWS", **({"values": values} if values else {})}

    def _properties(self, name: str) -> dict[str, Any]:
        rows = self.tabs[name]
        size = {"rowCount": len(rows) + self.more_rows, "columnCount": max([26, *map(len, rows)])}
        return {"sheetId": list(self.tabs).index(name), "title": name, "gridProperties": size}

    def write(self, path: str, said: Any) -> tuple[int, Any]:
        """Adds tabs, lets them grow, fills them: all of the requests, or with a 400 none."""
        if not self.writes:
            return 403, {"error": {"status": "PERMISSION_DENIED"}}
        if path != f"/v4/spreadsheets/{SHEET}:batchUpdate":
            return 404, {"error": {"status": "NOT_FOUND"}}
        grids = {one["sheetId"]: one for one in map(self._properties, self.tabs)}
        tabs = dict(self.tabs)
        for one in said["requests"]:
            ((kind, request),) = one.items()
            if kind == "updateCells":
                assert request["fields"] == "userEnteredValue"
                grid = grids[request["range"]["sheetId"]]
                rows = [[_entered(cell) for cell in row["values"]] for row in request["rows"]]
                size = grid["gridProperties"]
                if len(rows) > size["rowCount"] or max(map(len, rows)) > size["columnCount"]:
                    return 400, {"error": {"message": "exceeds grid limits"}}
                tabs[grid["title"]] = rows
                continue
            properties = request["properties"]
            known = properties["sheetId"] in grids
            if known == (kind == "addSheet") or (not known and properties["title"] in tabs):
                return 400, {"error": {"message": "wrong sheetId or title"}}
            if known:
                assert request["fields"] == "gridProperties.rowCount,gridProperties.columnCount"
            grids[properties["sheetId"]] = grids.get(properties["sheetId"], {}) | properties
        self.tabs = tabs
        return 200, {"spreadsheetId": SHEET}


def _entered(cell: dict[str, Any]) -> Any:
    ((kind, value),) = cell.get("userEnteredValue", {"stringValue": ""}).items()
    kinds: dict[str, type | tuple[type, ...]] = {"stringValue": str, "numberValue": (int, float), "boolValue": bool}
    assert isinstance(value, kinds[kind])
    return value


def _cut(row: list[Any]) -> list[Any]:
    cells = list(row)
    while cells and cells[-1] == "":
        cells.pop()
    return cells


class _Handler(BaseHTTPRequestHandler):
    google: Google

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/token":
            self._answer(*self.google.token(parse_qs(body.decode())))
        elif self.headers.get("authorization", "").removeprefix("Bearer ") not in self.google.valid:
            self._answer(401, {"error": "unauthenticated"})
        elif self.google.write_faults:
            self._answer(self.google.write_faults.popleft(), {"error": {"message": "later"}})
        else:
            self._answer(*self.google.write(unquote(self.path), json.loads(body)))

    def do_GET(self) -> None:
        google, parts = self.google, urlsplit(self.path)
        google.asked["read"] += 1
        if google.faults:
            status, headers = google.faults.popleft()
            self._answer(status, {"error": "later"}, headers)
        elif parts.path == "/pub" and parse_qs(parts.query) == {"gid": ["0"], "output": ["csv"]}:
            self.send_response(307)
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()
        elif parts.path == "/elsewhere":
            self._answer(200, google.published.encode(), {"content-type": "text/csv; charset=utf-8"})
        elif self.headers.get("authorization", "").removeprefix("Bearer ") not in google.valid:
            self._answer(401, {"error": "unauthenticated"})
        else:
            self._answer(*google.sheet(unquote(parts.path), parse_qs(parts.query)))

    def _answer(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of the overridden one
        """Says nothing."""


@contextmanager
def fake_google() -> Iterator[Google]:
    """The servers, on one free port of loopback."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    class Handler(_Handler):
        """Of this server alone."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    google = Google(f"http://127.0.0.1:{server.server_port}", public, private)
    Handler.google = google
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield google
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
