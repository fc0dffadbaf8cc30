"""A small Livestorm: its REST API on loopback, with pages from 0, a month's quota, scopes, and faults.

It holds one session that has ended, one to come, one of another year, a draft and a breakout room; invented people.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from contract.instants import SECOND, parse_instant

TOKEN = "invented-api-token"
EVENT, ENDED, COMING, OLD = "ev-1", "se-ended", "se-coming", "se-old"
NO_EMAIL = "17+f00@unknown.livestorm.co"
Row = dict[str, Any]


def seconds(text: str) -> int:
    return parse_instant(text) // SECOND


def person(number: int, session: str, email: str = "", **changes: Any) -> Row:
    """`changes` of registrant_detail; those of the person itself begin with `person_`."""
    said = {name.removeprefix("person_"): changes.pop(name) for name in list(changes) if name.startswith("person_")}
    at = seconds("2026-11-20T09:00:00Z") + number
    detail = {
        "event_id": EVENT,
        "session_id": session,
        "created_at": at,
        "updated_at": at,
        "fields": [{"id": "question", "value": f"FREE TEXT {number}"}],
        "referrer": None,
        "utm_source": "newsletter",
        "ip_country_code": "PT",
        "attended": False,
        "attendance_rate": None,
        "attendance_duration": 0,
        "has_viewed_replay": False,
        "is_guest_speaker": False,
    }
    attributes = {
        "role": "participant",
        "created_at": at,
        "updated_at": at,
        "timezone": "Europe/Lisbon",
        "email": email or f"person{number}@example.com",
        "registrant_detail": {**detail, **changes},
        "messages_count": 3,
        "replay_view_detail": None,
    }
    return {"id": f"p-{session}-{number}", "type": "people", "attributes": {**attributes, **said}}


def session(key: str, planned: str, **changes: Any) -> Row:
    attributes = {
        "event_id": EVENT,
        "status": "upcoming",
        "timezone": "Europe/Paris",
        "name": None,
        "attendees_count": 0,
        "registrants_count": 0,
        "estimated_started_at": seconds(planned),
        "started_at": 0,
        "ended_at": 0,
        "canceled_at": 0,
        "created_at": seconds("2025-01-01T00:00:00Z"),
        "updated_at": seconds("2025-01-01T00:00:00Z"),
        "breakout_room_parent_session_id": None,
    }
    return {"id": key, "type": "sessions", "attributes": {**attributes, **changes}}


def _held() -> list[Row]:
    over: Row = {
        "status": "past",
        "ended_at": seconds("2026-11-22T19:00:00Z"),
        "attendees_count": 2,
        "registrants_count": 5,
    }
    old: Row = {
        "started_at": seconds("2025-11-22T18:00:00Z"),
        "ended_at": seconds("2025-11-22T19:00:00Z"),
        "status": "past",
    }
    return [
        session(ENDED, "2026-11-22T18:00:00Z", started_at=seconds("2026-11-22T18:01:00Z"), **over),
        session(COMING, "2026-11-29T18:00:00Z", registrants_count=1),
        session(OLD, "2025-11-22T18:00:00Z", **old),
        session("se-draft", "2026-12-01T18:00:00Z", status="draft"),
        session("se-room", "2026-11-22T18:00:00Z", breakout_room_parent_session_id=ENDED),
    ]


def _people() -> dict[str, list[Row]]:
    came: Row = {"attended": True, "attendance_duration": 2712, "updated_at": seconds("2026-11-22T19:05:00Z")}
    watched = {"watched_at": seconds("2026-11-24T08:00:00Z")}
    return {
        ENDED: [
            person(0, ENDED, person_role="team_member"),
            person(1, ENDED, **came),
            person(2, ENDED, email=NO_EMAIL, **{**came, "attendance_duration": 60}),
            person(3, ENDED),
            person(4, ENDED, has_viewed_replay=True, person_replay_view_detail=watched),
        ],
        COMING: [person(5, COMING)],
        OLD: [person(6, OLD, **came)],
        "se-room": [person(7, "se-room")],
    }


@dataclass
class Fake:
    """What it holds, and what goes wrong. `faults`: request number -> status, "cut" or "close"."""

    page_size: int = 2
    sessions: list[Row] = field(default_factory=_held)
    people: dict[str, list[Row]] = field(default_factory=_people)
    faults: dict[int, int | str] = field(default_factory=dict)
    heeds_dates: bool = True
    may_read: bool = True
    quota: int = 10_000
    on_request: Any = None
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        match path.strip("/").split("/"):
            case ["sessions"]:
                return self._page(self._within(query), query, query.get("include") == "event")
            case ["sessions", key, "people"] if key in self.people:
                return self._page(self.people[key], query, False)
        return 404, {"errors": [{"title": "Record not found"}]}

    def _within(self, query: dict[str, str]) -> list[Row]:
        if not self.heeds_dates:
            return self.sessions
        since, until = int(query.get("filter[date_from]", 0)), int(query.get("filter[date_to]", 2**40))
        return [one for one in self.sessions if since <= one["attributes"]["estimated_started_at"] <= until]

    def _page(self, rows: list[Row], query: dict[str, str], included: bool) -> tuple[int, Any]:
        assert query["page[size]"] == "50"
        number, pages = int(query["page[number]"]), -(-len(rows) // self.page_size)
        if number and number >= pages:
            return 400, {"errors": [{"title": "Page out of range"}]}
        meta = {"current_page": number, "record_count": len(rows), "page_count": pages, "items_per_page": 2}
        said = {"data": rows[number * self.page_size : (number + 1) * self.page_size], "meta": meta}
        event = {"id": EVENT, "type": "events", "attributes": {"title": "Python from zero", "estimated_duration": 60}}
        return 200, {**said, "included": [event]} if included else said


class _Handler(BaseHTTPRequestHandler):
    fake: ClassVar[Fake]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        fake, address = self.fake, urlsplit(self.path)
        fault = fake.faults.get(len(fake.requests))
        fake.requests.append(address.path)
        if fake.on_request is not None:
            fake.on_request(len(fake.requests))
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if fault == "close":
            self.close_connection = True
        elif isinstance(fault, int):
            self._say(fault, {}, {"Retry-After": "1"} if fault == 429 else {})
        elif len(fake.requests) > fake.quota:
            self._say(429, {}, {"Retry-After": "864000", "RateLimit-Monthly-Remaining": "0"})
        elif self.headers["authorization"] != TOKEN:
            self._say(401, {"errors": [{"status": "unauthorized"}]})
        elif not fake.may_read:
            self._say(403, {"errors": [{"title": "Forbidden"}]})
        else:
            self._say(*fake.answer(address.path, query), cut=fault == "cut")

    def _say(self, status: int, said: Any, headers: dict[str, str] | None = None, cut: bool = False) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut

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
