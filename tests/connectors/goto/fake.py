"""A small GoTo: its authorisation and its API on loopback, with pages, two envelopes, 403, 429, 5xx and cut answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from contract.instants import parse_instant

ORGANIZER, WEBINAR, SESSION = "1234567890123456789", 5620084814059709442, 15887209
Answer = tuple[int, Any]


@dataclass
class Fake:
    """What the account holds, and what goes wrong. `faults`: request number -> status, or "cut", or "close"."""

    page_size: int = 2
    webinars: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    registrants: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    attendees: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: dict[int, int | str] = field(default_factory=dict)
    plain_registrants: bool = False
    repeats_pages: bool = False
    good_token: str = ""
    refresh_token: str = "refresh-1"
    rotates: bool = False
    renewals: int = 0
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def api(self, path: str, query: dict[str, str]) -> Answer:  # noqa: PLR0911
        root = f"/organizers/{ORGANIZER}"
        parts = path.removeprefix(root).strip("/").split("/")
        match parts:
            case ["webinars"]:
                return self._embedded("webinars", self._within(self.webinars, query, "times"), query)
            case ["sessions"]:
                return self._embedded("sessionInfoResources", self._within(self.sessions, query, "endTime"), query)
            case ["webinars", key, "registrants"]:
                if key not in self.registrants:
                    return 404, {}
                rows = self.registrants[key]
                if self.plain_registrants:
                    return 200, rows
                number = int(query["page"])
                page = rows[number * self.page_size : (number + 1) * self.page_size]
                return 200, {
                    "data": page,
                    "total": len(rows),
                    "page": number,
                    "limit": self.page_size,
                    "pageSize": len(page),
                }
            case ["webinars", _, "sessions", key, "attendees"]:
                return 200, self.attendees.get(key, [])
        return 404, {"errorCode": "NOT_FOUND"}

    def _within(self, rows: list[dict[str, Any]], query: dict[str, str], name: str) -> list[dict[str, Any]]:
        since, until = parse_instant(query["fromTime"]), parse_instant(query["toTime"])

        def moment(row: dict[str, Any]) -> int:
            return parse_instant(row["times"][0]["startTime"] if name == "times" else row[name])

        return [row for row in rows if since <= moment(row) <= until]

    def _embedded(self, name: str, rows: list[dict[str, Any]], query: dict[str, str]) -> Answer:
        number = 0 if self.repeats_pages else int(query["page"])
        page = rows[number * self.page_size : (number + 1) * self.page_size]
        pages = 1_000_000 if self.repeats_pages else -(-len(rows) // self.page_size)
        said: dict[str, Any] = {"page": {"number": number, "totalPages": pages, "totalElements": len(rows), "size": 2}}
        return 200, {**said, "_embedded": {name: page}} if page else said

    def token(self, form: dict[str, str], authorization: str) -> Answer:
        if authorization != "Basic Y2xpZW50OnNlY3JldA==" or form.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant"}
        self.renewals += 1
        self.good_token = f"access-{self.renewals}"
        said: dict[str, Any] = {"access_token": self.good_token, "token_type": "Bearer", "expires_in": 3600}
        if self.rotates:
            self.refresh_token = f"refresh-{self.renewals + 1}"
            said["refresh_token"] = self.refresh_token
        return 200, said


class _Handler(BaseHTTPRequestHandler):
    fake: ClassVar[Fake]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        fault = self.fake.faults.get(len(self.fake.requests))
        address = urlsplit(self.path)
        self.fake.requests.append(self.path)
        if isinstance(fault, int):
            self._say(fault, {})
        elif fault == "close":
            self.close_connection = True
        elif self.headers["authorization"] != f"Bearer {self.fake.good_token}":
            self._say(403, {})
        else:
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            status, said = self.fake.api(address.path, query)
            self._say(status, said, cut=fault == "cut")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[-1] for name, values in parse_qs(body).items()}
        self._say(*self.fake.token(form, self.headers["authorization"]))

    def _say(self, status: int, said: Any, cut: bool = False) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True

    def log_message(self, *said: Any) -> None:
        """Says nothing."""


@contextmanager
def running(fake: Fake) -> Iterator[Fake]:
    """The fake at `fake.url` until the block is left."""
    handler = type("Handler", (_Handler,), {"fake": fake})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
