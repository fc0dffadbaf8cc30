"""A worker does not start while replicas of its cluster have different tables."""

import asyncio
from typing import Any, cast

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from clickhouse import migrate
from clickhouse.client import Refused, Unreachable
from clickhouse.migrate import half_migrated, migrations
from streams import data
from streams.data import ClusterError, require_data
from streams.settings import Settings
from streams.store import Store
from tests.clickhouse.fake_nodes import FakeClient, Keeper

CLUSTER = Settings(_env_file=None, clickhouse_cluster="main", clickhouse_addresses="a:1,b:1")


def nodes(lacks: int = 0) -> list[tuple[str, Any]]:
    done = {one.number: (one.name, one.checksum) for one in migrations()}
    fewer = {number: said for number, said in done.items() if number != lacks}
    return [("a:1", FakeClient("a", Keeper(), done)), ("b:1", FakeClient("b", Keeper(), fewer))]


def test_replicas_that_answer_have_to_have_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "reached", lambda *_: iter(nodes()))
    assert half_migrated(CLUSTER) == ""
    monkeypatch.setattr(migrate, "reached", lambda *_: iter(nodes(lacks=12)))
    said = "ClickHouse is half migrated, b:1 lacks 0012_webinar_instants: run funnel migrate"
    assert half_migrated(CLUSTER) == said
    monkeypatch.setattr(migrate, "reached", lambda *_: iter(nodes(lacks=12)[:1]))
    assert half_migrated(CLUSTER) == "", "the other one is away: that holds nobody up"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (81, "ClickHouse is half migrated, b:1 lacks 0001_events: run funnel migrate"),
        (497, "ClickHouse at b:1 does not say which migrations it has: Not enough privileges"),
        (241, ""),
    ],
)
def test_a_replica_without_a_database_is_not_taken_for_one_that_is_away(
    monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    def refuse(_: str) -> int:
        raise DatabaseError(f"Code: {code}. DB::Exception: Not enough privileges (version 1)", code=code)

    full, empty = nodes()
    monkeypatch.setattr(empty[1], "command", refuse)
    monkeypatch.setattr(migrate, "reached", lambda *_: iter([full, empty]))
    assert half_migrated(CLUSTER) == said


def test_a_replica_that_must_not_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(config: Settings, **_: str) -> Any:
        if config.clickhouse_addresses == "b:1":
            raise Refused("ClickHouse at b:1 knows no cluster main")
        raise Unreachable("nobody answers at a:1")

    monkeypatch.setattr("clickhouse.nodes.connect", connect)
    with pytest.raises(Refused, match=r"^ClickHouse at b:1 knows no cluster main$"):
        half_migrated(CLUSTER)


def test_a_worker_ends_with_that_line_before_it_asks_anybody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "half_migrated", lambda _: "ClickHouse is half migrated")
    with pytest.raises(ClusterError, match=r"^ClickHouse is half migrated$"):
        asyncio.run(require_data(CLUSTER, cast("Store", None)))
