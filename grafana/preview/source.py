"""Runs a dashboard's queries on ClickHouse with the read-only user."""

import re
import threading
from collections.abc import Sequence

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from clickhouse.client import Unreachable, connect
from grafana.preview.frames import Column, columns
from grafana.preview.shared import Shared
from streams.settings import Settings

_ANSWER_SECONDS = 60
_LONGEST = 400
_TOO_SLOW = re.compile(r"Timeout exceeded: .*?maximum: (\d+?)000(?:\.\d+)? ms")


class QueryError(Exception):
    """The query failed. The text is one line for the panel."""


class Source:
    """ClickHouse for the read-only user. Safe for several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._shared = Shared(self._asked)

    def ask(self, statement: str) -> list[Column]:
        """The columns of the result, which may be some seconds old if others ran the same query. Raises QueryError."""
        return self._shared.ask(statement)

    def _asked(self, statement: str) -> list[Column]:
        try:
            result = self._connected().query(statement, query_tz="UTC", column_oriented=True)
        except Unreachable as error:
            raise QueryError(str(error)) from error
        except ClickHouseError as error:
            raise QueryError(said(str(error))) from error
        values: Sequence[Sequence[object]] = result.result_columns
        names = list(result.column_names)
        # Without rows clickhouse-connect gives no columns at all.
        return columns(names, [one.name for one in result.column_types], values or [[] for _ in names])

    def close(self) -> None:
        """Closes the connection; the next query opens it again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _connected(self) -> Client:
        # It is opened by the first query, so that the page starts without ClickHouse.
        with self._lock:
            if self._client is None:
                self._client = connect(self._settings, user="reader", answer_seconds=_ANSWER_SECONDS)
            return self._client


def said(text: str) -> str:
    """ClickHouse's message in one line, without the client's own wording and the repeated statement."""
    if slow := _TOO_SLOW.search(text):
        return f"No answer within {slow[1]} s. Choose a shorter range or load the page again; is this machine busy?"
    line = " ".join(text.split()).rpartition("DB::Exception: ")[2].partition(" In scope ")[0]
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
