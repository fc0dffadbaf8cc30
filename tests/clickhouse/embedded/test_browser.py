"""A page that somebody has open tries to reach the server in real Chromium: nothing is run, read or stored."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.clickhouse.embedded.asking import WRITER, Asker
from tests.grafana.preview.browser import MissingError, Page, chromium, tab

SECRET = "top-secret-content"


@contextmanager
def served(page: str) -> Iterator[int]:
    """The port of a web server of somebody else with this page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def attacks(server: str, table: str, secret: Path, out: Path) -> list[str]:
    """Scripts, each of which ends when the browser is done with its request."""
    name, password = WRITER.values()
    statements = [
        f"INSERT INTO {table} SELECT 1, file('{secret}')",
        f"INSERT INTO {table} VALUES (1, 'x')",
        f"INSERT INTO FUNCTION file('{out}', 'LineAsString', 'a String') SELECT 'x'",
        f"SELECT * FROM file('{secret}', 'LineAsString')",
    ]
    scripts = []
    for sql in statements:
        for login in ({"user": name, "password": password}, {}):
            url = f"{server}/?{urlencode({**login, 'query': sql})}"
            scripts += [
                f"fetch({json.dumps(url)}, {{mode: 'no-cors'}})",
                f"fetch({json.dumps(url)}, {{mode: 'no-cors', method: 'POST'}})",
                "new Promise(end => { const i = new Image(); i.onerror = i.onload = end;"
                f" i.src = {json.dumps(url)}; }})",
                "new Promise(end => { const s = document.createElement('script'); s.onerror = s.onload = end;"
                f" s.src = {json.dumps(url)}; document.body.append(s); }})",
                "new Promise(end => { const f = document.createElement('iframe'); f.onerror = f.onload = end;"
                f" f.src = {json.dumps(url)}; document.body.append(f); }})",
                "new Promise(end => { const f = document.createElement('iframe'); f.name = 'f' + Math.random();"
                " document.body.append(f); const o = document.createElement('form'); o.method = 'POST';"
                f" o.target = f.name; o.action = {json.dumps(url)}; document.body.append(o);"
                " setTimeout(() => { f.onload = end; o.submit(); }, 0); })",
            ]
        logins = {"X-ClickHouse-User": name, "X-ClickHouse-Key": password}
        said = json.dumps({"method": "POST", "body": sql, "headers": logins})
        scripts.append(f"fetch({json.dumps(server + '/')}, {said})")
        scripts.append(f"navigator.sendBeacon({json.dumps(url)}, '')")
    return scripts


async def test_a_page_elsewhere_reaches_nothing(
    ask: Asker, table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, out = tmp_path / "secret.csv", tmp_path / "out.txt"
    secret.write_text(SECRET)
    answers: list[tuple[str, int]] = []
    take = Page._take

    def noted(page: Page, method: str, parameters: dict[str, Any]) -> None:
        if method == "Network.responseReceived":
            answers.append((parameters["response"]["url"], parameters["response"]["status"]))
        take(page, method, parameters)

    monkeypatch.setattr(Page, "_take", noted)
    try:
        with chromium() as devtools, served("<!doctype html><body>A page of somebody else") as port:
            for host in ("127.0.0.1", "localhost"):
                async with tab(devtools) as page:
                    await page.send("Page.navigate", url=f"http://{host}:{port}/")
                    await page.until("document.body?.textContent.includes('somebody else')")
                    for script in attacks(ask.server.url, table, secret, out):
                        # Whether a request that is refused counts as failed differs from kind to kind.
                        await page.run(f"Promise.resolve({script}).then(() => 'done', () => 'done')")
                    name, password = WRITER.values()
                    for login in (f"{name}:{password}@", ""):
                        where = ask.server.url.replace("://", f"://{login}")
                        sql = quote(f"SELECT '{SECRET}'")
                        await page.send("Page.navigate", url=f"{where}/?query={sql}")
                        await page.until("document.body?.textContent.includes('ACCESS_DENIED')")
                        assert SECRET not in await page.run("document.body.textContent")
    except MissingError as reason:
        pytest.fail(str(reason), pytrace=False)
    of_server = [status for url, status in answers if url.startswith(ask.server.url)]
    assert len(of_server) > 50
    assert set(of_server) == {403}
    assert ask.text(f"SELECT count() FROM {table}") == "0"
    assert [path.name for path in tmp_path.iterdir()] == [secret.name]
