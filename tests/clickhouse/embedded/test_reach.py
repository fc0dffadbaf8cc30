"""Nobody reaches a file, an address or a process: every user of an installation, everything that the engine has."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import urllib3

from clickhouse.embedded.access import USERS, Access, read_access, users_config
from clickhouse.embedded.users import TABLE_FUNCTIONS
from tests.clickhouse.embedded.asking import MIGRATOR, READER, WORKER, Asker
from tests.servers.clickhouse import Server, embedded_clickhouse

ALL = {"worker": WORKER, "migrator": MIGRATOR, "reader": READER}
ROOT = Path(__file__).parents[3]
SECRET = "top-secret-content"
ENGINES = {"replacingmergetree", "aggregatingmergetree"}
REFUSED = {"164", "358", "497"}
TABLE = "(k UInt64) ENGINE = ReplacingMergeTree ORDER BY k"


class _Installation(Server):
    def _of_users(self) -> Path:
        return USERS


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The server as an installation has it, with its own users."""
    with embedded_clickhouse(tmp_path_factory.mktemp("reach") / "data", kind=_Installation) as server:
        ask = Asker(server, urllib3.PoolManager(maxsize=32))
        for sql in ("CREATE DATABASE funnel", f"CREATE TABLE funnel.t {TABLE}", "INSERT INTO funnel.t VALUES (1)"):
            answer = ask(sql, login=MIGRATOR)
            assert answer.status == 200, answer.data
        yield ask


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text(f"{SECRET}\n")
    return path


def code(answer: Any) -> str:
    return str(answer.headers.get("X-ClickHouse-Exception-Code", ""))


def names(ask: Asker, what: str) -> list[str]:
    return ask.text(f"SELECT DISTINCT name FROM system.{what} ORDER BY name").split()


@pytest.mark.parametrize("user", ALL)
def test_every_table_function_is_allowed_by_name_or_refused(ask: Asker, secret: Path, user: str) -> None:
    ways = [
        "SELECT * FROM {call}",
        "SELECT * FROM funnel.t WHERE k IN (SELECT 1 FROM {call})",
        "DESCRIBE TABLE {call}",
        "EXPLAIN SELECT * FROM {call}",
        "INSERT INTO FUNCTION {call} SELECT 1",
        "INSERT INTO TABLE FUNCTION {call} VALUES (1)",
        "CREATE TABLE funnel.made AS {call}",
        "CREATE VIEW funnel.made AS SELECT * FROM {call}",
        "CREATE MATERIALIZED VIEW funnel.made TO funnel.t AS SELECT k FROM funnel.t, {call}",
    ]
    functions = names(ask, "table_functions")
    assert len(functions) > 80
    with ThreadPoolExecutor(8) as pool:
        asked = [(name, way) for name in functions if name.lower() not in TABLE_FUNCTIONS for way in ways]
        tried = [way.format(call=f"{name}('{secret}', 'LineAsString')") for name, way in asked]
        # Quoted, escaped and in other letters it is the same function.
        escaped = {name: f"{name[:-1]}\\x{ord(name[-1]):02x}" for name in functions if "iew" not in name}
        tried += [f"SELECT * FROM \"{name}\"('{secret}')" for name in escaped.values()]
        for sql, answer in zip(tried, pool.map(lambda sql: ask(sql, login=ALL[user]), tried), strict=True):
            allowed = any(name.lower() in TABLE_FUNCTIONS and f'"{said}"' in sql for name, said in escaped.items())
            assert allowed or code(answer) in REFUSED, (sql, answer.data)
            assert SECRET.encode() not in answer.data
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]


def test_the_allowed_table_functions_read_their_arguments_only(ask: Asker, secret: Path) -> None:
    known = {name.lower() for name in names(ask, "table_functions")}
    assert known >= TABLE_FUNCTIONS
    for name in TABLE_FUNCTIONS - {"view"}:
        for arguments in (f"'{secret}'", f"'{secret}', 'LineAsString'", f"'LineAsString', '{secret}'"):
            for user in ALL.values():
                assert SECRET.encode() not in ask(f"SELECT * FROM {name}({arguments})", login=user).data
    assert ask(f"SELECT * FROM view(SELECT * FROM file('{secret}'))", login=MIGRATOR).status == 403


