"""docs/design.md 5: numbered immutable migrations with checksums, views and rules each time. Against a real server."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse import migrate
from clickhouse.migrate import Migration, MigrationError, create_database, migrations, pending, statements, views
from clickhouse.nodes import Node, Nodes
from clickhouse.retention import keep
from streams.settings import Settings
from tests.servers.clickhouse import Server

ONE = Migration(1, "0001_one", "CREATE TABLE one (k Int8) ORDER BY k;")
TWO = Migration(2, "0002_two", "CREATE TABLE two (k Int8) ORDER BY k;")


def folder_of(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.sql").parent.mkdir(exist_ok=True)
        (folder / f"{name}.sql").write_text(text)
    return folder


@pytest.fixture
def empty(clickhouse_server: Server) -> Iterator[tuple[Client, Settings]]:
    """A database of this test's own, with nothing in it."""
    config = clickhouse_server.settings().model_copy(update={"clickhouse_database": f"m{uuid4().hex}"})
    client = create_database(config)
    yield client, config
    client.command(f"DROP DATABASE {config.clickhouse_database}")
    client.close()


def tables(client: Client) -> set[str]:
    return {
        name
        for (name,) in client.query("SELECT name FROM system.tables WHERE database = currentDatabase()").result_rows
    }


def rules(client: Client) -> list[tuple[int, ...]]:
    columns = "default_duration_ms, live_grace_ms, full_percent"
    return [tuple(row) for row in client.query(f"SELECT {columns} FROM rules FINAL").result_rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n-- nothing;\n;\n", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;\nSELECT 2;\n", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("-- A comment that ends in;\nSELECT\n1; -- and;\n-- more;\n", ["SELECT\n1"]),
        ("SELECT\n    1, -- the first;\n    2\n;", ["SELECT\n    1, \n    2"]),
        ("SELECT 'a;\n-- b', 'it''s;' ;", ["SELECT 'a;\n-- b', 'it''s;'"]),
        (r"SELECT 'a\';', 1;SELECT 2", [r"SELECT 'a\';', 1", "SELECT 2"]),
        ("SELECT 1 - 2, 3 -- minus;\n", ["SELECT 1 - 2, 3"]),
    ],
)
def test_statements_end_with_a_semicolon_but_not_with_one_in_a_comment_or_a_text(
    text: str, expected: list[str]
) -> None:
    assert list(statements(text)) == expected


def test_the_committed_files_are_numbered_without_gaps_and_hold_statements() -> None:
    found = migrations()
    assert [migration.number for migration in found] == list(range(1, len(found) + 1))
    assert all(list(statements(migration.text)) for migration in found)
    assert all(statement.startswith("CREATE OR REPLACE VIEW") for _, statement in views())


def view(name: str, query: str = "SELECT 1") -> str:
    return f"CREATE OR REPLACE VIEW {name} AS\n{query};"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"funnel/one_at": view("one_at"), "person/one_at": view("one_at")},
            "funnel/one_at.sql and person/one_at.sql both make the view one_at: rename one of them",
        ),
        (
            {"funnel/two_at": view("one_at")},
            "funnel/two_at.sql: a file of views makes one view, named like the file: two_at",
        ),
        ({"funnel/one_at": view("one_at") * 2}, "funnel/one_at.sql: a file of views makes one view"),
        ({"funnel/one_at": "-- Nothing.\n"}, "funnel/one_at.sql: a file of views makes one view"),
        (
            {"one_at": view("one_at")},
            "one_at.sql: a view belongs into a folder of clickhouse/views, such as funnel/one_at.sql",
        ),
        (
            {"a/one": view("one", "SELECT * FROM two"), "b/two": view("two", "SELECT 1 FROM one")},
            "views read each other in a circle: one reads two reads one",
        ),
        ({"a/one": view("one", "SELECT * FROM one")}, "views read each other in a circle: one reads one"),
    ],
)
def test_a_view_has_one_file_and_its_name_and_an_order(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(MigrationError, match=re.escape(message)):
        views(folder_of(tmp_path, **files))


def test_a_view_is_made_after_those_that_it_reads_whatever_their_files_are_called(tmp_path: Path) -> None:
    files = {
        "a/first": view("first", "SELECT * FROM second INNER JOIN third ON true"),
        "b/second": view("second", "SELECT * FROM third"),
        "c/third": view("third"),
    }
    assert [name for name, _ in views(folder_of(tmp_path, **files))] == ["third", "second", "first"]


def test_migrations_are_read_in_order(tmp_path: Path) -> None:
    folder_of(tmp_path, **{"0002_two": "b", "0001_one": "a"})
    assert [(one.number, one.name, one.text) for one in migrations(tmp_path)] == [
        (1, "0001_one", "a"),
        (2, "0002_two", "b"),
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["0001_one", "0003_three"], "0003_three: expected number 0002"),
        (["0002_two"], "0002_two: expected number 0001"),
        (["0001_one", "0001_uno"], "0001_uno: expected number 0002"),
        (["1_one"], "1_one.sql: a migration is named like"),
        (["0001-one"], "0001-one.sql: a migration is named like"),
    ],
)
def test_a_gap_a_number_used_twice_or_a_wrong_name_is_refused(tmp_path: Path, names: list[str], message: str) -> None:
    folder_of(tmp_path, **dict.fromkeys(names, "SELECT 1"))
    with pytest.raises(MigrationError, match=message):
        migrations(tmp_path)


