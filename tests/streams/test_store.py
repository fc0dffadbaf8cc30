"""docs/design.md 3, "ClickHouse is the state store": what is inserted is what a successor loads. A real server, and
the store in memory, which is held to the same.
"""

import asyncio
import socket
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from pydantic import SecretStr

from clickhouse.migrate import create_database, migrate
from streams.fold.memory import WebinarMemory
from streams.fold.row import fence_of
from streams.memory_store import MemoryStore, Row
from streams.settings import Settings
from streams.store import Insert, Store, StoreGone, StoreRefuses
from tests.contract_events import p, r
from tests.servers.clickhouse import Server, embedded_clickhouse
from tests.streams.store_port import CHECKS, Check, Opening, insert, known, some_webinar

DEADLINE = 60.0

STORES: dict[str, Callable[[Settings], Opening]] = {
    "clickhouse": lambda config: lambda epoch: Store(config.model_copy(update={"epoch": epoch})),
    "memory": lambda _: in_memory(MemoryStore),
}


def in_memory(kind: type[MemoryStore]) -> Opening:
    """Stores of that kind over the same rows."""
    rows: dict[str, list[Any]] = defaultdict(list)
    return lambda epoch: kind(rows, epoch=epoch)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("store", STORES)
async def test_every_store_holds_what_batches_rely_upon(store: str, check: Check, own_config: Settings) -> None:
    await check(STORES[store](own_config))


class Former(MemoryStore):
    """The row that came last wins, whatever its version."""

    def latest(self, table: str, webinar_ids: Sequence[str]) -> list[Row]:
        found = [row for row in self.rows[table] if row["webinar_id"] in webinar_ids]
        return list({row.get("person_id", row["webinar_id"]): row for row in found}.values())


class Everything(MemoryStore):
    """Loads what nobody asked for."""

    def latest(self, table: str, webinar_ids: Sequence[str]) -> list[Row]:
        return super().latest(table, [row["webinar_id"] for row in self.rows[table]])


class Repeating(MemoryStore):
    """Keeps each row of a key."""

    def latest(self, table: str, webinar_ids: Sequence[str]) -> list[Row]:
        return [row for row in self.rows[table] if row["webinar_id"] in webinar_ids]


class Timeless(MemoryStore):
    """Takes offsets of an earlier epoch for its own."""

    def __init__(self, rows: dict[str, list[Row]], *, epoch: int = 0) -> None:
        super().__init__(rows)


class Half(MemoryStore):
    """Knows the fences of persons only."""

    async def greatest_fence(self) -> int:
        return fence_of(max((row["version"] for row in self.rows["persons"]), default=0))


class Known(MemoryStore):
    """Says of an unknown webinar that its row is written."""

    async def load(self, webinar_ids: Sequence[str]) -> dict[str, WebinarMemory]:
        loaded = await super().load(webinar_ids)
        for one in loaded.values():
            one.changed = False
        return loaded


class Forgetful(MemoryStore):
    """Loses the last row of an insert."""

    async def insert(self, *inserts: Insert) -> None:
        await super().insert(*inserts)
        for one in inserts:
            del self.rows[one.table][-1:]


@pytest.mark.parametrize("broken", [Former, Everything, Repeating, Timeless, Half, Known, Forgetful])
async def test_a_store_that_does_not_hold_it_is_found_out(broken: type[MemoryStore]) -> None:
    found = []
    for check in CHECKS:
        try:
            await check(in_memory(broken))
        except (AssertionError, KeyError):
            found.append(check.__name__)
    assert found


async def test_a_repeated_insert_changes_nothing(config: Settings, client: Client) -> None:
    store, webinar_id = Store(config), some_webinar()
    for _ in range(2):
        await insert(store, webinar_id, known(webinar_id), above=1)
    counted = client.query(
        "SELECT count() FROM persons FINAL WHERE webinar_id = {webinar_id:String}", {"webinar_id": webinar_id}
    )
    assert counted.result_rows == [(2,)]


async def test_no_rows_are_no_insert(config: Settings) -> None:
    nowhere = config.model_copy(update={"clickhouse_port": 1, "insert_retry_seconds": 0.1})
    await Store(nowhere).insert(Insert("events", ["event"], b""))


