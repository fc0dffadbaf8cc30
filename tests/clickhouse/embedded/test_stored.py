"""An INSERT is answered 200 only when it is stored; else with the engine's own error, as a real server does it."""

import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import clickhouse_connect
import pytest
import urllib3
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.clickhouse.embedded.asking import MIGRATOR, Asker
from tests.servers.clickhouse import embedded_clickhouse

_TABLE = "CREATE TABLE {t} (k UInt64, raw String) ENGINE = MergeTree ORDER BY k"
_VIEW = "CREATE MATERIALIZED VIEW {t}_view ENGINE = MergeTree ORDER BY k AS SELECT k + throwIf(k = 7) AS k FROM {t}"
_FEW = b"1,a\n7,b\n"
_RANDOM = "SELECT number, randomString(1000) FROM numbers(2000) FORMAT CSV"


@dataclass(frozen=True)
class Cause:
    """Why an insert cannot be stored."""

    code: int
    make: tuple[str, ...] = (_TABLE,)
    rows: bytes = _FEW
    columns: str = ""
    settings: dict[str, object] = field(default_factory=dict)
    status: int = 500


def _computed(expression: str, kind: str = "MATERIALIZED") -> str:
    return f"CREATE TABLE {{t}} (k UInt64, raw String, more String {kind} {expression}) ENGINE = MergeTree ORDER BY k"


CAUSES = {
    "a violated CHECK": Cause(469, (_TABLE, "ALTER TABLE {t} ADD CONSTRAINT few CHECK k < 7")),
    "too many partitions": Cause(
        252, (_TABLE.replace("ORDER BY", "PARTITION BY k ORDER BY"),), settings={"max_partitions_per_insert_block": 1}
    ),
    "too many parts": Cause(
        252,
        (
            _TABLE + " SETTINGS parts_to_throw_insert = 1, parts_to_delay_insert = 1",
            "INSERT INTO {t} SELECT 0, '' FROM numbers(0)",
            "SYSTEM STOP MERGES {t}",
            "INSERT INTO {t} VALUES (0, '')",
        ),
    ),
    "a materialized view that throws": Cause(395, (_TABLE, _VIEW)),
    "a materialized view of a Null table that throws": Cause(
        395, ("CREATE TABLE {t} (k UInt64, raw String) ENGINE = Null", _VIEW)
    ),
    "a materialized view whose target is gone": Cause(
        60,
        (
            _TABLE,
            "CREATE TABLE {t}_target (k UInt64) ENGINE = Memory",
            "CREATE MATERIALIZED VIEW {t}_view TO {t}_target AS SELECT k FROM {t}",
            "DROP TABLE {t}_target SYNC",
        ),
        status=404,
    ),
    "a DEFAULT that throws": Cause(395, (_computed("throwIf(k = 7)::String", "DEFAULT"),), columns="(k, raw)"),
    "a MATERIALIZED that throws": Cause(395, (_computed("throwIf(k = 7)::String"),)),
    "the second block throws": Cause(
        395,
        (_computed("throwIf(k = 7)::String"),),
        rows=b"1,a\n" * 5000 + b"7,b\n",
        settings={"max_insert_block_size": 1000, "min_insert_block_size_rows": 1000},
    ),
    "too little memory": Cause(
        241, (_computed("repeat(raw, 1000000)"),), rows=b"1,abcdefgh\n" * 100, settings={"max_memory_usage": 50_000_000}
    ),
    "too little time": Cause(
        159, (_computed("sleepEachRow(0.2)::String"),), settings={"max_execution_time": 0.1}, status=408
    ),
    "a table that is read only": Cause(774, (_TABLE, "ALTER TABLE {t} MODIFY SETTING table_readonly = 1")),
    "an asynchronous insert that nobody waits for": Cause(
        469,
        (_TABLE, "ALTER TABLE {t} ADD CONSTRAINT few CHECK k < 7"),
        settings={"async_insert": 1, "wait_for_async_insert": 0},
    ),
    "a row that cannot be read": Cause(27, rows=b"1,a\nx,b\n", status=400),
    "a table that is not there": Cause(60, (), status=404),
    "a column that is not there": Cause(16, columns="(nope)"),
}


