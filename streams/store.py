"""The worker's access to ClickHouse: loads the states of webinars, inserts rows. I/O only, no rules."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

import orjson
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_exponential_jitter
from urllib3.exceptions import HTTPError

from clickhouse.client import Unreachable, User, cause, connect, is_away
from clickhouse.lasting import lasts
from clickhouse.quorum import known_as
from process.errors import ExplainedError
from process.heartbeat import heartbeat
from streams.epoch import Held, held
from streams.fold.memory import WebinarMemory
from streams.fold.restore import StoredPerson, StoredWebinar, restore
from streams.fold.row import fence_of
from streams.meters import ERRORS, INSERT_BYTES, INSERT_SECONDS
from streams.outage import Outage, Refusal
from streams.settings import Settings

_WEBINARS = "SELECT webinar_id, version, state FROM webinars FINAL WHERE webinar_id IN {webinar_ids:Array(String)}"
_SIZES = "SELECT webinar_id, count() FROM persons WHERE webinar_id IN {webinar_ids:Array(String)} GROUP BY webinar_id"
_PERSONS = """
SELECT webinar_id, person_id, version, begin_used, state
FROM persons FINAL
WHERE webinar_id IN {webinar_ids:Array(String)}
"""

_BESIDE = {"max_threads": 1}
"""Of the statements of jobs: they may take a second, and must leave the other cores to inserts and pages."""

TROUBLE = (ClickHouseError, HTTPError, OSError, Unreachable)
"""The errors of ClickHouse's client."""


class Insert(NamedTuple):
    """Rows for one table."""

    table: str
    columns: Sequence[str] | Mapping[str, str]
    """Their names; with their types if the rows are in RowBinary."""
    block: bytes | bytearray
    """Lines, each a JSON array of the columns' values, or rows in RowBinary."""

    @property
    def format(self) -> str:
        return "RowBinary" if isinstance(self.columns, Mapping) else "JSONCompactEachRow"


class StoreGone(ExplainedError):
    """ClickHouse was unreachable, or kept refusing, for longer than the settings allow. The worker has to end."""


class StoreRefuses(StoreGone):
    """ClickHouse refuses the request and always would: the statement, its values, the schema or the rights are
    wrong. It was tried once.
    """


class WebinarStore(Protocol):
    """What batches need from a store. tests/streams/store_port.py tests every implementation."""

    async def load(self, webinar_ids: Sequence[str]) -> dict[str, WebinarMemory]:
        """The webinars with all their persons, as last inserted. Unknown ones come back empty and as changed, so that
        they get their own row. Raises StoreGone.
        """

    async def sizes(self, webinar_ids: Sequence[str]) -> dict[str, int]:
        """How many persons `load` would bring of each, at most; of a webinar without any, nothing. Raises StoreGone."""

    async def insert(self, *inserts: Insert) -> None:
        """Inserts one after the other; returns when all are queryable. Raises StoreGone.

        Repeating an insert does no harm: every table replaces rows of the same key.
        """

    async def forgotten(self) -> set[str]:
        """The ids of all forgotten persons (contract/forgotten.py). Raises StoreGone."""

    async def greatest_fence(self) -> int:
        """The greatest fence of all stored rows; 0 if there are none. Raises StoreGone."""