@pytest.mark.parametrize("user", ALL)
def test_every_engine_is_one_of_the_migrations_or_refused(ask: Asker, secret: Path, user: str) -> None:
    engines = names(ask, "table_engines")
    assert len(engines) > 70
    for engine in engines:
        for arguments in ("", f"(CSV, '{secret}')", f"('{secret}', 'CSV')"):
            for form in ("ENGINE = {}", "engine={}", "ENGINE {}"):
                sql = f"CREATE TABLE funnel.made (k UInt64) {form.format(engine + arguments)} ORDER BY k"
                answer = ask(sql, login=ALL[user])
                if user == "migrator" and engine.lower() in ENGINES:
                    assert arguments or answer.status == 200, answer.data
                    ask("DROP TABLE IF EXISTS funnel.made SYNC", login=MIGRATOR)
                else:
                    assert code(answer) in REFUSED, (sql, answer.data)
    for engine in names(ask, "database_engines"):
        for name in ("made", "funnel"):
            answer = ask(f"CREATE DATABASE {name} ENGINE = {engine}('{secret}')", login=ALL[user])
            assert answer.status >= 400, (engine, answer.data)


def test_the_engines_of_the_migrator_are_those_of_the_migrations(ask: Asker) -> None:
    text = "".join(path.read_text() for path in (ROOT / "clickhouse/migrations").glob("*.sql"))
    assert {name.lower() for name in re.findall(r"ENGINE = (\w+)", text)} == ENGINES
    assert read_access()["migrator"].engines == ENGINES
    assert not read_access()["funnel"].engines | read_access()["grafana"].engines


def test_no_function_shows_a_file(ask: Asker, secret: Path) -> None:
    """To the user with the most rights; functions are refused to all alike."""
    functions = names(ask, "functions")
    assert len(functions) > 1000
    slow = {"sleep", "sleepEachRow"}
    calls = [f"SELECT `{name}`('{secret}')" for name in functions if name not in slow]
    with ThreadPoolExecutor(8) as pool:
        for sql, answer in zip(calls, pool.map(lambda sql: ask(sql, login=MIGRATOR), calls), strict=True):
            assert SECRET.encode() not in answer.data, sql
    models = [name for name in functions if re.match("(ai|AI)[A-Z]", name)]
    assert len(models) > 10
    for name in models:
        assert all(code(ask(f"SELECT {name}('a', 'b')", login=login)) == "497" for login in ALL.values())