@pytest.mark.parametrize(
    ("settings", "code"), [("max_memory_usage = 1", "memory"), ("max_execution_time = 0.001", "Timeout|imit")]
)
async def test_what_may_pass_is_tried_again_within_bounds_and_told_in_one_line(
    config: Settings, settings: str, code: str
) -> None:
    store, tried = Store(config.model_copy(update={"insert_retry_seconds": 0.5})), Counter[str]()
    attempts(store, tried)
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(StoreGone, match=code) as raised:
            await store.command(f"SELECT max(cityHash64(number)) FROM numbers(1000000000) SETTINGS {settings}")
    assert not isinstance(raised.value, StoreRefuses)
    assert tried["command"] > 1
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda store: store.insert(Insert("no_such_table", ["k"], b"[1]\n")), "no_such_table"),
        (lambda store: store.insert(Insert("webinars", ["no_such_column"], b"[1]\n")), "no_such_column"),
        (lambda store: store.insert(Insert("excluded_domains", ["version"], b'["x"]\n')), "parse"),
        (lambda store: store.query("SELECT no_such_column FROM persons", {}), "no_such_column"),
        (lambda store: store.query("SELECT FROM WHERE", {}), "yntax error"),
        (lambda store: store.query("SELECT {n:UInt64}", {"n": None}), "cannot be parsed"),
        (lambda store: store.command("INSERT INTO rules (id, full_percent) SELECT throwIf(1), 1"), "throwIf"),
        (lambda store: store.command("SELECT count() FROM no_such_database.t"), "no_such_database"),
    ],
)
async def test_what_cannot_pass_is_tried_once_and_says_what_it_is(
    config: Settings, ask: Callable[[Store], Awaitable[object]], why: str
) -> None:
    store, tried = Store(config), Counter[str]()
    attempts(store, tried)
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(StoreRefuses, match=why) as raised:
            await ask(store)
    assert tried.total() == 1
    assert str(raised.value).startswith("ClickHouse refuses this, and would again: ")
    assert "\n" not in str(raised.value)


async def test_a_wrong_password_cannot_pass(config: Settings) -> None:
    store = Store(config.model_copy(update={"clickhouse_password": SecretStr("wrong")}))
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(StoreRefuses, match="FUNNEL_CLICKHOUSE_PASSWORD"):
            await store.load(["zoom:1"])


def attempts(store: Store, tried: Counter[str]) -> None:
    """Counts what reaches the server."""
    for purpose in ("load", "insert"):
        client = store._client(purpose)
        for name in ("command", "query", "raw_insert"):
            setattr(client, name, counted(getattr(client, name), name, tried))


def counted(call: Callable[..., Any], name: str, tried: Counter[str]) -> Callable[..., Any]:
    def counting(*arguments: Any, **named: Any) -> Any:
        tried[name] += 1
        return call(*arguments, **named)

    return counting


@pytest.fixture
def restarted(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, which may be killed."""
    with embedded_clickhouse(tmp_path / "data") as server:
        migrate(create_database(server.settings()), server.settings())
        yield server


async def test_an_insert_arrives_when_the_server_was_killed_and_comes_back_in_time(restarted: Server) -> None:
    server, webinar_id = restarted, some_webinar()
    store = Store(server.settings())
    await insert(store, webinar_id, WebinarMemory(), above=1)
    server.kill()
    async with asyncio.timeout(DEADLINE):
        inserting = asyncio.create_task(insert(store, webinar_id, known(webinar_id), above=2))
        await asyncio.to_thread(server.start)
        await inserting
    assert (await store.load([webinar_id]))[webinar_id].persons.keys() == {p(1), r(1)}


async def test_a_worker_that_starts_before_the_server_waits_for_it(restarted: Server) -> None:
    server, webinar_id = restarted, some_webinar()
    server.kill()
    async with asyncio.timeout(DEADLINE):
        loading = asyncio.create_task(Store(server.settings()).load([webinar_id]))
        await asyncio.to_thread(server.start)
        assert (await loading)[webinar_id].changed


async def test_a_server_that_stays_away_ends_the_worker_with_one_line(restarted: Server) -> None:
    server = restarted
    server.kill()
    store = Store(server.settings().model_copy(update={"insert_retry_seconds": 0.5}))
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(StoreGone, match="connection refused") as raised:
            await store.load(["zoom:1"])
    assert "\n" not in str(raised.value)
    server.start()


async def test_a_server_that_hangs_is_asked_again_and_then_given_up(tmp_path: Path) -> None:
    """It takes connections and never answers: without a bound of its own an insert would wait for minutes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = Settings(
            _env_file=None,
            clickhouse_port=silent.getsockname()[1],
            insert_timeout_seconds=1,
            insert_retry_seconds=0.5,
        )
        async with asyncio.timeout(DEADLINE):
            with pytest.raises(StoreGone):
                await Store(hanging).command("SELECT 1")
