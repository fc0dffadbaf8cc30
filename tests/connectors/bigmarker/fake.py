"""A BigMarker of our own: real HTTP on loopback, with its paging, its tempers and its ways to fail."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAYLOADS = Path(__file__).parent / "payloads"
KEY = "test-key"

_PAGE_NAMES = {
    "conferences_search": "page",
    "conferences_future": "page",
    "registrations_with_fields": "page",
    "registrations": "current_page",
    "attendees": "current_page",
    "on_demand_attendees": "current_page",
    "recording_views": "current_page",
}
"""The one name that each list knows; the other is ignored."""
_KEYS = {
    "conferences_search": "conferences",
    "conferences_future": "conferences",
    "registrations_with_fields": "registrations",
    "on_demand_attendees": "attendees",
}


def payload(name: str) -> Any:
    """A named payload."""
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def rows_of(name: str) -> list[Any]:
    """The rows of a named payload."""
    answer = payload(name)
    return list(answer[next(key for key in answer if isinstance(answer[key], list))])


@dataclass
class Fault:
    """What happens to a request instead of its answer."""

    status: int = 200
    retry_after: str | None = None
    cut: bool = False
    """The connection ends in the middle of the body."""
    not_json: bool = False
    hang: bool = False
    """No answer before the server is closed."""


@dataclass
class FakeBigMarker:
    """What the account holds, by (list, conference id), and how the server behaves."""

    lists: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    fault: Callable[[int, str], Fault | None] = lambda number, path: None
    """Asked with the number of the request, from 1, and its path."""
    envelope: bool = True
    """Lists say how many pages they have."""
    repeats: bool = True
    """Beyond the last page the last page comes again, instead of an empty one."""
    largest_page: int = 500
    requests: list[str] = field(default_factory=list)
    url: str = ""
    closing: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def counts(self) -> Counter[str]:
        """Requests by list."""
        return Counter(one.split("?")[0] for one in self.requests)

    def page(self, name: str, said_id: str, query: dict[str, str]) -> dict[str, Any] | None:
        """One page as BigMarker gives it; None: no such list."""
        rows = self.lists.get((name, said_id))
        if rows is None:
            return None
        size = min(int(query.get("per_page", "20")), self.largest_page)
        pages = max(1, -(-len(rows) // size))
        wanted = int(query.get(_PAGE_NAMES[name], "1"))
        number = min(wanted, pages) if self.repeats else wanted
        on_page = rows[(number - 1) * size : number * size]
        said = {"page": wanted, "page_count": len(on_page), "per_page": size} | (
            {"total_count": len(rows), "total_entries": len(rows), "total_pages": pages} if self.envelope else {}
        )
        return {_KEYS.get(name, name): on_page} | (said if self.envelope else {})


_PLACES = (
    (r"POST /conferences/search/", "conferences_search"),
    (r"GET /conferences/", "conferences_future"),
    (r"GET /conferences/registrations_with_fields/(\w+)", "registrations_with_fields"),
    (r"GET /conferences/registrations/(\w+)", "registrations"),
    (r"GET /reporting/conferences/on_demand_attendees/(\w+)", "on_demand_attendees"),
    (r"GET /conferences/(\w+)/attendees", "attendees"),
    (r"GET /conferences/(\w+)/recording_views", "recording_views"),
    (r"GET /conferences/(\w+)", "conference"),
)


def place_of(method: str, path: str) -> tuple[str, str] | None:
    """The list and the conference that a path asks for."""
    matches = ((re.fullmatch(form, f"{method} {path}"), name) for form, name in _PLACES)
    return next(((name, "".join(match.groups())) for match, name in matches if match), None)


@contextmanager
def serving(fake: FakeBigMarker) -> Iterator[FakeBigMarker]:
    """Serves it at `fake.url` until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.answer()

        def answer(self) -> None:
            with fake.lock:
                fake.requests.append(self.path)
                number = len(fake.requests)
            address = urlsplit(self.path)
            fault = fake.fault(number, address.path) or Fault()
            if fault.hang:
                fake.closing.wait(30)
                self.close_connection = True
            elif self.headers.get("API-KEY") != KEY:
                self.say(401, b'{"error":"Missing or invalid API key."}', fault)
            elif fault.status != 200:
                self.say(fault.status, b'{"error":"not now"}', fault)
            elif fault.not_json:
                self.say(200, b"<html>Sign in</html>", fault)
            else:
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                place = place_of(self.command, address.path)
                found = self.found(place, query)
                if found is None:
                    self.say(404, (PAYLOADS / "conference_not_found.json").read_bytes(), fault)
                else:
                    self.say(200, json.dumps(found).encode(), fault)

        def found(self, place: tuple[str, str] | None, query: dict[str, str]) -> Any:
            if place is None:
                return None
            if place[0] == "conference":
                return next(iter(fake.lists.get(place, [])), None)
            return fake.page(*place, query)

        def say(self, status: int, body: bytes, fault: Fault) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if fault.retry_after is not None:
                self.send_header("Retry-After", fault.retry_after)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if fault.cut else body)
            if fault.cut:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
