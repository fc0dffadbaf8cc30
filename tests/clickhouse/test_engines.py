"""The engine of a table is chosen when its statement is rendered, and one node's statements are as they are written."""

import re

import pytest

from clickhouse.engines import PER_NODE, NoEngineError, rendered_for, runs_once
from clickhouse.migrate import migrations, statements

PATH = "'/clickhouse/tables/main/{database}/{table}', '{replica}'"
ALL = [statement for one in migrations() for statement in statements(one.text)]


@pytest.mark.parametrize(
    ("written", "replicated"),
    [
        (
            "CREATE TABLE IF NOT EXISTS t (k Int8) ENGINE = ReplacingMergeTree ORDER BY k",
            f"CREATE TABLE IF NOT EXISTS t (k Int8) ENGINE = ReplicatedReplacingMergeTree({PATH}) ORDER BY k",
        ),
        (
            "CREATE TABLE t\n(\n    k Int8\n)\nENGINE = ReplacingMergeTree(version, gone)\nORDER BY k",
            "CREATE TABLE t\n(\n    k Int8\n)\n"
            f"ENGINE = ReplicatedReplacingMergeTree({PATH}, version, gone)\nORDER BY k",
        ),
        (
            "CREATE TABLE d.t (k Int8 COMMENT 'ENGINE = MergeTree, it''s') ENGINE = AggregatingMergeTree() ORDER BY k",
            "CREATE TABLE d.t (k Int8 COMMENT 'ENGINE = MergeTree, it''s')"
            f" ENGINE = ReplicatedAggregatingMergeTree({PATH}) ORDER BY k",
        ),
        (f"CREATE TABLE t (k Int8) ENGINE = ReplicatedMergeTree({PATH})", None),
        ("CREATE TABLE IF NOT EXISTS schema_migrations (k Int8) ENGINE = ReplacingMergeTree ORDER BY k", None),
        ("CREATE MATERIALIZED VIEW IF NOT EXISTS v TO t AS SELECT 'ENGINE = MergeTree'", None),
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS c Int8", None),
        ("INSERT INTO t SELECT 'CREATE TABLE t ENGINE = MergeTree'", None),
    ],
)
def test_a_table_of_a_cluster_is_replicated(written: str, replicated: str | None) -> None:
    assert rendered_for(written, "main") == (replicated or written)
    assert rendered_for(written, "") == written


@pytest.mark.parametrize("engine", ["", "ENGINE = Memory", "ENGINE = MergeTree AS SELECT 1 ENGINE = MergeTree"])
def test_a_table_that_would_not_be_replicated_is_refused(engine: str) -> None:
    with pytest.raises(NoEngineError, match=r"^t has no ENGINE"):
        rendered_for(f"CREATE TABLE t (k Int8) {engine} ORDER BY k", "main")


def test_one_node_has_every_statement_as_it_is_written() -> None:
    assert [rendered_for(one, "") for one in ALL] == ALL


def test_every_table_of_the_migrations_is_replicated_and_nothing_else_changes() -> None:
    made = [one for one in ALL if one.startswith("CREATE TABLE")]
    assert len(made) > 30
    for one in ALL:
        rendered = rendered_for(one, "main")
        if one not in made:
            assert rendered == one
            continue
        assert re.findall(r"ENGINE = (\w+)", rendered) == [
            f"Replicated{name}" for name in re.findall(r"ENGINE = (\w+)", one)
        ]
        back = rendered.replace(f"({PATH}, ", "(").replace(f"({PATH})", "").replace("ENGINE = Replicated", "ENGINE = ")
        assert back == one, "nothing but the engine"
    assert not any(name in one for one in ALL for name in PER_NODE)


@pytest.mark.parametrize(
    ("statement", "once"),
    [
        ("INSERT INTO t SELECT 1", True),
        ("ALTER TABLE t DELETE WHERE k = 1", True),
        ("\nALTER TABLE persons\nUPDATE a = 1 WHERE b", True),
        ("ALTER TABLE t MATERIALIZE INDEX i", True),
        ("TRUNCATE TABLE t SYNC", True),
        ("CREATE TABLE t (k Int8)", False),
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS deleted Int8", False),
        ("ALTER TABLE t MODIFY SETTING a = 1", False),
        ("ALTER TABLE v MODIFY QUERY SELECT 1", False),
        ("RENAME TABLE IF EXISTS a TO b", False),
        ("DROP VIEW IF EXISTS v", False),
    ],
)
def test_rows_are_written_once_and_all_else_on_each_node(statement: str, once: bool) -> None:
    assert runs_once(statement.strip()) is once
