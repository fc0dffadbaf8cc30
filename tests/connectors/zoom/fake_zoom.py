"""A fake of Zoom's REST API over real HTTP: tokens that expire, pages, and faults at chosen requests."""

import copy
import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from connectors.zoom.client import encoded_uuid
from connectors.zoom.settings import ZoomSettings

REST = Path(__file__).parent / "rest"
USER, UNLICENSED = "hOstInvented123", "nObodyInvented"
PAGE = 2
"""Rows a page, whatever is asked for."""
Answer = tuple[int, object]


class FakeZoom:
    """What it holds, what it was asked, and what goes wrong: `faults[n]` is what happens to the n-th request (1, …)."""

    def __init__(self) -> None:
        self.webinars = {
            str(held["detail"]["id"]): held
            for held in (json.loads(path.read_bytes()) for path in sorted(REST.glob("*.json")))
        }
        self.unlisted: set[str] = set()
        """Numbers of webinars that no user's list holds."""
        self.faults: dict[int, str] = {}
        self.asked: list[str] = []
        """Of the API: method and address of each request."""
        self.moved_to = ""
        """Where its authorisation server redirects."""
        self.tokens = 0
        self.good_tokens: set[str] = set()
        self.expires_in = 3600
        self.heeds_tracking_source = True
        self.may_read_recordings = True
        self.may_read_sources = True
        self.without_registration: set[str] = set()
        """Numbers of webinars that have no page for registering, so no tracked links."""
        self.recordings_status = 200
        self.refused_recordings: set[str] = set()
        """Of these uuids."""
        self.on_request: Callable[[int], None] = lambda _number: None
        self.release = threading.Event()
        """Ends the slow answers."""
        self.lock = threading.Lock()
        self.url = ""

    def settings(self, **changes: object) -> ZoomSettings:
        """That lead to it."""
        said: dict[str, object] = {
            "secret_token": "test-secret",
            "account_id": "acc",
            "client_id": "id",
            "client_secret": "secret",
            "api_url": f"{self.url}/v2",
            "oauth_url": f"{self.url}/oauth",
            "requests_per_second": 1000.0,
        }
        return ZoomSettings(_env_file=None, **{**said, **changes})  # type: ignore[arg-type]

    def token(self, authorization: str, form: dict[str, list[str]]) -> Answer:
        if authorization != f"Basic {b64encode(b'id:secret').decode()}" or form.get("account_id") != ["acc"]:
            return 400, {"reason": "Bad Request", "error": "invalid_request"}
        assert form["grant_type"] == ["account_credentials"]
        self.tokens += 1
        self.good_tokens.add(f"token-{self.tokens}")
        return 200, {"access_token": f"token-{self.tokens}", "token_type": "bearer", "expires_in": self.expires_in}

    def answer(self, path: str, query: dict[str, str]) -> Answer:  # noqa: PLR0911  one a route
        """`path` as it was sent, still encoded."""
        parts = path.strip("/").split("/")
        match parts:
            case ["users", "me"]:
                return 200, {"id": USER, "account_id": "accInvented", "email": "holly@example.com"}
            case ["users"]:
                return self._page("users", [{"id": USER}, {"id": UNLICENSED}], query)
            case ["users", user, "webinars"]:
                if user == UNLICENSED:
                    return 400, {"code": 200, "message": "Webinar plan is missing."}
                return self._page("webinars", self._listed(), query)
            case ["webinars", number, *rest] if number in self.webinars:
                return self._of_webinar(self.webinars[number], rest, query)
            case ["past_webinars", number, "instances"] if number in self.webinars:
                runs = self.webinars[number]["runs"]
                return 200, {"webinars": [{"uuid": run["uuid"], "start_time": run["start_time"]} for run in runs]}
            case ["meetings", which, "recordings", kind]:
                return self._of_recording(which, kind, query)
            case ["report", "webinars", uuid, *rest]:
                return self._of_run(uuid, rest, query)
        return 404, {"code": 3001, "message": "Webinar does not exist."}

    def _listed(self) -> list[dict[str, Any]]:
        return [_listed(held["detail"]) for number, held in self.webinars.items() if number not in self.unlisted]

    def _of_webinar(self, held: dict[str, Any], rest: list[str], query: dict[str, str]) -> Answer:
        match rest:
            case []:
                assert query.get("show_previous_occurrences") == "true"
                return 200, held["detail"]
            case ["registrants"]:
                return self._page("registrants", self._registrants(held, query), query)
            case ["tracking_sources"] if not self.may_read_sources:
                return 400, {"code": 4711, "message": "Invalid access token, does not contain scopes:[...]."}
            case ["tracking_sources"] if str(held["detail"]["id"]) in self.without_registration:
                return 400, {"code": 300, "message": "Registration has not been enabled for this webinar."}
            case ["panelists" | "tracking_sources" as key]:
                return 200, {"total_records": len(held[key]), key: held[key]}
        return 404, {"code": 300}

    def _registrants(self, held: dict[str, Any], query: dict[str, str]) -> list[dict[str, Any]]:
        rows = held["registrants"][query["status"]]
        if "occurrence_id" in query:
            rows = [row for row in rows if query["occurrence_id"] in row["_occurrences"]]
        if "tracking_source_id" in query and self.heeds_tracking_source:
            rows = [row for row in rows if row.get("_source") == query["tracking_source_id"]]
        return [{key: said for key, said in row.items() if key[0] != "_"} | {"status": query["status"]} for row in rows]

    def _of_run(self, encoded: str, rest: list[str], query: dict[str, str]) -> Answer:
        for held in self.webinars.values():
            for run in held["runs"]:
                once = quote(run["uuid"], safe="")
                if encoded != (quote(once, safe="") if "/" in run["uuid"] else once) or run.get("not_ready"):
                    continue
                if not rest:
                    return 200, run["report"]
                rows = copy.deepcopy(run["participants"])
                if query.get("include_fields") != "registrant_id":
                    rows = [{key: said for key, said in row.items() if key != "registrant_id"} for row in rows]
                return self._page("participants", rows, query)
        return 404, {"code": 3001, "message": "Webinar does not exist."}

    def _of_recording(self, which: str, kind: str, query: dict[str, str]) -> Answer:
        """`which`: a number for the latest run, or a run's uuid."""
        if not self.may_read_recordings:
            return 400, {"code": 4711, "message": "Invalid access token, does not contain scopes:[...]."}
        if self.recordings_status != 200:
            return self.recordings_status, {"code": 300, "message": "Not on this plan."}
        if which in map(encoded_uuid, self.refused_recordings):
            return 400, {"code": 300, "message": "This recording cannot be shown."}
        runs = [run for held in self.webinars.values() for run in held["runs"]]
        run = next((run for run in runs if encoded_uuid(run["uuid"]) == which and "views" in run), None)
        if run is None:
            return 404, {"code": 3301, "message": "There is no recording for this meeting."}
        if kind == "registrants":
            return self._page("registrants", run["recording_registrants"].get(query["status"], []), query)
        assert kind == "analytics_details"
        assert query["type"] == "by_view"
        since, until = date.fromisoformat(query["from"]), date.fromisoformat(query["to"])
        assert timedelta(0) <= until - since <= timedelta(days=30), "more than a month"
        within = [
            row for row in run["views"] if since <= datetime.fromisoformat(row["date_time"][:19] + "Z").date() <= until
        ]
        return self._page("analytics_details", within, query)

    def _page(self, key: str, rows: list[dict[str, Any]], query: dict[str, str]) -> Answer:
        assert query["page_size"] == "300"
        token = query.get("next_page_token", "")
        start = int(token.removeprefix("page-") or 0)
        more = start + PAGE < len(rows)
        return 200, {
            "page_size": PAGE,
            "total_records": len(rows),
            "next_page_token": f"page-{start + PAGE}" if more else "",
            key: rows[start : start + PAGE],
        }