def test_what_is_not_applied_is_pending() -> None:
    assert pending({}, [ONE, TWO]) == [ONE, TWO]
    assert pending({1: ONE.checksum}, [ONE, TWO]) == [TWO]
    assert pending({1: ONE.checksum, 2: TWO.checksum}, [ONE, TWO]) == []


def test_a_changed_migration_is_refused() -> None:
    changed = Migration(1, ONE.name, ONE.text + " ")
    with pytest.raises(MigrationError, match=r"0001_one.sql was changed after it was applied: restore it"):
        pending({1: ONE.checksum}, [changed, TWO])


def test_a_database_newer_than_the_code_is_refused() -> None:
    with pytest.raises(MigrationError, match="migration 0002 was applied but its file is gone"):
        pending({1: ONE.checksum, 2: TWO.checksum}, [ONE])


def test_an_interrupted_migration_runs_again_from_its_first_statement(empty: tuple[Client, Settings]) -> None:
    client, config = empty
    for migration in migrations():
        for statement in 2 * list(statements(migration.text)):
            client.command(statement)
    keep(client, config)
    whole = (migrate.FOLDER / "schema.sql").read_text().split("\n\n")
    missing = {one.strip() for one in whole} - {one.strip() for one in migrate.schema(client).split("\n\n")}
    # What is made with the views, and the journal.
    assert {one.partition("\n")[0].split()[2] for one in missing} <= {"VIEW", "schema_migrations"}


def test_views_are_replaced_if_one_of_them_is_another_and_only_then(store: Client, own_config: Settings) -> None:
    asked = "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name = 'webinar_list'"
    store.command("CREATE OR REPLACE VIEW webinar_list AS SELECT 1 AS stale")
    assert "stale" in str(store.command(asked))
    assert migrate.migrate(store, own_config) == ([], True, [])
    assert "stale" not in str(store.command(asked))
    assert migrate.migrate(store, own_config) == ([], False, [])


