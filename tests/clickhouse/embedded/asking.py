"""A plain HTTP way to ask an embedded server, for its tests."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import urllib3

from tests.servers.clickhouse import PASSWORDS, Server

WORKER = {"X-ClickHouse-User": "funnel", "X-ClickHouse-Key": PASSWORDS["FUNNEL_CLICKHOUSE_PASSWORD"]}
READER = {"X-ClickHouse-User": "grafana", "X-ClickHouse-Key": PASSWORDS["FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD"]}
MIGRATOR = {"X-ClickHouse-User": "migrator", "X-ClickHouse-Key": PASSWORDS["FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD"]}
WRITER = MIGRATOR
"""Who may write, and make tables."""


@dataclass(frozen=True)
class Asker:
    """Sends requests as curl would: nothing is decoded or retried."""

    server: Server
    http: urllib3.PoolManager

    def __call__(
        self,
        sql: str | bytes = "",
        *,
        login: Mapping[str, str] = WRITER,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
        **url: object,
    ) -> urllib3.BaseHTTPResponse:
        return self.http.request(
            method,
            f"{self.server.url}/?{urlencode({**url, **(more or {})})}",
            body=sql.encode() if isinstance(sql, str) else sql,
            headers={**login, **(headers or {})},
            decode_content=False,
            retries=False,
            timeout=60.0,
        )

    def text(self, sql: str | bytes, **url: object) -> str:
        answer = self(sql, more=url)
        assert answer.status == 200, answer.data
        return answer.data.decode().rstrip("\n")

    def running(self, marker: str) -> int:
        """How many queries with this text in them the engine runs."""
        where = f"query LIKE '%{marker}%' AND query NOT LIKE '%system.processes%'"
        return int(self.text(f"SELECT count() FROM system.processes WHERE {where}"))


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)
