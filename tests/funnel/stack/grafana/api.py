"""A server that answers as Grafana's HTTP API is documented to: data sources, folders, dashboards."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

TOKEN = "glsa_of_a_service_account"
Json = dict[str, Any]


class Api(BaseHTTPRequestHandler):
    """What it holds is the class's; `api` makes a class for each server."""

    sources: ClassVar[set[str]]
    folders: ClassVar[dict[str, str]]
    dashboards: ClassVar[dict[str, Json]]
    provisioned: ClassVar[set[str]]

    def do_GET(self) -> None:
        *path, uid = self.path.split("/")
        held = {
            "/api/datasources/uid": self.sources,
            "/api/folders": self.folders,
            "/api/dashboards/uid": self.dashboards,
        }["/".join(path)]
        self._answer(200 if uid in held else 404, {"message": "not found"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/folders":
            self._folder(body)
        else:
            assert self.path == "/api/dashboards/db"
            self._dashboard(body)

    def _folder(self, body: Json) -> None:
        if body["uid"] in self.folders:
            self._answer(409, {"message": "a folder with the same uid already exists"})
            return
        if self._answer(200, body):
            self.folders[body["uid"]] = body["title"]

    def _dashboard(self, body: Json) -> None:
        uid = body["dashboard"]["uid"]
        if uid in self.provisioned:
            self._answer(400, {"message": "Cannot save provisioned dashboard"})
        elif body["folderUid"] not in self.folders:
            self._answer(400, {"message": "folder not found"})
        elif uid in self.dashboards and not body["overwrite"]:
            self._answer(412, {"status": "name-exists", "message": "A dashboard with the same uid already exists"})
        elif self._answer(200, {"uid": uid, "status": "success"}):
            self.dashboards[uid] = body

    def _answer(self, status: int, body: Json) -> bool:
        allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        said = json.dumps(body if allowed else {"message": "Invalid API key"}).encode()
        self.send_response(status if allowed else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
        return allowed

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def api() -> Iterator[tuple[str, type[Api]]]:
    """Its address and what it holds; at first the data source alone."""
    held = type("Held", (Api,), {"sources": {"clickhouse"}, "folders": {}, "dashboards": {}, "provisioned": set[str]()})
    with ThreadingHTTPServer(("127.0.0.1", 0), held) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", held
        server.shutdown()
