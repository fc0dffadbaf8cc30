"""Reading SQL: quotes, comments, semicolons, formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickhouse.embedded.errors import ServerError
from clickhouse.embedded.statement import find_insert, parse, tokens

_TEXT = st.text(st.characters(max_codepoint=255), max_size=20)


def _single(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_HIDING = st.one_of(
    _TEXT.map(_single),
    _TEXT.map(lambda text: "'" + text.replace("\\", "").replace("'", "''") + "'"),
    _TEXT.map(lambda text: "`" + text.replace("\\", "\\\\").replace("`", "``") + "`"),
    _TEXT.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    _TEXT.map(lambda text: "/*" + text.replace("*", "").replace("/", "") + "/* ; nested */ ; */"),
    _TEXT.map(lambda text: "-- " + text.replace("\n", " ") + "\n"),
    _TEXT.map(lambda text: "# " + text.replace("\n", " ") + "\n"),
    _TEXT.map(lambda text: "$tag$" + text.replace("$", "") + ";$tag$"),
)


@given(st.lists(_HIDING, max_size=6))
def test_what_is_hidden_in_quotes_and_comments_ends_no_statement(parts: list[str]) -> None:
    sql = "SELECT " + " , ".join([*parts, "1"])
    assert parse(sql).sql == sql
    assert parse(sql + " ; -- the end;").sql == sql + " "


@given(st.lists(_HIDING, max_size=4), st.lists(_HIDING, max_size=4))
def test_a_second_statement_is_always_seen(before: list[str], after: list[str]) -> None:
    with pytest.raises(ServerError, match="Multi-statements") as raised:
        parse("SELECT " + " ".join(before) + " ; DROP TABLE x " + " ".join(after))
    assert raised.value.code == 62


@given(st.text(st.characters(max_codepoint=255)))
def test_tokens_cover_any_text_in_order(text: str) -> None:
    place = 0
    for token in tokens(text):
        assert place <= token.start < token.end <= len(text)
        place = token.end


@given(_TEXT)
def test_a_quoted_identifier_is_unescaped(name: str) -> None:
    quoted = "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
    assert [token.name for token in tokens(quoted)] == [name]


@given(st.binary(max_size=200), st.sampled_from(["Native", "RowBinary", "JSONEachRow", "CSV"]))
def test_the_data_of_an_insert_are_left_alone(data: bytes, name: str) -> None:
    text = f"INSERT INTO db.`format` (a, `values`) SETTINGS x = 1 FORMAT {name}\n"
    insert = find_insert(text + data.decode("latin-1"))
    assert insert is not None
    assert (insert.format, insert.data_start) == (name, len(text))
    assert insert.target == "INSERT INTO db.`format` (a, `values`)"


@pytest.mark.parametrize(
    ("text", "target", "name", "data"),
    [
        ("INSERT INTO t VALUES (1)", "INSERT INTO t", "Values", " (1)"),
        ("/* c */ insert into t (a) values(1)", "/* c */ insert into t (a)", "Values", "(1)"),
        ("INSERT INTO t FORMAT CSV 1,2", "INSERT INTO t", "CSV", "1,2"),
        ("INSERT INTO t FORMAT CSV  \r\n 1", "INSERT INTO t", "CSV", " 1"),
        ("INSERT INTO values.format FORMAT TSV\n", "INSERT INTO values.format", "TSV", ""),
        ("INSERT INTO format.values FORMAT TSV\n", "INSERT INTO format.values", "TSV", ""),
        ("INSERT INTO t (format, values) FORMAT TSV\n", "INSERT INTO t (format, values)", "TSV", ""),
        ("INSERT INTO FUNCTION null('a Int') FORMAT TSV\n1", "INSERT INTO FUNCTION null('a Int')", "TSV", "1"),
    ],
)
def test_inserts_with_data(text: str, target: str, name: str, data: str) -> None:
    insert = find_insert(text)
    assert insert is not None
    assert (insert.target, insert.settings, insert.format, text[insert.data_start :]) == (target, "", name, data)


@pytest.mark.parametrize(
    ("text", "target", "settings"),
    [
        ("INSERT INTO t SETTINGS a = 1, b = 'x' FORMAT CSV ", "INSERT INTO t", "SETTINGS a = 1, b = 'x'"),
        ("INSERT INTO t (settings) -- c\n settings a = 1 VALUES", "INSERT INTO t (settings) -- c", "settings a = 1"),
        ("INSERT INTO db.settings FORMAT CSV ", "INSERT INTO db.settings", ""),
        ("INSERT INTO settings FORMAT CSV ", "INSERT INTO settings", ""),
    ],
)
def test_the_settings_of_an_insert_follow_its_file(text: str, target: str, settings: str) -> None:
    insert = find_insert(text)
    assert insert is not None
    assert (insert.target, insert.settings) == (target, settings)
    middle = "\nFROM INFILE '/dev/fd/3' COMPRESSION 'none'\n"
    assert insert.from_file("/dev/fd/3") == f"{target}{middle}{settings}\nFORMAT {insert.format}"


@pytest.mark.parametrize(
    "text", ["", "SELECT 1 FORMAT CSV", "INSERT INTO t SELECT 1 FORMAT CSV", "INSERT INTO t WITH 1 AS x SELECT x"]
)
def test_no_insert_with_data(text: str) -> None:
    assert find_insert(text) is None


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("SELECT 1", None),
        ("SELECT 1 FORMAT JSON", "JSON"),
        ("SELECT 1\n format Native ;", "Native"),
        ("SELECT 1 FORMAT CSV SETTINGS max_threads = 1", "CSV"),
        ("SELECT format FROM (SELECT 'FORMAT JSON' AS format)", None),
        ("SELECT 'a' -- FORMAT JSON", None),
    ],
)
def test_the_output_format(sql: str, name: str | None) -> None:
    assert parse(sql).format == name


@pytest.mark.parametrize(
    ("sql", "reads", "streamable"),
    [
        ("SELECT 1", True, True),
        ("(SELECT 1) UNION ALL (SELECT 2)", True, True),
        ("WITH 1 AS x SELECT x", True, True),
        ("WITH 1 AS x INSERT INTO t SELECT x", False, False),
        ("SHOW TABLES", True, False),
        ("SET a = 1", False, False),
    ],
)
def test_what_a_statement_does(sql: str, reads: bool, streamable: bool) -> None:
    assert (parse(sql).reads, parse(sql).streamable) == (reads, streamable)


@pytest.mark.parametrize("sql", ["SELECT 1 INTO OUTFILE 'x'", "INSERT INTO t FROM INFILE 'x' FORMAT CSV"])
def test_files_of_the_machine_are_refused(sql: str) -> None:
    assert find_insert(sql) is None
    with pytest.raises(ServerError) as raised:
        parse(sql)
    assert raised.value.code == 358


def test_a_semicolon_that_is_a_name_ends_nothing() -> None:
    assert parse("SELECT 1 AS `;`").sql == "SELECT 1 AS `;`"


@pytest.mark.parametrize("said", ["ENGINE = Memory", "engine=MEMORY", "ENGINE Memory", "ENGINE `Memory`"])
def test_the_engine_of_a_table_is_found_however_it_is_said(said: str) -> None:
    assert parse(f"CREATE TABLE t (a Int8) {said}").engines == {"memory"}
