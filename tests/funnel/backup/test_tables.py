"""Tables come back as they were, whatever is in them, and an earlier schema is brought to this one."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.migrate import UNFINISHED, applied, apply, create_database, migrate, migrations
from clickhouse.nodes import Node, Nodes
from funnel.backup import tables
from funnel.backup.folder import new_folder
from funnel.backup.manifest import Manifest
from funnel.backup.restore import _tables
from streams.settings import Settings
from tests.contract_events import hour_long, registration, stay, totals
from tests.funnel.backup.test_manifest import manifest
from tests.rows import put

STRANGE = 'tab\t, newline\n, return\r, nul\0, backslash \\N, quote \', "double", emoji \U0001f600, \\t as text'
KEPT = ("rules", "schema_migrations")
"""Written anew by a migration."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "b"


def _taken(client: Client, root: Path) -> Manifest:
    with new_folder(root, root.parent / "none", 0, 0) as writing:
        copied = {name: tables.copy_out(client, name, writing) for name in tables.sizes(client)}
    return manifest(tables=copied, migrations=applied(client))


def _restore(client: Client, config: Settings, root: Path, said: Manifest) -> list[str]:
    lines: list[str] = []
    _tables(Nodes.alone(client), root, said, lines.append, lambda _: None)
    migrate(client, config)
    return lines


def _content(client: Client) -> dict[str, tuple[object, ...]]:
    """Of each table how many rows it has, and their hash in any order; states of aggregates as text."""
    return {name: _rows(client, name) for name in tables.sizes(client) if name not in KEPT}


def _rows(client: Client, name: str) -> tuple[object, ...]:
    text = f"(SELECT * FROM {name} FINAL)"
    return tuple(client.query(f"SELECT count(), sum(cityHash64(toString(tuple(*)))) FROM {text}").result_rows[0])


def test_what_is_in_a_table_comes_back_as_it_was(own_config: Settings, store: Client, root: Path) -> None:
    put(store, own_config, [*hour_long(title=STRANGE), registration(1, source={"utm_source": STRANGE}), totals()])
    put(store, own_config, [*hour_long("zoom:2"), *stay(2, 0, 40, "zoom:2"), registration(3, webinar_id="zoom:2")])
    store.insert("notes", [["n", STRANGE, 1]], column_names=["note_id", "text", "version"])
    store.command(
        "INSERT INTO job_turns (job, ended_at, seconds, failures, error)"
        " VALUES ('j', toUnixTimestamp64Milli(now64(3)), 0.1, 3, 'e')"
    )
    before = _content(store)
    assert {name for name, (rows, _) in before.items() if rows} >= {"events", "persons", "notes", "event_minutes"}
    with closing(connect(own_config, user="writer")) as writer:
        said = _taken(writer, root)
    # Rows of another installation, which are thrown away.
    put(store, own_config, [*hour_long("zoom:other"), *stay(9, 0, 40, "zoom:other")])
    lines = _restore(store, own_config, root, said)
    assert _content(store) == before
    rows = sum(one.rows for name, one in said.tables.items() if name != "schema_migrations")
    assert lines == [f"ClickHouse: {rows:,} rows of {len(said.tables) - 1} tables"]
    (title,) = store.query("SELECT title FROM webinars FINAL WHERE webinar_id = 'zoom:1'").result_rows[0]
    assert title == STRANGE


@pytest.fixture
def early(bare_config: Settings) -> Iterator[Client]:
    """A database of the release that had 21 migrations."""
    with closing(create_database(bare_config)) as client:
        apply(Nodes.alone(client), migrations()[:21])
        yield client
        client.command(f"DROP DATABASE {bare_config.clickhouse_database} SYNC")


def test_an_earlier_schema_is_brought_to_this_one(early: Client, bare_config: Settings, root: Path) -> None:
    put(early, bare_config, [*hour_long(), *stay(1, 0, 40), registration(1)])
    said = _taken(early, root)
    assert max(said.migrations) == 21
    assert "settled_letters" not in said.tables
    early.command(f"CREATE TABLE {UNFINISHED} (at DateTime) ENGINE = ReplacingMergeTree ORDER BY at")
    _tables(Nodes.alone(early), root, said, lambda _: None, lambda _: None)
    early.command(f"DROP TABLE {UNFINISHED} SYNC")
    migrate(early, bare_config)
    assert sorted(applied(early)) == [one.number for one in migrations()]
    assert early.query("SELECT count() FROM settled_letters").result_rows == [(0,)]
    assert early.query("SELECT count() FROM persons FINAL").result_rows == [(1,)]
    found = early.query("SELECT registrations, visits_30m FROM funnel(at = now64(3))").result_rows
    assert found == [(1, 1)]


def test_on_two_nodes_tables_are_made_on_each_and_rows_go_to_the_first(
    own_config: Settings, store: Client, early: Client, root: Path
) -> None:
    """As for replicas, where replication brings the rows. Here are two databases that do not replicate."""
    put(store, own_config, [*hour_long(), *stay(1, 0, 40), registration(1)])
    with closing(connect(own_config, user="writer")) as writer:
        said = _taken(writer, root)
    for client in (store, early):
        client.command(f"CREATE TABLE {UNFINISHED} (at DateTime) ENGINE = ReplacingMergeTree ORDER BY at")
    try:
        nodes = Nodes([Node("ch-1", early), Node("ch-2", store)])
        _tables(nodes, root, said, lambda _: None, lambda _: None)
        for node in nodes:
            assert sorted(applied(node.client)) == [one.number for one in migrations()], node.name
            assert node.client.command(f"EXISTS TABLE {UNFINISHED}"), "stands until all of it is there"
        held = [node.client.query("SELECT count() FROM persons FINAL").result_rows[0][0] for node in nodes]
        assert held == [1, 0]
    finally:
        store.command(f"DROP TABLE {UNFINISHED} SYNC")
        migrate(store, own_config)