class Store:
    """The real store, ClickHouse. It has two clients, so that loads do not wait for inserts."""

    def __init__(self, config: Settings, user: User = "writer") -> None:
        self._config = config
        self._user = user
        self._clients: dict[str, Client] = {}
        self._outage = Outage("ClickHouse", heartbeat())

    async def load(self, webinar_ids: Sequence[str]) -> dict[str, WebinarMemory]:
        """As WebinarStore has it."""
        loaded: dict[str, WebinarMemory] = await self._retried(lambda: self._load(webinar_ids), "load")
        return loaded

    async def sizes(self, webinar_ids: Sequence[str]) -> dict[str, int]:
        """As WebinarStore has it. Rows that are not merged yet count, too."""
        found = await self._retried(
            lambda: self._client("load").query(_SIZES, {"webinar_ids": list(webinar_ids)}), "load"
        )
        return dict(found.result_rows)

    async def insert(self, *inserts: Insert) -> None:
        """As WebinarStore has it. On a cluster no attempt stores again what an earlier one has stored."""
        needed = [(insert, self._once()) for insert in inserts if insert.block]
        if needed:
            await self._retried(lambda: self._insert(needed), "insert")

    async def forgotten(self) -> set[str]:
        """As WebinarStore has it."""
        found = await self._retried(lambda: self._client("load").query("SELECT DISTINCT forgotten_id FROM forgotten"))
        return {one for (one,) in found.result_rows}

    async def greatest_fence(self) -> int:
        """As WebinarStore has it."""
        asked = "SELECT greatest((SELECT max(version) FROM persons), (SELECT max(version) FROM webinars))"
        return fence_of(int(await self._retried(lambda: self._client("load").command(asked)) or 0))

    async def held(self) -> Held:
        """What ClickHouse holds, over all webinars. Raises StoreGone."""
        known: Held = await self._retried(lambda: held(self._client("load")))
        return known

    async def command(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Runs a statement. Raises StoreGone."""
        await self._retried(
            lambda: self._client("insert").command(statement, parameters=dict(parameters or {}), settings=_BESIDE)
        )

    async def query(self, statement: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a query, column by column. Raises StoreGone."""
        found: list[dict[str, Any]] = await self._retried(
            lambda: list(
                self._client("load").query(statement, parameters=dict(parameters), settings=_BESIDE).named_results()
            )
        )
        return found

    def _load(self, webinar_ids: Sequence[str]) -> dict[str, WebinarMemory]:
        client = self._client("load")
        parameters = {"webinar_ids": list(webinar_ids)}
        found = client.query(_WEBINARS, parameters).result_rows
        webinars = (StoredWebinar(name, version, orjson.loads(state)) for name, version, state in found)
        with client.query_rows_stream(_PERSONS, parameters) as rows:
            persons = (
                StoredPerson(webinar_id, person_id, version, begin_used, orjson.loads(state))
                for webinar_id, person_id, version, begin_used, state in rows
            )
            return restore(webinar_ids, webinars, persons, self._config.epoch)

    def _once(self) -> dict[str, str] | None:
        """Settings by which all attempts of one insert are known as the same, and as no other of the same rows."""
        return known_as(uuid4().hex) if self._config.clickhouse_cluster else None

    def _insert(self, inserts: Sequence[tuple[Insert, dict[str, str] | None]]) -> None:
        client = self._client("insert")
        for one, once in inserts:
            with INSERT_SECONDS.labels(one.table).time():
                client.raw_insert(one.table, list(one.columns), bytes(one.block), once, one.format)
            INSERT_BYTES.labels(one.table).inc(len(one.block))

    def _client(self, purpose: str) -> Client:
        if purpose not in self._clients:
            self._clients[purpose] = connect(
                self._config, user=self._user, answer_seconds=self._config.insert_timeout_seconds
            )
        return self._clients[purpose]

    async def _retried(self, call: Any, stage: str = "statement") -> Any:
        patience = self._config.insert_retry_seconds
        refusal = Refusal()
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception(_may_pass),
                wait=wait_exponential_jitter(multiplier=0.2, max=5),
                stop=stop_after_delay(patience),
                reraise=True,
            ):
                with attempt:
                    return await self._told(call, refusal, stage)
        except TROUBLE as error:
            if lasts(error):
                raise StoreRefuses(f"ClickHouse refuses this, and would again: {cause(error)}") from error
            raise StoreGone(f"ClickHouse did not answer well for {patience:.0f} s: {cause(error)}") from error
        finally:
            refusal.end()
        raise AssertionError("AsyncRetrying ends by returning or raising")

    async def _told(self, call: Any, refusal: Refusal, stage: str) -> Any:
        """Makes one attempt; a failure is reported once, however many attempts there are."""
        try:
            result = await asyncio.to_thread(call)
        except TROUBLE as error:
            ERRORS.labels(stage).inc()
            if is_away(error):
                self._outage.away(cause(error))
            else:
                self._outage.back()
                if not lasts(error):
                    refusal.tell(cause(error))
            raise
        self._outage.back()
        return result


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, TROUBLE) and not lasts(error)
