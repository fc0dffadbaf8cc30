"""The HTTP interface, asked as curl would ask it."""

import gzip
import json
import zlib

import lz4.frame
import pytest
import urllib3
import zstandard

from clickhouse.embedded.hello import HELLO
from tests.clickhouse.embedded.asking import WRITER, Asker


def test_ping(ask: Asker) -> None:
    assert ask.http.request("GET", ask.server.url + "/ping").data == b"Ok.\n"


@pytest.mark.parametrize("name", ["JSONEachRow", "CSV", "TabSeparated", "Native", "RowBinary", "Values", "JSON"])
def test_rows_come_back_in_every_format_as_they_were_sent(ask: Asker, table: str, name: str) -> None:
    rows = "SELECT number AS k, 'a;''b\\n\\t€' AS raw FROM numbers(3)"
    data = ask(f"{rows} FORMAT {name}").data
    assert ask(data, query=f"INSERT INTO {table} FORMAT {name}").status == 200
    assert ask(f"INSERT INTO {table} FORMAT {name}\n".encode() + data).status == 200
    assert (
        ask(f"SELECT DISTINCT * FROM {table} ORDER BY k FORMAT {name}").data.split(b'"statistics"')[0]
        == data.split(b'"statistics"')[0]
    )
    assert ask.text(f"SELECT count() FROM {table}") == "6"


def test_nested_objects_arrive_verbatim_in_a_string(ask: Asker, table: str) -> None:
    raw = '{"b": 1.50,  "a":[1, {"é":"\\u00e9\\/"}], "big":12345678901234567890123}'
    ask.text(f'{{"k":1,"raw":{raw}}}\n', query=f"INSERT INTO {table} FORMAT JSONEachRow")
    assert ask.text(f"SELECT raw FROM {table} FORMAT TSVRaw") == raw


@pytest.mark.parametrize(
    ("name", "compress"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("lz4", lz4.frame.compress), ("zstd", zstandard.compress)],
)
def test_compression_both_ways(ask: Asker, table: str, name: str, compress: object) -> None:
    assert callable(compress)
    body = compress(b'{"k":7,"raw":"x"}\n' * 1000)
    answer = ask(body, query=f"INSERT INTO {table} FORMAT JSONEachRow", headers={"Content-Encoding": name})
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "1000"
    expand = {"gzip": gzip.decompress, "deflate": zlib.decompress, "lz4": lz4.frame.decompress}
    answer = ask(f"SELECT k FROM {table} FORMAT CSV", headers={"Accept-Encoding": name})
    assert answer.headers["Content-Encoding"] == name
    plain = expand.get(name, lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data))(answer.data)
    assert plain == b"7\n" * 1000


def test_a_compressed_body_that_is_broken_stores_nothing(ask: Asker, table: str) -> None:
    body = gzip.compress(b'{"k":7,"raw":"x"}\n' * 1000)[:-10]
    answer = ask(body, query=f"INSERT INTO {table} FORMAT JSONEachRow", headers={"Content-Encoding": "gzip"})
    assert answer.headers["X-ClickHouse-Exception-Code"] == "271"
    assert ask.text(f"SELECT count() FROM {table}") == "0"


def test_headers_of_an_answer(ask: Asker) -> None:
    answer = ask("SELECT 1 AS x FORMAT JSONCompact", query_id="mine")
    assert answer.headers["X-ClickHouse-Query-Id"] == "mine"
    assert answer.headers["X-ClickHouse-Format"] == "JSONCompact"
    assert answer.headers["X-ClickHouse-Timezone"] == "UTC"
    assert answer.headers["Content-Type"].startswith("application/json")
    answer = ask("SELECT number FROM numbers(10)", wait_end_of_query=1, default_format="CSV")
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["result_rows"] == "10"
    assert answer.headers["X-ClickHouse-Format"] == "CSV"


def test_parameters_settings_and_database(ask: Asker, table: str) -> None:
    sql = "SELECT {a:Array(String)}, {s:String}, getSetting('max_threads'), currentDatabase() FORMAT TSVRaw"
    answer = ask.text(sql, param_a="['x','it\\'s']", param_s="a;b", max_threads=3, database="t")
    assert answer == "['x','it\\'s']\ta;b\t3\tt"
    form = {"query": "SELECT {s:String}", "param_s": "x" * 100_000}
    headers = dict(WRITER)
    reply = ask.http.request("POST", ask.server.url, fields=form, headers=headers)
    assert reply.data == b"x" * 100_000 + b"\n"


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("SELEC 1", 400, 62),
        ("SELECT 1; DROP DATABASE t", 400, 62),
        ("INSERT INTO t.x VALUES (1); SELECT 1", 400, 62),
        ("SELECT * FROM t.nope", 404, 60),
        ("SELECT nope", 404, 47),
        ("SELECT 1 FORMAT Nope", 404, 73),
        ("SELECT throwIf(1)", 500, 395),
        ("SELECT 1 INTO OUTFILE 'x'", 500, 358),
        ("SELECT sleep(3) SETTINGS max_execution_time = 0.3", 408, 159),
        ("SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 10000000", 500, 241),
    ],
)
@pytest.mark.parametrize("wait", [0, 1])
def test_errors_have_clickhouses_codes(ask: Asker, sql: str, status: int, code: int, wait: int) -> None:
    answer = ask(sql, wait_end_of_query=wait)
    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (status, str(code))
    assert answer.data.startswith(f"Code: {code}. DB::Exception: ".encode())
    assert b"Stack trace" not in answer.data


