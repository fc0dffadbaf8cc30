"""Who gets in, and what the read-only user is refused, on the real engine."""

import base64
from pathlib import Path

import pytest

from tests.clickhouse.embedded.asking import READER, WRITER, Asker


def _basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_two_ways_to_say_who_one_is(ask: Asker) -> None:
    assert ask("SELECT 1", login=READER).status == 200
    assert ask("SELECT 1", login=_basic(*WRITER.values())).status == 200


@pytest.mark.parametrize("login", [{}, WRITER, _basic(*READER.values())])
@pytest.mark.parametrize("named", [READER, WRITER])
def test_the_address_names_no_user(ask: Asker, login: dict[str, str], named: dict[str, str]) -> None:
    name, password = named.values()
    for url in ({"user": name, "password": password}, {"user": name}, {"password": password}):
        for method in ("GET", "POST"):
            answer = ask(method=method, login=login, query="SELECT 4711", more=url)
            assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (403, "516")
            assert password.encode() not in answer.data


@pytest.mark.parametrize(
    "login",
    [
        {},
        _basic("funnel", "wrong"),
        _basic("nobody", ""),
        {"Authorization": "Basic %%%"},
        {"X-ClickHouse-User": "funnel"},
        {"X-ClickHouse-User": "grafana", "X-ClickHouse-Key": WRITER["X-ClickHouse-Key"]},
        _basic("funnel", "funnel"),
        _basic("grafana", "grafana"),
    ],
)
def test_a_wrong_password_is_error_516(ask: Asker, login: dict[str, str]) -> None:
    answer = ask("SELECT 1", login=login)
    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (403, "516")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO {table} VALUES (1, 'x')",
        "INSERT INTO {table} SELECT 1, 'x'",
        "WITH 1 AS x INSERT INTO {table} SELECT x, 'x'",
        "INSERT INTO FUNCTION file('{file}') SELECT 1",
        "CREATE TABLE t.mine (a Int8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE mine (a Int8)",
        "DROP TABLE {table}",
        "ALTER TABLE {table} DELETE WHERE 1",
        "SET readonly = 0",
        "SELECT 1 SETTINGS readonly = 0",
        "KILL QUERY WHERE 1",
        "SYSTEM FLUSH LOGS",
        "SELECT 1 INTO OUTFILE '{file}.out'",
        "EXISTS TABLE default.`{file}`",
        "SELECT * FROM file('{file}', 'CSV', 'a String')",
        "SELECT * FROM `file`('{file}', 'CSV', 'a String')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM default.`{file}`",
        "DESCRIBE TABLE file('{file}')",
        "DESCRIBE TABLE default.`{file}`",
        "EXPLAIN SELECT * FROM file /* c */ ('{file}')",
        "SELECT file('{file}')",
        "SELECT \"fi\\x6ce\"('{file}')",
        "SELECT arrayMap(file, ['{file}'])",
        "SELECT * APPLY(file) FROM (SELECT '{file}')",
        "SELECT * FROM system.one WHERE dummy IN (SELECT length(file('{file}')))",
        "SELECT * FROM url('{url}', 'CSV', 'a String')",
        "DESCRIBE TABLE url('{url}')",
        "SELECT * FROM s3('{url}', 'CSV', 'a String')",
        "SELECT * FROM remote('127.0.0.1', system.one)",
        "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
        "SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')",
        "DESCRIBE TABLE sqlite('{file}', 't')",
        "SELECT * FROM executable('id', 'TSV', 'a String')",
        "SELECT * FROM Python(secret)",
        "SELECT aiGenerate('model', 'x')",
    ],
)
def test_the_reader_cannot_write_nor_leave_the_tables(ask: Asker, table: str, tmp_path: Path, sql: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("top-secret\n")
    url = f"http://127.0.0.1:{ask.server.port}/ping"
    answer = ask(sql.format(table=table, file=file, url=url), login=READER)
    assert answer.status >= 400
    assert answer.headers["X-ClickHouse-Exception-Code"] in ("60", "164", "358", "497"), answer.data
    assert b"top-secret" not in answer.data
    assert ask.text(f"SELECT count() FROM {table}") == "0"
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_the_readers_url_cannot_lift_a_bound(ask: Asker, table: str) -> None:
    sql = f"INSERT INTO {table} VALUES (1, 'x')"
    assert ask(sql, login=READER, readonly=0).status >= 400
    answer = ask("SELECT 1 FORMAT Template", login=READER, format_template_resultset="/etc/hostname")
    assert answer.headers["X-ClickHouse-Exception-Code"] == "164"


def test_the_reader_reads_tables_views_and_settings(ask: Asker, table: str) -> None:
    ask.text(f"INSERT INTO {table} VALUES (1, 'file(x)')")
    for sql in (
        f"SELECT raw FROM {table} WHERE raw != 'url(''x'')'",
        f"WITH 1 AS x SELECT x FROM {table}",
        f"DESCRIBE TABLE {table}",
        "SHOW TABLES FROM t",
        f"EXPLAIN SELECT k AS url FROM {table}",
        "SELECT url FROM (SELECT number AS url FROM numbers(3))",
    ):
        assert ask(sql, login=READER, max_execution_time=60).status == 200, sql


def test_a_get_changes_nothing_whoever_asks(ask: Asker, table: str) -> None:
    for sql in ("SET max_threads = 1", "CREATE TABLE t.of_get (k Int8) ENGINE = Memory", f"TRUNCATE TABLE {table}"):
        assert ask(method="GET", query=sql).headers["X-ClickHouse-Exception-Code"] == "164", sql
    assert ask.text("SELECT getSetting('readonly')") == "0"
    assert ask(method="GET", query="SELECT getSetting('readonly')").data == b"1\n"
