"""Brings the database to the current schema: numbered immutable migrations once, views when they change, and rules.

`python -m clickhouse.migrate [--dry-run | --status]`. What a change costs: clickhouse/README.md.
"""

import hashlib
import re
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from clickhouse import made_views
from clickhouse.addresses import addresses
from clickhouse.buckets import RemakeError, planned, remake
from clickhouse.client import NO_DATABASE, Unreachable, cause, connect
from clickhouse.inline import Circle, in_order, inlined
from clickhouse.lasting import lasts
from clickhouse.nodes import Nodes, NodesError, every_node, reached
from clickhouse.retention import keep
from clickhouse.settings import ClickHouseSettings, clickhouse_settings, only
from clickhouse.settled import unsettled
from clickhouse.sql import rendered
from clickhouse.stages import Migration, MigrationError, agreed, applied, apply, fill, lacking, pending, statements
from clickhouse.template import TemplateError
from contract.measures import THRESHOLDS

__all__ = [
    "FOLDER",
    "UNFINISHED",
    "Migrated",
    "Migration",
    "MigrationError",
    "applied",
    "apply",
    "create_database",
    "half_migrated",
    "main",
    "migrate",
    "migrate_all",
    "migrations",
    "pending",
    "run",
    "schema",
    "statements",
    "status",
    "views",
    "write_rules",
]

FOLDER = Path(__file__).parent
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)")

_RULES = "default_duration_ms, live_grace_ms, full_percent, matched_percent, thresholds"
UNFINISHED = "unfinished_restore"
"""A table that is there while `funnel restore` is at work, and after one that was interrupted."""