@pytest.mark.parametrize("user", ALL)
def test_no_statement_leaves_the_tables(ask: Asker, secret: Path, user: str) -> None:
    out = secret.parent / "out"
    statements = [
        f"SELECT file('{secret}')",
        f"SELECT \"fi\\x6ce\"('{secret}')",
        f"SELECT arrayMap(file, ['{secret}'])",
        f"SELECT * APPLY(file) FROM (SELECT '{secret}')",
        f"SELECT * FROM '{secret}'",
        f"SELECT * FROM default.`{secret}`",
        f"SELECT * FROM `default`.`{secret}`",
        f"SELECT * FROM /* c */ DEFAULT . `{secret}`",
        f"CREATE VIEW funnel.made (c1 String) AS SELECT c1 FROM default.`{secret}`",
        "CREATE VIEW funnel.made DEFINER = CURRENT_USER SQL SECURITY DEFINER AS SELECT 1",
        "CREATE VIEW funnel.made SQL SECURITY NONE AS SELECT 1",
        "CREATE MATERIALIZED VIEW funnel.made TO funnel.t AS SELECT k FROM funnel.t, {place:Identifier}",
        f"SELECT 1 INTO OUTFILE '{out}'",
        f"INSERT INTO funnel.t FROM INFILE '{secret}' FORMAT CSV",
        f"SELECT 1 FORMAT Template SETTINGS format_template_row = '{secret}'",
        f"SET format_template_row = '{secret}'",
        f"INSERT INTO funnel.t SETTINGS input_format_record_errors_file_path = '{out}' FORMAT CSV x",
        f"BACKUP TABLE funnel.t TO File('{out}')",
        f"RESTORE TABLE funnel.t FROM File('{out}')",
        f"BACKUP TABLE funnel.t TO Disk('default', '{out}')",
        "CREATE NAMED COLLECTION made AS url = 'http://127.0.0.1:1'",
        "CREATE FUNCTION made AS x -> x",
        "CREATE USER made",
        "CREATE ROLE made",
        "GRANT ALL ON *.* TO default",
        "GRANT everything TO default",
        "SET ROLE everything",
        "EXECUTE AS default SELECT 1",
        "KILL QUERY WHERE 1",
        "KILL MUTATION WHERE 1",
        "SYSTEM FLUSH LOGS",
        "SYSTEM SHUTDOWN",
        "SYSTEM STOP MERGES",
        "SYSTEM RELOAD CONFIG",
        f"ATTACH TABLE funnel.made FROM '{secret.parent}/' {TABLE}",
        "DETACH TABLE funnel.t",
        f"CREATE TABLE funnel.made {TABLE} SETTINGS disk = disk(type = web, endpoint = 'http://127.0.0.1:1/')",
        f"CREATE TABLE funnel.made {TABLE} SETTINGS disk = disk(type = local, path = '{secret.parent}/')",
        "ALTER TABLE funnel.t FREEZE",
        "CREATE DATABASE made",
        f"CREATE TABLE nothing.made {TABLE}",
        "SELECT * FROM system.users",
        "COPY funnel.t TO 'x'",
    ]
    of_dictionaries = ["FILE(path '{0}' format 'CSV')", "HTTP(url 'http://127.0.0.1:1' format 'CSV')"]
    of_dictionaries += ["EXECUTABLE(command 'cat {0}' format 'CSV')", "CLICKHOUSE(host '127.0.0.1' port 1 table 't')"]
    for source in of_dictionaries:
        said = source.format(secret)
        statements.append(
            f"CREATE DICTIONARY funnel.made (k UInt64) PRIMARY KEY k SOURCE({said}) LAYOUT(FLAT()) LIFETIME(0)"
        )
    for sql in statements:
        answer = ask(sql, login=ALL[user])
        if sql == "SET ROLE everything" and answer.status == 200:
            # It holds for the rest of a connection, which ends with the request.
            assert code(ask(f"SELECT * FROM file('{secret}')", login=ALL[user])) == "497"
            continue
        assert answer.status >= 400, (sql, answer.data)
        assert code(answer) in REFUSED | {"62", "48", "60"}, (sql, answer.data)
        assert SECRET.encode() not in answer.data
    for name in (
        "format_template_row",
        "format_schema",
        "output_format_schema",
        "input_format_record_errors_file_path",
    ):
        assert code(ask("SELECT 1", login=ALL[user], more={name: str(secret)})) == "164"
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]
    assert ask.text("SELECT count() FROM funnel.t") == "1"


def test_each_user_does_its_own_work_and_no_more(ask: Asker) -> None:
    for sql, who in {
        "CREATE TABLE funnel.own (k UInt64, event String) ENGINE = ReplacingMergeTree ORDER BY k": {"migrator"},
        "INSERT INTO funnel.own VALUES (1, 'x')": {"migrator", "worker"},
        "INSERT INTO funnel.own SELECT 2, 'y'": {"migrator", "worker"},
        "SELECT k, event FROM funnel.own": {"migrator", "worker", "reader"},
        "CREATE OR REPLACE VIEW funnel.own_view AS SELECT k FROM funnel.own FINAL WHERE k < {at:UInt64}": {"migrator"},
        "SELECT * FROM funnel.own_view(at = 9)": {"migrator", "worker", "reader"},
        "ALTER TABLE funnel.own ADD COLUMN IF NOT EXISTS more UInt8": {"migrator"},
        "DELETE FROM funnel.own WHERE k = 2": {"migrator"},
        "DROP VIEW funnel.own_view": {"migrator"},
        "TRUNCATE TABLE funnel.own": {"migrator"},
        "DROP TABLE funnel.own SYNC": {"migrator"},
    }.items():
        # Those who may not, first: what they try would else have been done already.
        for user in sorted(ALL, key=lambda user: user in who):
            answer = ask(sql, login=ALL[user])
            assert (answer.status == 200) == (user in who), (user, sql, answer.data)
            assert user in who or code(answer) in REFUSED


