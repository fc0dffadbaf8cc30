"""docs/design.md 3, "ClickHouse is the state store": what is inserted is what a successor loads. A real server."""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from clickhouse_connect.driver.client import Client
from pydantic import SecretStr

from clickhouse.migrate import create_database, migrate
from streams.fold.lines import line
from streams.fold.memory import WebinarMemory
from streams.fold.person import no_offsets
from streams.fold.row import PersonRow, fence, row
from streams.fold.webinar_row import WebinarRow, webinar_row
from streams.settings import Settings
from streams.store import Insert, Store, StoreGone, StoreRefuses
from tests.contract_events import identity, moment, p, r, registration, stay, webinar
from tests.servers.clickhouse import Server, embedded_clickhouse
from tests.streams.fold.test_memory import put

DEADLINE = 60.0


def some_webinar() -> str:
    return f"zoom:{uuid4()}"


def lines_of(webinar_id: str, one: WebinarMemory, *, above: int, begin: int | None = None) -> tuple[bytes, list[bytes]]:
    """The rows of the webinar and its persons, as a batch makes them."""
    of_webinar = webinar_row(
        webinar_id, one.statements, one.facts, fence=above, offset=one.offset, default_timezone="UTC"
    )
    persons = [
        row(
            webinar_id,
            person_id,
            state,
            one.whole(person_id),
            begin=one.facts.begin if begin is None else begin,
            fence=above,
            sign_of_life=60_000,
        )
        for person_id, state in one.persons.items()
    ]
    return line(of_webinar), [line(person) for person in persons]


async def insert(store: Store, webinar_id: str, one: WebinarMemory, **how: int) -> None:
    of_webinar, persons = lines_of(webinar_id, one, **how)
    await store.insert(
        Insert("webinars", WebinarRow._fields, of_webinar), Insert("persons", PersonRow._fields, b"".join(persons))
    )


def known(webinar_id: str) -> WebinarMemory:
    memory = WebinarMemory()
    put(
        memory,
        webinar(webinar_id=webinar_id, starts_at=moment(0), title='Python "с нуля" \\ \x00 🎓', duration_seconds=2**62),
        registration(1, webinar_id=webinar_id, source={"utm_source": "vk"}, note=[1e16, 2**64 - 1, None]),
        *stay(r(1), 0, 5, webinar_id),
        identity(1, 1, webinar_id=webinar_id),
        offset=10,
    )
    return memory


async def test_what_is_inserted_is_loaded(config: Settings) -> None:
    store, webinar_id = Store(config), some_webinar()
    memory = known(webinar_id)
    await insert(store, webinar_id, memory, above=fence(0, 3))
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert loaded.persons == memory.persons
    assert loaded.statements == memory.statements
    assert loaded.facts == memory.facts
    assert loaded.registrants == {p(1): {r(1)}}
    assert (loaded.offset, loaded.fence) == (memory.offset, fence(0, 3))
    assert not loaded.changed
    assert loaded.changed_persons == set()


async def test_an_unknown_webinar_comes_back_empty_and_is_to_be_written(config: Settings) -> None:
    webinar_id = some_webinar()
    loaded = (await Store(config).load([webinar_id]))[webinar_id]
    assert loaded.changed
    assert loaded.persons == {}


async def test_only_the_webinars_that_were_asked_for_are_loaded(config: Settings) -> None:
    store, ids = Store(config), [some_webinar(), some_webinar(), f"{some_webinar()}'\\\n\"é"]
    for webinar_id in ids:
        await insert(store, webinar_id, known(webinar_id), above=1)
    loaded = await store.load(ids[1:])
    assert loaded.keys() == set(ids[1:])
    assert all(one.persons.keys() == {p(1), r(1)} for one in loaded.values())


async def test_the_row_with_the_greatest_version_is_loaded(config: Settings) -> None:
    store, webinar_id = Store(config), some_webinar()
    memory = known(webinar_id)
    await insert(store, webinar_id, memory, above=fence(0, 3))
    put(memory, *stay(1, 9, 12, webinar_id), offset=90)
    await insert(store, webinar_id, memory, above=fence(0, 2))
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert loaded.persons[p(1)].sessions == {}
    await insert(store, webinar_id, memory, above=fence(0, 4))
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert loaded.persons == memory.persons


async def test_a_repeated_insert_changes_nothing(config: Settings, client: Client) -> None:
    store, webinar_id = Store(config), some_webinar()
    for _ in range(2):
        await insert(store, webinar_id, known(webinar_id), above=1)
    counted = client.query(
        "SELECT count() FROM persons FINAL WHERE webinar_id = {webinar_id:String}", {"webinar_id": webinar_id}
    )
    assert counted.result_rows == [(2,)]


async def test_rows_of_another_begin_are_to_be_written_again(config: Settings) -> None:
    store, webinar_id = Store(config), some_webinar()
    memory = known(webinar_id)
    await insert(store, webinar_id, memory, above=1, begin=1)
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert loaded.changed_persons == {p(1), r(1)}
    assert all(state.offsets[0] == memory.offset for state in loaded.persons.values())


async def test_the_greatest_fence_is_that_of_all_webinars_and_all_persons(own_config: Settings) -> None:
    store = Store(own_config)
    assert await store.greatest_fence() == 0
    for of_webinar, of_persons in ((3, 7), (9, 8)):
        webinar_id = some_webinar()
        of_webinars, _ = lines_of(webinar_id, known(webinar_id), above=fence(0, of_webinar))
        _, persons = lines_of(webinar_id, known(webinar_id), above=fence(0, of_persons))
        await store.insert(
            Insert("webinars", WebinarRow._fields, of_webinars), Insert("persons", PersonRow._fields, b"".join(persons))
        )
        assert await store.greatest_fence() == fence(0, max(of_webinar, of_persons))


async def test_in_a_later_epoch_the_offsets_start_anew_and_the_rest_is_kept(config: Settings) -> None:
    webinar_id = some_webinar()
    memory = known(webinar_id)
    await insert(Store(config), webinar_id, memory, above=fence(0, 3))
    later = Store(config.model_copy(update={"epoch": 1}))
    loaded = (await later.load([webinar_id]))[webinar_id]
    assert loaded.offset == 0
    assert all(state.offsets == no_offsets() for state in loaded.persons.values())
    assert loaded.statements == memory.statements
    assert loaded.persons[r(1)].sessions == memory.persons[r(1)].sessions


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