@pytest.fixture
def place(ask: Asker) -> Iterator[str]:
    """The name of a table that is still to be made, in a database of this test alone."""
    ask.text("CREATE DATABASE stored ENGINE = Atomic")
    yield "stored.t"
    ask.text("DROP DATABASE stored SYNC")


@pytest.mark.parametrize("name", CAUSES)
def test_what_is_not_stored_is_not_answered_200(ask: Asker, place: str, name: str) -> None:
    cause = CAUSES[name]
    for statement in cause.make:
        ask.text(statement.format(t=place))
    insert = f"INSERT INTO {place} {cause.columns} FORMAT CSV"
    answer = ask(cause.rows, query=insert, more=cause.settings)
    assert (answer.status, answer.headers.get("X-ClickHouse-Exception-Code")) == (cause.status, str(cause.code))
    assert answer.data.startswith(f"Code: {cause.code}. DB::Exception: ".encode())
    assert not any(inner in answer.data for inner in (b"/fd/", b"Stack trace", b"from file"))


def test_a_write_that_fails_ends_the_server_and_damages_nothing(folder: Path) -> None:
    """The engine does not notice it: it answers, and has cut off what it wrote, an insert's part or a merged one."""
    with embedded_clickhouse(folder) as server:
        ask = Asker(server, urllib3.PoolManager())
        ask.text("CREATE DATABASE t ENGINE = Atomic")
        ask.text(_computed("randomString(1000, k)").format(t="t.t"))
        for _ in range(4):
            ask.text(b"1,abc\n" * 150, query="INSERT INTO t.t FORMAT CSV")
        for statement, rows in (("INSERT INTO t.t FORMAT CSV", b"1,abc\n" * 2000), ("OPTIMIZE TABLE t.t FINAL", b"")):
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
            answer = ask(rows, query=statement)
            assert (answer.status, answer.headers.get("X-ClickHouse-Exception-Code")) == (500, "75")
            assert server.wait() == 1
            assert "its disk is full or broken" in (folder.parent / f"{folder.name}.log").read_text().splitlines()[-1]
            server.start()
            assert ask.text("SELECT count(), sum(length(more)) FROM t.t") == "600\t600000"