def migrations(folder: Path = FOLDER / "migrations") -> list[Migration]:
    """The migrations in order. Raises MigrationError for a wrong name, a gap or a number used twice."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.stem)
        if match is None:
            raise MigrationError(f"{path.name}: a migration is named like 0001_events.sql")
        found.append(Migration(int(match[1]), path.stem, path.read_text()))
    for expected, migration in enumerate(found, start=1):
        if migration.number != expected:
            raise MigrationError(f"{migration.name}: expected number {expected:04d}; numbers have no gaps")
    return found


def views(folder: Path = FOLDER / "views") -> list[tuple[str, str]]:
    """(name, statement) of every view, each after those that it reads: <topic>/<view>.sql below the folder.

    Raises MigrationError for a file that creates anything but the one view of its name, for a view in two files (the
    later one would silently replace the earlier), for views that read each other in a cycle, and for unknown names.
    """
    files: dict[str, str] = {}
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.sql")):
        view, file = path.stem, str(path.relative_to(folder))
        made = list(statements(_filled(path.read_text(), file)))
        if path.parent == folder:
            raise MigrationError(f"{file}: a view belongs into a folder of clickhouse/views, such as funnel/{file}")
        if len(made) != 1 or not made[0].startswith(f"CREATE OR REPLACE VIEW {view} AS"):
            raise MigrationError(f"{file}: a file of views makes one view, named like the file: {view}")
        if view in found:
            raise MigrationError(f"{files[view]} and {file} both make the view {view}: rename one of them")
        files[view], found[view] = file, made[0]
    try:
        return [(name, found[name]) for name in in_order(found)]
    except Circle as error:
        raise MigrationError(str(error)) from error


def _filled(text: str, file: str) -> str:
    try:
        return rendered(text)
    except TemplateError as error:
        raise MigrationError(f"{file}: {error}") from error


class Migrated(NamedTuple):
    """The names of the migrations that were applied, whether the views were made again, and the nodes that were new."""

    names: list[str]
    replaced: bool
    filled: list[str]


def migrate(client: Client, config: ClickHouseSettings) -> Migrated:
    """Applies pending migrations, then all views, if these or the tables are others, and the rules, and rebuilds rows
    of other buckets; on a cluster on each node.

    ClickHouse has no transactions for tables: an interrupted migration runs again from its first statement, so every
    statement has to be repeatable. Raises MigrationError, NodesError, Unreachable.
    """
    with every_node(client, config) as nodes:
        return migrate_all(nodes, config)


def migrate_all(nodes: Nodes, config: ClickHouseSettings) -> Migrated:
    """`migrate` on these nodes. Raises MigrationError."""
    for node in nodes:
        if node.client.command(f"EXISTS TABLE {UNFINISHED}"):
            raise MigrationError("a restore was interrupted here, and only a part is there: run funnel restore again")
    todo, fresh = agreed({node.name: applied(node.client) for node in nodes}, migrations())
    filled = fill(nodes, fresh)
    # A new one may not have the rows yet.
    nodes = nodes.with_last(fresh)
    apply(nodes, todo)
    made, replaced = _made(), False
    for node in nodes:
        keep(node.client, config)
        # Each node has views of its own.
        if todo or not made_views.stand(node.client, made):
            made_views.replace(node.client, made)
            replaced = True
    write_rules(nodes.first, config)
    _define_current(nodes.first, made)
    _keep_instants(nodes)
    try:
        remake(nodes.first)
    except RemakeError as error:
        raise MigrationError(str(error)) from error
    return Migrated([migration.name for migration in todo], replaced, filled)


def views_stand(client: Client) -> bool:
    """Whether the database has the views of this release."""
    return made_views.stand(client, _made())


def planned_lines(client: Client) -> list[str]:
    """What has to be made anew besides migrations and views, in lines for people."""
    return [*planned(client), *unsettled(client)]


def _made() -> list[str]:
    return inlined([statement for _, statement in views()])


def write_rules(client: Client, config: ClickHouseSettings) -> None:
    """Writes the rules of the settings to where the views read them, if they changed."""
    lengths = (config.default_duration_seconds * 1000, config.live_grace_seconds * 1000)
    wanted = (*lengths, config.full_percent, config.matched_percent, THRESHOLDS)
    present = client.query(f"SELECT {_RULES} FROM rules FINAL").result_rows
    if not present or tuple(present[0]) != wanted:
        client.command(
            f"INSERT INTO rules ({_RULES}, changed_at)"
            " SELECT {duration:Int64}, {grace:Int64}, {full:UInt8}, {matched:UInt8}, {thresholds:String}, now64(3)",
            parameters=dict(zip(("duration", "grace", "full", "matched", "thresholds"), wanted, strict=True)),
        )


def _define_current(client: Client, made: list[str]) -> None:
    """Records the definition that current_webinars is made with, if it changed: its rows become due."""
    (text,) = (one for one in made if one.startswith("CREATE OR REPLACE VIEW standing_at AS"))
    wanted = hashlib.sha256(text.encode()).hexdigest()
    if client.query("SELECT hash FROM current_definition FINAL").result_rows != [(wanted,)]:
        client.insert("current_definition", [[wanted]], column_names=["hash"])


def _keep_instants(nodes: Nodes) -> None:
    """Fills webinar_instants by views/webinar/instants.sql, now and on every insert into webinars.

    A row inserted at the same time may still follow the old rules: streams/jobs/settled_counts.py rebuilds it.
    """
    query = dict(views())["instants"].partition(" AS\n")[2].replace("FROM webinars FINAL", "FROM webinars")
    for node in nodes:
        node.client.command(
            f"CREATE MATERIALIZED VIEW IF NOT EXISTS webinar_instants_of_webinars TO webinar_instants AS {query}"
        )
        node.client.command(f"ALTER TABLE webinar_instants_of_webinars MODIFY QUERY {query}")
    nodes.first.command("INSERT INTO webinar_instants SELECT * FROM instants")


def schema(client: Client) -> str:
    """Every table, and every view that writes into one, as the server describes it: clickhouse/schema.sql.

    The views for reading are in clickhouse/views as written; the server has them inlined.
    """
    rows = client.query(
        "SELECT name, formatQuery(create_table_query) FROM system.tables"
        " WHERE database = currentDatabase() AND engine != 'View' ORDER BY engine LIKE '%View', name"
    ).result_rows
    database = client.command("SELECT currentDatabase()")
    described = "\n\n".join(f"{query.replace(f'{database}.', '')};" for _, query in rows)
    return f"-- Generated from a migrated database (make schema); a test keeps it current.\n\n{described}\n"


def create_database(config: ClickHouseSettings) -> Client:
    """Creates the database where it is missing; returns a client that works in it. Raises Unreachable."""
    for place in addresses(config) if config.clickhouse_cluster else ():
        _create_database(only(config, place))
    if not config.clickhouse_cluster:
        _create_database(config)
    return connect(config, user="migrator")


def _create_database(config: ClickHouseSettings) -> None:
    with closing(connect(config, user="migrator")) as server:
        server.command(f"CREATE DATABASE IF NOT EXISTS {config.clickhouse_database}", use_database=False)


def half_migrated(config: ClickHouseSettings) -> str:
    """Which replica lacks a migration that another one has, in one line; empty: none, of those that answer.

    Raises Refused if one that answers must not be used.
    """
    done: dict[str, dict[int, str]] = {}
    for name, client in reached(config, "writer"):
        try:
            done[name] = applied(client)
        except (ClickHouseError, HTTPError, OSError) as error:
            if getattr(error, "code", None) == NO_DATABASE:
                done[name] = {}
            elif lasts(error):
                return f"ClickHouse at {name} does not say which migrations it has: {cause(error)}"
    return lacking(done, migrations())


def status(client: Client) -> list[tuple[str, bool]]:
    """(name, applied) of every migration."""
    done = applied(client)
    pending(done, migrations())
    return [(migration.name, migration.number in done) for migration in migrations()]


def run(config: ClickHouseSettings, *, dry_run: bool = False, show_status: bool = False) -> None:
    """The command: migrates and prints what it did. Raises MigrationError or Unreachable."""
    client = create_database(config)
    if show_status:
        for name, done in status(client):
            print(f"{'applied' if done else 'pending'}  {name}")
        with every_node(client, config) as nodes:
            if why := lacking({node.name: applied(node.client) for node in nodes}, migrations()):
                print(why)
    elif dry_run:
        todo = pending(applied(client), migrations())
        for migration in todo:
            print(f"-- {migration.name}\n{migration.text}")
        same = not todo and views_stand(client)
        print(f"-- then {len(views())} views, {'unchanged' if same else 'replaced in place'}, and the rules")
        for line in planned_lines(client):
            print(f"-- {line}")
    else:
        for line in planned_lines(client):
            print(line)
        names, replaced, filled = migrate(client, config)
        for name in filled:
            print(f"{name} was new: it has the tables, and gets the rows from the others")
        views_are = f"{len(views())} views {'replaced' if replaced else 'unchanged'}"
        print(f"migrated: {', '.join(names) or 'nothing pending'}; {views_are}")


def main(arguments: list[str]) -> int:
    """The entry point of `python -m clickhouse.migrate`."""
    unknown = set(arguments) - {"--dry-run", "--status"}
    if unknown:
        print(f"unknown: {' '.join(sorted(unknown))}; usage: [--dry-run | --status]", file=sys.stderr)
        return 2
    try:
        run(clickhouse_settings(), dry_run="--dry-run" in arguments, show_status="--status" in arguments)
    except (MigrationError, NodesError, Unreachable) as error:
        print(error, file=sys.stderr)
        return 1
    except ClickHouseError as error:
        print(f"ClickHouse does not migrate: {cause(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