def test_the_reader_sees_no_raw_event_and_nothing_of_the_server(ask: Asker) -> None:
    events = (
        "CREATE TABLE funnel.events (k UInt64, inserted_at UInt64, event String) ENGINE = ReplacingMergeTree ORDER BY k"
    )
    assert ask(events, login=MIGRATOR).status == 200
    assert ask("SELECT count(), max(inserted_at) FROM funnel.events", login=READER).status == 200
    refused = ["SELECT event FROM funnel.events", "SELECT * FROM funnel.events", "SHOW PROCESSLIST", "SHOW USERS"]
    refused += ["SHOW GRANTS", "SHOW TABLES FROM system", "SELECT * FROM {t:Identifier}", "SHOW SETTINGS LIKE '%'"]
    refused += [f"SELECT * FROM system.{name}" for name in names(ask, "tables") if name not in ("one", "settings")]
    refused += ['SELECT name FROM `system`.settings, "sys\\x74em".disks', "SELECT * FROM INFORMATION_SCHEMA.TABLES"]
    endless = {"numbers", "numbers_mt", "zeros", "zeros_mt", "events", "t", "tables_of_funnel"}
    for sql in refused:
        if sql.rpartition(".")[2] not in endless:
            answer = ask(sql, login=READER)
            assert code(answer) == "497", (sql, answer.data)
    for database in ("system", "SYSTEM", "information_schema"):
        assert code(ask("SELECT * FROM processes", login=READER, database=database)) == "497"
        headers = {"X-ClickHouse-Database": database}
        assert code(ask("SELECT * FROM processes", login=READER, headers=headers)) == "497"
    assert ask("SELECT name, value FROM system.settings LIMIT 1", login=READER).status == 200
    assert ask("DROP TABLE funnel.events SYNC", login=MIGRATOR).status == 200


def test_the_readers_limits_are_those_of_the_real_server(ask: Asker) -> None:
    reader = read_access()["grafana"]
    wanted = {"max_execution_time", "max_memory_usage", "max_threads", "max_result_rows", "max_result_bytes"}
    assert reader.limits.keys() == wanted
    for name, value in reader.limits.items():
        answer = ask(f"SELECT getSetting('{name}')", login=READER)
        assert 0 < int(answer.data) <= int(value), name
        for login in (WORKER, MIGRATOR):
            assert ask(f"SELECT getSetting('{name}')", login=login).data != answer.data or name == "max_memory_usage"
        assert ask(f"SELECT 1 SETTINGS {name} = 0", login=READER).status >= 400
        for lifted in (0, -1, int(value) * 1000, "x", ""):
            assert code(ask("SELECT 1", login=READER, more={name: lifted})) in ("164", "452"), (name, lifted)
    assert reader.bounds == {"max_execution_time": 60}
    assert ask("SELECT getSetting('max_execution_time')", login=READER, max_execution_time=60).data == b"60\n"
    rows = ask("SELECT number FROM numbers(1000001)", login=READER, wait_end_of_query=1)
    assert code(rows) == "396", rows.data


def test_one_query_of_anybody_may_take_half_of_the_engines_memory(ask: Asker) -> None:
    asked = {user: ask("SELECT getSetting('max_memory_usage')", login=login) for user, login in ALL.items()}
    half = int(ask("SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'").data) // 2
    assert {user: int(answer.data) for user, answer in asked.items()} == {
        "reader": min(half, 2_000_000_000),
        "worker": half,
        "migrator": half,
    }


def test_another_database_of_the_settings_takes_the_place_of_the_first() -> None:
    access = read_access(database="elsewhere")
    assert "GRANT SELECT ON elsewhere.*" in access["grafana"].grants
    assert "REVOKE SELECT(event) ON elsewhere.events" in access["grafana"].grants
    assert "funnel." not in str([one.grants for one in access.values()])
    text = users_config([Access("a", ("GRANT SELECT ON `<x>`.*",))])
    assert "<a><grants><query>GRANT SELECT ON `&lt;x&gt;`.*</query></grants></a>" in text