def test_rows_that_cannot_be_kept_are_told(ask: Asker, place: str) -> None:
    ask.text(_TABLE.format(t=place))
    before = resource.prlimit(ask.server.pid, resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    answer = ask(b"1,abc\n" * 1_000_000, query=f"INSERT INTO {place} FORMAT CSV")
    resource.prlimit(ask.server.pid, resource.RLIMIT_FSIZE, before)
    assert (answer.status, answer.headers.get("X-ClickHouse-Exception-Code")) == (500, "243")
    ask.text(b"1,abc\n" * 1_000_000, query=f"INSERT INTO {place} FORMAT CSV")
    assert ask.text(f"SELECT count() FROM {place}") == "1000000"


def test_a_full_disk_is_told_and_all_that_was_answered_200_is_there(tmp_path: Path) -> None:
    """First what the engine itself writes fills it, then another program, down to the last byte."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here: not root, or not allowed")
    try:
        with embedded_clickhouse(tmp_path / "data") as server:
            ask = Asker(server, urllib3.PoolManager())
            ask.text("CREATE DATABASE t ENGINE = Atomic")
            ask.text(_TABLE.format(t="t.t"))
            ask.text("SYSTEM STOP MERGES t.t")
            rows = ask(_RANDOM).data
            answers = [ask(rows, query="INSERT INTO t.t FORMAT CSV") for _ in range(15)]
            codes = [answer.headers.get("X-ClickHouse-Exception-Code") for answer in answers]
            assert (codes[0], codes[-1], set(codes)) == (None, "243", {None, "243"})
            kept = 2000 * codes.count(None)
            with (tmp_path / "other").open("wb") as other, suppress(OSError):
                while True:
                    other.write(bytes(65536))
            for sql in ("INSERT INTO t.t VALUES (1, 'x')", "CREATE TABLE t.u AS t.t", "OPTIMIZE TABLE t.t FINAL"):
                assert ask(sql).headers.get("X-ClickHouse-Exception-Code") == "243"
            server.kill()
            server.start()
            assert ask.text("SELECT count(), sum(length(raw)) FROM t.t") == f"{kept}\t{1000 * kept}"
            ask.text("DROP TABLE t.t SYNC")
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_clickhouse_connect_raises_the_engines_error(ask: Asker, place: str) -> None:
    ask.text(_TABLE.format(t=place))
    ask.text(f"ALTER TABLE {place} ADD CONSTRAINT few CHECK k < 7")
    client = clickhouse_connect.get_client(
        host="127.0.0.1",
        port=ask.server.port,
        username=MIGRATOR["X-ClickHouse-User"],
        password=MIGRATOR["X-ClickHouse-Key"],
        autogenerate_session_id=False,
    )
    with pytest.raises(DatabaseError, match="Constraint `few`") as rows:
        client.insert(place, [[7, "x"]], column_names=["k", "raw"])
    with pytest.raises(DatabaseError, match="VIOLATED_CONSTRAINT") as raw:
        client.raw_insert(place, ["k", "raw"], b'[7,"x"]\n', fmt="JSONCompactEachRow")
    assert rows.value.code == raw.value.code == 469
    assert client.raw_insert(place, ["k", "raw"], b'[6,"x"]\n', fmt="JSONCompactEachRow").written_rows == 1
    client.close()


def test_what_is_stored_is_answered_200(ask: Asker, place: str) -> None:
    """Repeated under the same token, into views, into nothing, no rows, only some columns."""
    ask.text(_TABLE.format(t=place) + " SETTINGS non_replicated_deduplication_window = 100")
    engine = "MergeTree ORDER BY k SETTINGS non_replicated_deduplication_window = 100"
    ask.text(f"CREATE MATERIALIZED VIEW {place}_view ENGINE = {engine} AS SELECT k FROM {place}")
    for token in ("a", "a", "b"):
        answer = ask(_FEW, query=f"INSERT INTO {place} FORMAT CSV", insert_deduplication_token=token)
        assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "4"
    assert ask.text(f"SELECT (SELECT count() FROM {place}), (SELECT count() FROM {place}_view)") == "4\t4"
    for statement, rows, written in (
        (f"INSERT INTO {place} FORMAT CSV", b"", "0"),
        (f"INSERT INTO {place} VALUES", b"", "0"),
        (f"INSERT INTO {place} (raw) SETTINGS max_threads = 1 FORMAT CSV", b"c\n", "2"),
        (f"INSERT INTO {place} SETTINGS max_threads = 1 VALUES", b"(1 + 1, 'd'), (3, 'e')", "4"),
        (f"INSERT INTO {place} (* EXCEPT (k)) FORMAT JSONCompactEachRow", b'["f"]', "2"),
        (f"INSERT INTO {place} SETTINGS async_insert = 1 FORMAT CSV", b"8,g\n", "2"),
        ("INSERT INTO FUNCTION null('k UInt64') FORMAT CSV", b"1\n2\n", "2"),
    ):
        answer = ask(rows, query=statement)
        assert answer.status == 200, answer.data
        assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == written
    kept = ask.text(f"SELECT arraySort(groupArray((k, raw))) FROM {place} WHERE raw NOT IN ('a', 'b')")
    assert kept == "[(0,'c'),(0,'f'),(2,'d'),(3,'e'),(8,'g')]"