def test_bad_parameters(ask: Asker) -> None:
    assert ask("SELECT 1", no_such_setting=1).headers["X-ClickHouse-Exception-Code"] == "115"
    assert ask("SELECT 1", more={"a b": 1}).headers["X-ClickHouse-Exception-Code"] == "115"
    assert ask("SELECT 1", database="nope").headers["X-ClickHouse-Exception-Code"] == "81"
    assert ask("SELECT 1", compress=1).status == 501
    assert ask("SELECT 1", decompress=1).status == 501
    assert ask("SET max_threads = 1", session_id="s").status == 501
    assert ask("SELECT 1", session_id="s").status == 200
    assert ask(b"SELECT '\xff'").headers["X-ClickHouse-Exception-Code"] == "36"


def test_a_failed_query_leaves_nothing_to_the_next(ask: Asker) -> None:
    for output in ("CSV", "JSON", "TSVWithNames", "Native") * 5:
        sql = f"SELECT throwIf(number = 5) FROM numbers(10) SETTINGS max_block_size = 1 FORMAT {output}"
        assert ask(sql, wait_end_of_query=1).headers["X-ClickHouse-Exception-Code"] == "395"
        assert ask.text("SELECT 42") == "42"


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_error_in_mid_stream_is_told_and_breaks_the_answer(ask: Asker, encoding: str) -> None:
    sql = "SELECT throwIf(number = 500000) FROM numbers(1000000) SETTINGS max_block_size = 10000 FORMAT CSV"
    answer = ask.http.request(
        "POST",
        ask.server.url,
        body=sql,
        headers={**WRITER, "Accept-Encoding": encoding},
        preload_content=False,
        decode_content=False,
    )
    assert answer.status == 200
    data = bytearray()

    def read() -> None:
        for piece in answer.stream(65536, decode_content=False):
            data.extend(piece)

    with pytest.raises(urllib3.exceptions.ProtocolError):
        read()
    text = gzip.decompress(data) if encoding else bytes(data)
    tag = answer.headers["X-ClickHouse-Exception-Tag"].encode()
    assert b"__exception__\r\n" + tag + b"\r\nCode: 395." in text
    assert text.endswith(tag + b"\r\n__exception__\r\n")


def test_views_of_views_scalar_arguments_and_final(ask: Asker) -> None:
    for sql in (
        "CREATE DATABASE IF NOT EXISTS v ENGINE = Atomic",
        "CREATE TABLE v.r (k UInt64, v UInt64) ENGINE = ReplacingMergeTree(v) ORDER BY k",
        "INSERT INTO v.r VALUES (1, 1), (2, 2)",
        "INSERT INTO v.r VALUES (1, 5)",
        "CREATE VIEW v.inner AS SELECT k, v FROM v.r FINAL WHERE v <= {at:UInt64}",
        "CREATE VIEW v.outer AS SELECT count() AS n, sum(v) AS s FROM v.inner(at = {until:UInt64})",
    ):
        ask.text(sql)
    assert ask.text("SELECT n, s FROM v.outer(until = (SELECT max(v) FROM v.r))") == "2\t7"
    ask.text("DROP DATABASE v SYNC")


def test_the_greeting_of_clickhouse_go_pins_it_to_revision_0(ask: Asker) -> None:
    answer = ask(HELLO, client_protocol_version=54460, default_format="Native").data
    assert answer.startswith(b"\x01\x00\x02\xff\xff\xff\xff\x00\x04\x01\x0ddisplayName()\x06String\x00")
    assert b"revision()\x06UInt32\x00\x00\x00\x00\x00" in answer
    columns = ask(HELLO, default_format="Native").data
    assert columns.startswith(b"\x04\x01\x0ddisplayName()\x06String\x08embedded")


def test_get_only_reads(ask: Asker, table: str) -> None:
    assert ask(method="GET", query="SELECT 1").data == b"1\n"
    for sql in (f"INSERT INTO {table} VALUES (1, 'x')", f"DROP TABLE {table}", f"INSERT INTO {table} SELECT 1, 'x'"):
        assert ask(method="GET", query=sql).headers["X-ClickHouse-Exception-Code"] == "164"
    assert ask.text(f"SELECT count() FROM {table}") == "0"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Host": "example.org"},
        {"Host": "127.0.0.1.example.org"},
        {"Referer": "http://127.0.0.1:8123/"},
        {"Access-Control-Request-Method": "POST"},
        *({"Sec-Fetch-Site": value} for value in ("cross-site", "same-site", "same-origin", "none")),
        {"Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_web_pages_are_refused(ask: Asker, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/?query=SELECT+1"), ("POST", "/?query=SELECT+1"), ("OPTIONS", "/"), ("GET", "/ping")):
        answer = ask.http.request(method, ask.server.url + path, headers={**WRITER, **headers})
        assert answer.status == 403, method
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
