"""The client against the real embedded server."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError
from pydantic import SecretStr

from clickhouse.client import Unreachable, User, connect
from streams.settings import Settings
from tests.servers.clickhouse import Server, embedded_clickhouse, free_port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with embedded_clickhouse(tmp_path_factory.mktemp("clickhouse") / "data") as server:
        with connect(server.settings(), user="migrator") as client:
            client.command("CREATE DATABASE funnel ENGINE = Atomic", use_database=False)
            client.command("CREATE TABLE t (k UInt64, s String, n Nullable(Float64), a Array(Int32)) ORDER BY k")
        yield server


def test_rows_go_in_and_come_out(server: Server) -> None:
    rows = [(number, f"s{number}€", None if number % 2 else 0.5, [number, -1]) for number in range(10_000)]
    with connect(server.settings(), user="writer") as writer, connect(server.settings(), user="reader") as reader:
        summary = writer.insert("t", rows, column_names=["k", "s", "n", "a"])
        assert summary.written_rows == 10_000
        result = reader.query("SELECT k, s, n, a FROM t ORDER BY k")
        assert [tuple(row) for row in result.result_rows] == rows
        wanted = [f"s{number}€" for number in range(0, 10_000, 3)]
        found = reader.query("SELECT count() FROM t WHERE s IN {s:Array(String)}", parameters={"s": wanted})
        assert found.result_rows[0][0] == len(wanted)


def test_the_reader_is_refused_a_write(server: Server) -> None:
    with connect(server.settings(), user="reader") as reader, pytest.raises(DatabaseError) as raised:
        reader.command("TRUNCATE TABLE t")
    assert raised.value.code == 164


def test_one_client_serves_many_threads(server: Server) -> None:
    with connect(server.settings(), user="reader") as reader, ThreadPoolExecutor(8) as pool:
        numbers = random.Random(1).sample(range(10**9), 50)
        found = pool.map(lambda number: reader.query(f"SELECT {number}").result_rows[0][0], numbers)
        assert list(found) == numbers


def test_an_error_in_the_middle_of_a_stream_is_raised(server: Server) -> None:
    sql = "SELECT throwIf(number = 500000) FROM numbers(1000000)"

    def read() -> None:
        with connect(server.settings(), user="reader") as reader, reader.query_rows_stream(sql) as rows:
            assert all(row[0] == 0 for row in rows)

    with pytest.raises(StreamFailureError, match="395"):
        read()


def test_nobody_there_is_one_line_that_says_what_to_do() -> None:
    port = free_port()
    settings = Settings(_env_file=None, clickhouse_host="127.0.0.1", clickhouse_port=port)
    with pytest.raises(Unreachable) as raised:
        connect(settings, user="writer")
    assert str(raised.value) == f"ClickHouse does not answer at 127.0.0.1:{port}; start it with `funnel up`"


@pytest.mark.parametrize(
    ("user", "variable"), [("writer", "FUNNEL_CLICKHOUSE_USER"), ("reader", "FUNNEL_GRAFANA_CLICKHOUSE_USER")]
)
def test_a_wrong_password_names_the_settings(server: Server, user: str, variable: str) -> None:
    wrong = {"clickhouse_password": SecretStr("x"), "grafana_clickhouse_password": SecretStr("x")}
    settings = server.settings().model_copy(update=wrong)
    with pytest.raises(Unreachable, match=variable) as raised:
        connect(settings, user="writer" if user == "writer" else "reader")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("user", ["writer", "migrator"])
def test_what_the_server_cannot_answer_at_first_is_one_line(
    server: Server, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clickhouse.client.ASKED", "SELECT throwIf(1)")
    settings = server.settings()
    with pytest.raises(Unreachable, match=f"^ClickHouse at .*:{settings.clickhouse_port} cannot be used: .*throwIf"):
        connect(settings, user=user)
