"""A Grafana elsewhere, over real HTTP, that answers as its documentation says."""

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr
from rich.console import Console

from funnel.stack.commands import put_elsewhere
from funnel.stack.errors import StackError
from funnel.stack.grafana.elsewhere import provision
from funnel.stack.grafana.settings import GrafanaSettings
from grafana.build import rendered
from streams.settings import Settings

SETTINGS = Settings(_env_file=None, clickhouse_host="ch.example.org")


@dataclass
class Grafana:
    """What it holds: the bodies by the path that they were sent to."""

    url: str = ""
    sources: list[Any] = field(default_factory=list)
    folders: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, Any] = field(default_factory=dict)
    home: str = ""

    def take(self, method: str, path: str, body: Any) -> int:
        """The status of its answer."""
        match method, path:
            case "GET", "/api/datasources/uid/clickhouse":
                return 200 if self.sources else 404
            case "POST", "/api/datasources":
                self.sources.append(body)
            case "POST", "/api/folders":
                if body["uid"] in self.folders:
                    return 409
                self.folders[body["uid"]] = body
            case "POST", "/api/dashboards/db":
                if body["dashboard"]["uid"] in self.pages and not body["overwrite"]:
                    return 412
                self.pages[body["dashboard"]["uid"]] = body
            case "PATCH", "/api/org/preferences":
                self.home = body["homeDashboardUID"]
            case _:
                return 404
        return 200


@pytest.fixture
def elsewhere() -> Iterator[Grafana]:
    grafana = Grafana()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status = grafana.take(self.command, self.path, body)
            self.send_response(status if self.headers["authorization"] == "Bearer right" else 401)
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    grafana.url = f"http://127.0.0.1:{server.server_port}/"
    yield grafana
    server.shutdown()
    server.server_close()


def access(elsewhere: Grafana, token: str = "right") -> GrafanaSettings:
    return GrafanaSettings(_env_file=None, url=elsewhere.url, token=SecretStr(token))


def test_twice_is_as_good_as_once(elsewhere: Grafana) -> None:
    for _ in range(2):
        assert provision(access(elsewhere), SETTINGS) == len(rendered())
    assert elsewhere.pages.keys() == {json.loads(text)["uid"] for text in rendered().values()}
    assert elsewhere.pages["today"]["folderUid"] in elsewhere.folders
    assert elsewhere.pages["today"]["dashboard"]["id"] is None
    assert elsewhere.home == "today"
    (source,) = elsewhere.sources
    assert (source["uid"], source["jsonData"]["host"]) == ("clickhouse", "ch.example.org")
    assert source["jsonData"]["username"] == SETTINGS.grafana_clickhouse_user
    assert "$" not in json.dumps(source)


def test_a_wrong_token_and_a_wrong_address_say_so(elsewhere: Grafana) -> None:
    with pytest.raises(StackError, match="is GRAFANA_TOKEN that of an administrator"):
        provision(access(elsewhere, "wrong"), SETTINGS)
    nobody = access(elsewhere).model_copy(update={"url": "http://127.0.0.1:9"})
    with pytest.raises(StackError, match="no Grafana answers at GRAFANA_URL"):
        provision(nobody, SETTINGS)
    assert not elsewhere.pages


@pytest.mark.parametrize(
    ("token", "said"),
    [("right", "dashboards are in"), ("", "set GRAFANA_TOKEN"), ("wrong", "Nothing more was put there")],
)
def test_up_says_what_came_of_it(elsewhere: Grafana, token: str, said: str) -> None:
    text = io.StringIO()
    put_elsewhere(access(elsewhere, token), SETTINGS, Console(file=text))
    assert said in text.getvalue()
