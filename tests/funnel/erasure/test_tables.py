"""Rows of a person go in an order in which an interrupted erasure can go on, and nothing of it stays behind."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.nodes import Node, Nodes
from contract.forgotten import forgotten_id
from funnel.erasure import tables
from funnel.erasure.tables import COUNTING, HOLDING, PartsError, counted, delete, delete_former_parts, known
from streams.settings import Settings
from tests.contract_events import hour_long, identity, registration, stay
from tests.rows import put

ANN, LINKED, WEBINAR = f"p_{'a' * 32}", f"r_{'b' * 32}", "zoom:1"
HASHES = {forgotten_id(ANN)}


class Killed(BaseException):
    """Stands for the end of the process."""


def test_what_an_interrupted_erasure_has_left_is_found(own_config: Settings, store: Client) -> None:
    link = identity(0, 0, -60, WEBINAR) | {"person_id": LINKED, "same_as": ANN}
    put(
        store,
        own_config,
        [*hour_long(WEBINAR), registration(ANN, webinar_id=WEBINAR), link, *stay(LINKED, 0, 9, WEBINAR)],
    )
    for table in COUNTING:
        store.command(f"INSERT INTO {table} (webinar_id) VALUES ('{WEBINAR}')")
    for stop in HOLDING:

        def killed(line: str, stop: str = stop) -> None:
            if line == f"deleting from {stop}":
                raise Killed

        found = known(store, HASHES)
        assert (set(found.ids), set(found.webinars)) == ({ANN, LINKED}, {WEBINAR}), stop
        with pytest.raises(Killed):
            delete(Nodes.alone(store), found.webinars[WEBINAR], list(found.webinars), killed)
    hashes = known(store, HASHES).webinars[WEBINAR]
    delete(Nodes.alone(store), hashes, [WEBINAR], lambda _: None)
    assert counted(store, hashes) == {}
    for table in COUNTING:
        assert store.query(f"SELECT count() FROM {table}").result_rows == [(0,)], table


def test_what_makes_parts_go_at_once_does_not_outlast_a_kill(store: Client) -> None:
    store.command("ALTER TABLE persons MODIFY SETTING old_parts_lifetime = 1")
    delete_former_parts(Nodes.alone(store), lambda _: None)
    assert "old_parts_lifetime" not in str(store.query("SHOW CREATE TABLE persons").result_rows)


@pytest.fixture
def replica(store: Client, own_config: Settings) -> Iterator[Client]:
    """Another node, as far as an erasure looks at it: the same tables, with one row of a person."""
    name = f"{own_config.clickhouse_database}_b"
    store.command(f"CREATE DATABASE IF NOT EXISTS {name} ENGINE = Atomic")
    with closing(connect(own_config.model_copy(update={"clickhouse_database": name}), user="migrator")) as client:
        for table in (*COUNTING, *HOLDING):
            client.command(f"CREATE TABLE {table} AS {own_config.clickhouse_database}.{table}")
        client.command(f"INSERT INTO persons (webinar_id, person_id) VALUES ('{WEBINAR}', '{ANN}')")
        yield client
        client.command(f"DROP DATABASE {name} SYNC")


def test_a_replica_that_has_not_deleted_yet_is_not_taken_for_done(
    store: Client, replica: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was away when the others did, and a run after that finds nothing on the first node."""
    monkeypatch.setattr(tables, "_PARTS_SECONDS", 0.0)
    nodes = Nodes([Node("ch-1", store), Node("ch-2", replica)], "main")
    replica.command("SYSTEM STOP MERGES persons")
    replica.command("ALTER TABLE persons DELETE WHERE true", settings={"mutations_sync": 0})
    with pytest.raises(PartsError, match=r"^ClickHouse has not deleted from persons on ch-2 yet.*: run it again$"):
        delete_former_parts(nodes, lambda _: None)
    monkeypatch.setattr(tables, "_PARTS_SECONDS", 60.0)
    replica.command("SYSTEM START MERGES persons")
    delete_former_parts(nodes, lambda _: None)
    parts = replica.query(
        "SELECT count() FROM system.parts WHERE database = currentDatabase() AND table = 'persons' AND rows > 0"
    )
    assert parts.result_rows == [(0,)]


def test_rows_that_only_one_replica_still_has_are_deleted_through_the_first(
    store: Client, replica: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(store, "command", lambda statement, **_: asked.append(statement))
    delete(Nodes([Node("ch-1", store), Node("ch-2", replica)], "main"), HASHES, [], lambda _: None)
    assert [one.split(" WHERE")[0] for one in asked] == ["ALTER TABLE persons DELETE"]
