"""The real engine that knows of another replica: who would write plain tables there is refused, whoever it is."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import OperationalError

from clickhouse import migrate
from clickhouse.client import Refused, connect
from clickhouse.quorum import QUORUM
from funnel.doctor.gather import gather
from process.clock import now
from streams.settings import Settings
from streams.store import Insert, Store, StoreRefuses
from tests.servers.clickhouse import Server, embedded_clickhouse, free_port
from tests.servers.front import fronts

CLUSTERS = """
<tcp_port>{port}</tcp_port>
<remote_servers>
    <main><shard><internal_replication>true</internal_replication>
        <replica><host>127.0.0.1</host><port>{port}</port></replica>
        <replica><host>127.0.0.2</host><port>{other}</port></replica>
    </shard></main>
    <default><shard><replica><host>localhost</host><port>{port}</port></replica></shard></default>
</remote_servers>
<macros><replica>ch-1</replica></macros>
"""
LINE = "is a replica of the cluster main beside 127.0.0.2, with"
_PROGRAM = """
import sys
from pathlib import Path
from clickhouse.embedded import engine
more = Path(sys.argv.pop(1)).read_text()
engine._CONFIG = engine._CONFIG.replace("</clickhouse>", more + "</clickhouse>")
from clickhouse.embedded.__main__ import main
sys.exit(main())
"""


class InCluster(Server):
    """The embedded server with a configuration that names clusters, as a real server's does."""

    def command(self) -> list[str]:
        more = self.data_dir.parent / "clusters.xml"
        if not more.exists():
            more.write_text(CLUSTERS.format(port=free_port(), other=free_port()))
        return [sys.executable, "-c", _PROGRAM, str(more)]


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with embedded_clickhouse(tmp_path_factory.mktemp("beside") / "data", kind=InCluster) as server:
        yield server


def test_nothing_writes_plain_tables_beside_another_replica(
    beside: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = beside.settings().model_copy(update={"data_dir": tmp_path})
    monkeypatch.setattr(migrate, "clickhouse_settings", lambda: config)
    assert migrate.main([]) == 1, "before there is any table"
    said = capsys.readouterr().err
    assert LINE in said
    assert said.count("\n") == 1

    # A database from before there was a cluster.
    alone = config.model_copy(update={"clickhouse_cluster": "default"})
    with connect(alone, user="migrator") as client:
        client.command("CREATE DATABASE funnel ENGINE = Atomic", use_database=False)
        client.command("CREATE TABLE events (k Int8) ENGINE = ReplacingMergeTree ORDER BY k")
    assert migrate.main([]) == 1
    tables = "tables that are not replicated (events)"
    assert f"{LINE} {tables}" in capsys.readouterr().err
    with pytest.raises(StoreRefuses) as raised:
        asyncio.run(Store(config).greatest_fence())
    assert f"{LINE} {tables}" in str(raised.value), "a worker does not start, and says all of it"
    assert "FUNNEL_CLICKHOUSE_CLUSTER=main" in str(raised.value)
    found = gather(config.model_copy(update={"kafka_bootstrap": f"127.0.0.1:{free_port()}"}), now)
    assert any(f"{LINE} {tables}" in one for one in found.unreachable), "the doctor's finding"
    with connect(config, user="reader") as reader:
        assert reader.query("SELECT 1").result_rows[0][0] == 1, "who only reads may"
    with pytest.raises(Refused, match="has tables that are not replicated"):
        connect(config.model_copy(update={"clickhouse_cluster": "main"}), user="writer")
    with pytest.raises(Refused, match=r"knows no cluster mian .*it knows: default, main"):
        connect(config.model_copy(update={"clickhouse_cluster": "mian"}), user="writer")


def test_fail_over_does_not_lead_there_either(
    beside: Server, clickhouse_server: Server, own_config: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with fronts(clickhouse_server.port, [None]) as (first,), fronts(beside.port, [None]) as (second,):
        listed = f"{first.address},{second.address}"
        with connect(own_config.model_copy(update={"clickhouse_addresses": listed}), user="writer") as client:
            first.shut()
            with pytest.raises(OperationalError):
                client.command("SELECT 1")
            (said,) = (one.getMessage() for one in caplog.records if one.name == "clickhouse.failover")
            assert f"ClickHouse at {second.address} {LINE}" in said
            first.open()
            assert client.command("SELECT 2") == 2


def test_all_statements_of_a_worker_have_the_settings_of_a_cluster_and_no_dashboard_has(beside: Server) -> None:
    config = beside.settings().model_copy(
        update={"clickhouse_cluster": "main", "clickhouse_database": "fresh", "insert_timeout_seconds": 10}
    )
    asked = "SELECT name, value FROM system.settings WHERE name IN {names:Array(String)}"
    names = {"names": [*QUORUM, "insert_quorum_timeout", "alter_sync", "mutations_sync", "insert_deduplication_token"]}
    wanted = {name: str(value) for name, value in QUORUM.items()}
    with connect(config, user="migrator", answer_seconds=10) as migrator:
        migrator.command("CREATE DATABASE IF NOT EXISTS fresh ENGINE = Atomic", use_database=False)
        wanted |= {"insert_quorum_timeout": "8000", "alter_sync": "2", "mutations_sync": "2"}
        assert {str(name): value for name, value in migrator.query(asked, names).result_rows}.items() >= wanted.items()
    with connect(config, user="reader") as reader:
        reader.database = None
        found = {str(name): value for name, value in reader.query(asked, names).result_rows}
        assert found["select_sequential_consistency"] == "0"

    store = Store(config)
    with connect(config, user="migrator") as migrator:
        # Connected before there is a table that is not replicated, which here is the only kind.
        assert asyncio.run(store.query("SELECT 1 AS one", {})) == [{"one": 1}]
        store._client("insert")
        rebuilding = Store(config, user="migrator")
        asyncio.run(rebuilding.command("SELECT 1"))
        migrator.command(
            "CREATE TABLE job_turns (job String, ended_at Int64) ENGINE = ReplacingMergeTree ORDER BY ended_at"
            " SETTINGS non_replicated_deduplication_window = 100"
        )
        row = Insert("job_turns", ["job", "ended_at"], b'["x", 1]\n')
        token = store._once()
        for _ in range(2):
            store._insert([(row, token)])
        count = "SELECT count() FROM job_turns"
        assert migrator.command(count) == 1, "a second attempt of the same insert"
        asyncio.run(store.insert(row))
        assert migrator.command(count) == 2, "another insert of the same rows"
        again = "INSERT INTO job_turns (job, ended_at) SELECT 'y', toInt64(2)"
        for _ in range(2):
            asyncio.run(rebuilding.command("DELETE FROM job_turns WHERE true"))
            asyncio.run(rebuilding.command(again))
            assert migrator.command(count) == 1, "what was deleted, as by a rebuild, comes again"
    assert Store(config.model_copy(update={"clickhouse_cluster": ""}))._once() is None


def test_which_replica_is_local_is_the_engines_to_say(beside: Server) -> None:
    config = beside.settings().model_copy(update={"clickhouse_cluster": "main", "clickhouse_database": "none"})
    with connect(config, user="migrator") as client:
        client.database = None
        asked = "SELECT host_name, is_local FROM system.clusters WHERE cluster = 'main' ORDER BY 1"
        assert [tuple(row) for row in client.query(asked).result_rows] == [("127.0.0.1", 1), ("127.0.0.2", 0)]