def _listed(detail: dict[str, Any]) -> dict[str, Any]:
    return {key: detail[key] for key in ("uuid", "id", "host_id", "topic", "type", "start_time") if key in detail}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    fake: FakeZoom

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        moved = {"Location": self.fake.moved_to} if self.fake.moved_to else {}
        self._send(*self.fake.token(self.headers["authorization"], form), moved)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: said[0] for name, said in parse_qs(address.query).items()}
        with self.fake.lock:
            self.fake.asked.append(self.path)
            number = len(self.fake.asked)
            fault = self.fake.faults.pop(number, "")
        self.fake.on_request(number)
        status, said = self.fake.answer(address.path.removeprefix("/v2"), query)
        if self.headers.get("authorization", "").removeprefix("Bearer ") not in self.fake.good_tokens:
            status, said = 401, {"code": 124, "message": "Invalid access token."}
        match fault:
            case "token revoked":
                self.fake.good_tokens.clear()
                status, said = 401, {"code": 124, "message": "Invalid access token."}
            case "page token expired" if "next_page_token" in query:
                status, said = 400, {"code": 300, "message": "The next page token is invalid or expired."}
            case "throttled":
                self._send(429, {"code": 429}, {"Retry-After": "0", "X-RateLimit-Type": "QPS"})
                return
            case "day's quota used up":
                until = (datetime.now(UTC) + timedelta(hours=8)).isoformat(timespec="seconds")
                self._send(429, {"code": 429}, {"Retry-After": until, "X-RateLimit-Type": "Daily-limit"})
                return
            case "server error":
                status, said = 503, None
            case "slow":
                self.fake.release.wait(20)
                self.close_connection = True
                return
            case "rows missing" if isinstance(said, dict) and said.get("total_records"):
                key = next(key for key, rows in said.items() if isinstance(rows, list))
                said = {**said, key: said[key][1:]}
            case "no json":
                said = b"<html>maintenance</html>"
        self._send(status, said, {}, cut=fault == "cut off")

    def _send(self, status: int, said: object, headers: dict[str, str], cut: bool = False) -> None:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        self.close_connection = self.close_connection or cut


@contextmanager
def fake_zoom() -> Iterator[FakeZoom]:
    """One that runs on loopback, on a port of its own."""
    fake = FakeZoom()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