def test_a_dry_run_and_the_status_change_nothing_and_the_second_time_nothing_is_pending(
    empty: tuple[Client, Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    client, config = empty
    names = [migration.name for migration in migrations()]
    migrate.run(config, dry_run=True)
    printed = capsys.readouterr().out
    assert all(f"-- {name}" in printed for name in names)
    assert f"{len(views())} views" in printed
    assert tables(client) == set()
    migrate.run(config, show_status=True)
    assert capsys.readouterr().out.splitlines() == [f"pending  {name}" for name in names]
    assert tables(client) == set()
    migrate.run(config)
    assert capsys.readouterr().out == f"migrated: {', '.join(names)}; {len(views())} views replaced\n"
    made = tables(client)
    assert {"events", "persons", "webinars", "funnel", "rules"} <= made
    migrate.run(config, show_status=True)
    assert capsys.readouterr().out.splitlines() == [f"applied  {name}" for name in names]
    migrate.run(config, dry_run=True)
    assert capsys.readouterr().out == f"-- then {len(views())} views, unchanged, and the rules\n"
    migrate.run(config)
    assert capsys.readouterr().out == f"migrated: nothing pending; {len(views())} views unchanged\n"
    assert tables(client) == made
    assert client.query("SELECT count() FROM schema_migrations").result_rows == [(len(names),)]


def test_rules_are_rewritten_when_the_settings_change_and_only_then(store: Client, own_config: Settings) -> None:
    client, config = store, own_config
    assert rules(client) == [(3_600_000, 21_600_000, 90)]
    written = client.query("SELECT changed_at FROM rules FINAL").result_rows
    migrate.migrate(client, config)
    assert client.query("SELECT changed_at FROM rules FINAL").result_rows == written
    other = {"default_duration_seconds": 5400, "live_grace_seconds": 0, "full_percent": 80}
    migrate.migrate(client, config.model_copy(update=other))
    assert rules(client) == [(5_400_000, 0, 80)]


def test_webinars_follow_changed_rules_at_once_the_past_ones_too(store: Client, own_config: Settings) -> None:
    client, config = store, own_config
    client.command(
        "INSERT INTO webinars (webinar_id, version, status, starts_at, duration_ms, started_at, ended_at, tells)"
        " VALUES ('zoom:1', 1, 'scheduled', 60000, -1, 9999999999999, 9999999999999, [])"
    )
    ends = "SELECT end_at FROM webinar_instants FINAL"
    assert client.query(ends).result_rows == [(60000 + 1000 * config.default_duration_seconds,)]
    migrate.migrate(client, config.model_copy(update={"default_duration_seconds": 60}))
    assert client.query(ends).result_rows == [(120000,)]


def test_an_edited_file_is_reported_in_one_line(
    empty: tuple[Client, Settings], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client, config = empty
    migrate.apply(Nodes.alone(client), migrations()[:1])
    client.command("INSERT INTO schema_migrations (number, name, checksum) VALUES (1, '0001_events', 'other')")
    monkeypatch.setattr(migrate, "clickhouse_settings", lambda: config)
    assert migrate.main([]) == 1
    assert capsys.readouterr().err == (
        "0001_events.sql was changed after it was applied: restore it and write a new migration\n"
    )


def test_a_failing_migration_is_reported_in_one_line_and_tried_again(
    empty: tuple[Client, Settings], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client, config = empty
    broken = Migration(2, "0002_broken", "CREATE TABLE two (k NoSuchType) ORDER BY k;")
    monkeypatch.setattr(migrate, "migrations", lambda: [ONE, broken])
    monkeypatch.setattr(migrate, "clickhouse_settings", lambda: config)
    assert migrate.main([]) == 1
    said = capsys.readouterr().err
    assert said.startswith("0002_broken.sql failed")
    assert "NoSuchType" in said
    assert said.count("\n") == 1
    assert migrate.applied(client) == {1: ONE.checksum}
    monkeypatch.setattr(migrate, "migrations", lambda: [ONE, TWO])
    assert [migration.name for migration in pending(migrate.applied(client), [ONE, TWO])] == ["0002_two"]


def test_an_unknown_option_is_refused_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate.main(["--dryrun"]) == 2
    assert capsys.readouterr().err == "unknown: --dryrun; usage: [--dry-run | --status]\n"


def test_a_server_that_is_not_there_is_one_line(
    config: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(migrate, "clickhouse_settings", lambda: config.model_copy(update={"clickhouse_port": 1}))
    assert migrate.main(["--status"]) == 1
    assert re.fullmatch(r"ClickHouse does not answer at [^\n]+; start it with `funnel up`\n", capsys.readouterr().err)


@pytest.fixture
def both(clickhouse_server: Server) -> Iterator[tuple[Nodes, Settings]]:
    """Two databases stand for two nodes; what replication does to rows is not to be had here."""
    configs = [
        clickhouse_server.settings().model_copy(update={"clickhouse_database": f"m{uuid4().hex}"}) for _ in range(2)
    ]
    clients = [create_database(config) for config in configs]
    try:
        yield Nodes([Node("a", clients[0]), Node("b", clients[1])]), configs[0]
    finally:
        for client, config in zip(clients, configs, strict=True):
            client.command(f"DROP DATABASE {config.clickhouse_database}")
            client.close()


def test_each_of_several_nodes_gets_everything_and_rows_are_written_once(
    both: tuple[Nodes, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes, config = both
    names, replaced, filled = migrate.migrate_all(nodes, config)
    assert (len(names), replaced, filled) == (len(migrations()), True, [])
    first, second = (node.client for node in nodes)
    assert migrate.schema(first) == migrate.schema(second)
    assert tables(first) == tables(second)
    assert [rules(client) != [] for client in (first, second)] == [True, False], "on the first, then replicated"
    second.command("DROP VIEW webinar_list")
    assert migrate.migrate_all(nodes, config) == ([], True, [])
    assert migrate.migrate_all(nodes, config) == ([], False, [])
    assert "webinar_list" in tables(second)

    # Killed within each step after the migrations: the next run does what is left.
    whole = [migrate.schema(client) for client in (first, second)]
    for step in ("keep", "write_rules", "_define_current", "_keep_instants"):
        for client in (first, second):
            client.command("DROP VIEW webinar_instants_of_webinars")
            client.command("ALTER TABLE event_minutes MODIFY TTL minute + toIntervalDay(7)")
        second.command("DROP VIEW webinar_list")
        for table in ("rules", "current_definition"):
            first.command(f"TRUNCATE TABLE {table}")
        with monkeypatch.context() as patch:
            patch.setattr(migrate, step, killed_after(getattr(migrate, step)))
            with pytest.raises(Killed):
                migrate.migrate_all(nodes, config)
        migrate.migrate_all(nodes, config)
        assert [migrate.schema(client) for client in (first, second)] == whole, step
        assert "webinar_list" in tables(second), step
        assert [len(rules(first)), first.command("SELECT count() FROM current_definition")] == [1, 1], step


class Killed(BaseException):
    """Stands for the end of the process."""


def killed_after(step: Callable[..., None]) -> Callable[..., None]:
    def ends(*arguments: Any) -> None:
        step(*arguments)
        raise Killed

    return ends
