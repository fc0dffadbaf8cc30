"""Clients that leave, slow reads, kills, signals, a folder or a port that is taken."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3

from tests.clickhouse.embedded.asking import WRITER, Asker, wait_until
from tests.servers.clickhouse import Server, embedded_clickhouse, free_port

_SLOW = "SELECT sum(cityHash64(number, {marker})) FROM numbers(100000000000) SETTINGS max_threads = 1"
_MANY_ROWS = "SELECT number, {marker} FROM system.numbers FORMAT CSV"


def _open(server: Server, sql: str, path: str = "/") -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", path, body=sql, headers=WRITER)
    return connection


@pytest.mark.parametrize("sql", [_SLOW, _MANY_ROWS, _SLOW + " FORMAT JSON"])
@pytest.mark.parametrize("path", ["/", "/?wait_end_of_query=1"])
def test_a_client_that_leaves_cancels_its_query(ask: Asker, sql: str, path: str) -> None:
    marker = f"{abs(hash((sql, path)))}"
    connection = _open(ask.server, sql.format(marker=marker), path)
    wait_until(lambda: ask.running(marker) == 1)
    connection.close()
    wait_until(lambda: ask.running(marker) == 0)


def test_an_insert_whose_client_leaves_in_the_middle_stores_nothing(ask: Asker, table: str) -> None:
    def kept() -> int:
        links = Path(f"/proc/{ask.server.pid}/fd").iterdir()
        return sum("memfd:rows" in os.readlink(link) for link in links if link.is_symlink())

    with socket.create_connection(("127.0.0.1", ask.server.port)) as client:
        query = f"query=INSERT+INTO+{table}+FORMAT+CSV"
        login = "".join(f"{name}: {value}\r\n" for name, value in WRITER.items())
        client.sendall(f"POST /?{query} HTTP/1.1\r\nHost: localhost\r\n{login}".encode())
        client.sendall(b"Content-Length: 1000000\r\n\r\n" + b"1,x\n" * 100_000)
        wait_until(lambda: kept() == 1)
    wait_until(lambda: kept() == 0)
    assert ask.text(f"SELECT count() FROM {table}") == "0"


def test_the_id_of_a_running_query_is_its_own(ask: Asker) -> None:
    connection = _open(ask.server, _SLOW.format(marker=4711), "/?query_id=once")
    wait_until(lambda: ask.running("4711") == 1)
    assert ask("SELECT 1", query_id="once").headers["X-ClickHouse-Exception-Code"] == "216"
    connection.close()
    wait_until(lambda: ask("SELECT 1", query_id="once").status == 200)


def test_slow_reads_hold_back_neither_an_insert_nor_a_short_read(ask: Asker, table: str) -> None:
    slow = "SELECT sum(cityHash64(number, 815)) FROM numbers(100000000000) SETTINGS max_execution_time = 60"
    connections = [_open(ask.server, slow) for _ in range(8)]
    wait_until(lambda: ask.running("815") == 8)
    started = time.monotonic()
    for number in range(5):
        ask.text(f"INSERT INTO {table} VALUES ({number}, 'x')")
        ask.text(f"SELECT count() FROM {table}")
    took = time.monotonic() - started
    # The slow ones share the processors with these; what must not happen is waiting for their end.
    assert ask.running("815") == 8
    assert took < 30
    for connection in connections:
        connection.close()
    wait_until(lambda: ask.running("815") == 0)


def test_large_bodies_and_large_results_pass_through_in_bounded_memory(ask: Asker) -> None:
    def peak() -> int:
        lines = Path(f"/proc/{ask.server.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

    # 5 writes into clear_refs start the peak anew (proc(5)).
    Path(f"/proc/{ask.server.pid}/clear_refs").write_text("5")
    before, http_pool = peak(), urllib3.PoolManager()
    rows = b'{"raw":"' + b"x" * 1000 + b'"}\n'
    url = f"{ask.server.url}/?query=INSERT+INTO+FUNCTION+null('raw+String')+FORMAT+JSONEachRow"
    # The engine gathers 256 MB before it writes a part; here it is the passing through that counts.
    settings = "&min_insert_block_size_bytes=16777216&min_insert_block_size_rows=20000&input_format_parallel_parsing=0"
    answer = http_pool.request("POST", url + settings, body=(rows * 1000 for _ in range(600)), headers=WRITER)
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "600000"
    sql = "SELECT repeat('x', 1000) FROM numbers(600000) SETTINGS max_block_size = 8192 FORMAT CSV"
    for wait in (0, 1):
        url = f"{ask.server.url}/?wait_end_of_query={wait}"
        result = http_pool.request("POST", url, body=sql, headers=WRITER, preload_content=False)
        assert sum(len(piece) for piece in result.stream(1 << 20)) == 600_000 * 1003
    assert peak() - before < 300_000


def test_acknowledged_rows_survive_kill_9(folder: Path) -> None:
    with embedded_clickhouse(folder) as server:
        ask = Asker(server, urllib3.PoolManager())
        ask.text("CREATE DATABASE t ENGINE = Atomic")
        ask.text("CREATE TABLE t.t (k UInt64) ENGINE = MergeTree ORDER BY k")
        acknowledged: list[int] = []

        def write() -> None:
            for number in range(100_000):
                try:
                    if ask(f"INSERT INTO t.t VALUES ({number})").status != 200:
                        return
                except urllib3.exceptions.HTTPError:
                    return
                acknowledged.append(number)

        writer = threading.Thread(target=write)
        writer.start()
        wait_until(lambda: len(acknowledged) > 30)
        server.kill()
        writer.join()
        server.start()
        kept = {int(line) for line in ask.text("SELECT k FROM t.t").split()}
        assert kept >= set(acknowledged)
        assert len(kept) <= len(acknowledged) + 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_with_a_query_running(folder: Path, number: signal.Signals) -> None:
    with embedded_clickhouse(folder) as server, ThreadPoolExecutor() as pool:
        ask = Asker(server, urllib3.PoolManager())
        ask.text("CREATE DATABASE t ENGINE = Atomic")
        ask.text("CREATE TABLE t.t (k UInt64) ENGINE = MergeTree ORDER BY k")
        slow = pool.submit(ask, _SLOW.format(marker=99))
        wait_until(lambda: ask.running("99") == 1)
        short = pool.submit(ask, "INSERT INTO t.t SELECT number FROM numbers(5) WHERE sleepEachRow(0.2) = 0")
        wait_until(lambda: ask.running("sleepEachRow") == 1)
        started = time.monotonic()
        assert server.signal(number) == 0
        assert time.monotonic() - started < 10
        assert short.result().status == 200
        assert slow.result().headers["X-ClickHouse-Exception-Code"] == "394"
        server.start()
        assert ask.text("SELECT count() FROM t.t") == "5"


def _refused(*arguments: str, **environment: str) -> str:
    command = [sys.executable, "-m", "clickhouse.embedded", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment or None, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_what_keeps_it_from_starting_is_one_line(embedded: Server, tmp_path: Path) -> None:
    free = str(free_port())
    assert "owns the data folder" in _refused("--data", str(embedded.data_dir), "--port", free)
    taken = _refused("--data", str(tmp_path / "d"), "--port", str(embedded.port))
    assert f"port {embedded.port} is taken" in taken
    assert "not a loopback address" in _refused("--data", str(tmp_path / "d"), "--host", "0.0.0.0")
    (tmp_path / "file").write_text("")
    assert "cannot be used" in _refused("--data", str(tmp_path / "file"), "--port", free)
    assert "FUNNEL_FULL_PERCENT" in _refused("--data", str(tmp_path / "d"), FUNNEL_FULL_PERCENT="x", PATH="/usr/bin")
    wrong = _refused("--data", str(tmp_path / "d"), FUNNEL_CLICKHOUSE_USER="grafana", PATH="/usr/bin")
    assert "must be different users" in wrong
