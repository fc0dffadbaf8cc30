"""Brings the database to the current schema: numbered immutable migrations once, views when they change, and rules.

`python -m clickhouse.migrate [--dry-run | --status]`. What a change costs: clickhouse/README.md.
"""

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from clickhouse import made_views
from clickhouse.buckets import RemakeError, planned, remake
from clickhouse.client import Unreachable, connect
from clickhouse.inline import Circle, in_order, inlined
from clickhouse.retention import keep
from clickhouse.settings import ClickHouseSettings, clickhouse_settings
from clickhouse.settled import unsettled
from clickhouse.sql import rendered
from clickhouse.template import TemplateError
from contract.measures import THRESHOLDS
from process.errors import ExplainedError

FOLDER = Path(__file__).parent
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)")
# A quoted text, a comment, the end of a statement, or what is between them.
_PIECE = re.compile(r"'(?:[^'\\]|\\.)*'|--[^\n]*|;|[^';-]+|[-']", re.DOTALL)

_RULES = "default_duration_ms, live_grace_ms, full_percent, matched_percent, thresholds"
UNFINISHED = "unfinished_restore"
"""A table that is there while `funnel restore` is at work, and after one that was interrupted."""
_JOURNAL = """CREATE TABLE IF NOT EXISTS schema_migrations
(
    number UInt16 COMMENT 'Number of the file in clickhouse/migrations',
    name String COMMENT 'Name of the file',
    checksum String COMMENT 'SHA-256 of the file when it was applied',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC'
)
ENGINE = ReplacingMergeTree
ORDER BY number
COMMENT 'Migrations that were applied'"""


class MigrationError(ExplainedError):
    """The migrations do not fit the database; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of clickhouse/migrations."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


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


def statements(text: str) -> Iterator[str]:
    """The statements of a file: each ends with a semicolon. Comments (`-- …`) are left out."""
    statement = ""
    for piece in _PIECE.findall(text):
        if piece != ";":
            statement += "" if piece.startswith("--") else piece
            continue
        if statement.strip():
            yield statement.strip()
        statement = ""
    if statement.strip():
        yield statement.strip()


def pending(applied: dict[int, str], files: list[Migration]) -> list[Migration]:
    """The migrations to apply. `applied`: number -> checksum. Raises MigrationError if an applied one changed."""
    known = {migration.number: migration for migration in files}
    for number, checksum in applied.items():
        if number not in known:
            raise MigrationError(
                f"migration {number:04d} was applied but its file is gone: this code is older than the database"
            )
        if known[number].checksum != checksum:
            raise MigrationError(
                f"{known[number].name}.sql was changed after it was applied: restore it and write a new migration"
            )
    return [migration for migration in files if migration.number not in applied]


def applied(client: Client) -> dict[int, str]:
    """number -> checksum of the migrations applied to the database."""
    if not client.command("EXISTS TABLE schema_migrations"):
        return {}
    rows = client.query("SELECT number, checksum FROM schema_migrations FINAL").result_rows
    return {int(number): str(checksum) for number, checksum in rows}


class Migrated(NamedTuple):
    """The names of the migrations that were applied, and whether the views were made again."""

    names: list[str]
    replaced: bool


def migrate(client: Client, config: ClickHouseSettings) -> Migrated:
    """Applies pending migrations, then all views, if these or the tables are others, and the rules, and rebuilds rows
    of other buckets.

    ClickHouse has no transactions for tables: an interrupted migration runs again from its first statement, so every
    statement has to be repeatable. Raises MigrationError.
    """
    if client.command(f"EXISTS TABLE {UNFINISHED}"):
        raise MigrationError("a restore was interrupted here, and only a part is there: run funnel restore again")
    todo = pending(applied(client), migrations())
    apply(client, todo)
    keep(client, config)
    made = _made()
    if replaced := bool(todo) or not made_views.stand(client, made):
        made_views.replace(client, made)
    write_rules(client, config)
    _define_current(client, made)
    _keep_instants(client)
    try:
        remake(client)
    except RemakeError as error:
        raise MigrationError(str(error)) from error
    return Migrated([migration.name for migration in todo], replaced)


def views_stand(client: Client) -> bool:
    """Whether the database has the views of this release."""
    return made_views.stand(client, _made())


def planned_lines(client: Client) -> list[str]:
    """What has to be made anew besides migrations and views, in lines for people."""
    return [*planned(client), *unsettled(client)]


def _made() -> list[str]:
    return inlined([statement for _, statement in views()])


def apply(client: Client, todo: Iterable[Migration]) -> None:
    """Applies these migrations and records them. Raises MigrationError."""
    client.command(_JOURNAL)
    for migration in todo:
        _apply(client, migration)
        client.insert(
            "schema_migrations",
            [[migration.number, migration.name, migration.checksum]],
            column_names=["number", "name", "checksum"],
        )


def _apply(client: Client, migration: Migration) -> None:
    for number, statement in enumerate(statements(migration.text), start=1):
        try:
            client.command(statement)
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise MigrationError(f"{migration.name}.sql failed at its statement {number}: {reason}") from error


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


def _keep_instants(client: Client) -> None:
    """Fills webinar_instants by views/webinar/instants.sql, now and on every insert into webinars.

    A row inserted at the same time may still follow the old rules: streams/jobs/settled_counts.py rebuilds it.
    """
    query = dict(views())["instants"].partition(" AS\n")[2].replace("FROM webinars FINAL", "FROM webinars")
    client.command(
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS webinar_instants_of_webinars TO webinar_instants AS {query}"
    )
    client.command(f"ALTER TABLE webinar_instants_of_webinars MODIFY QUERY {query}")
    client.command("INSERT INTO webinar_instants SELECT * FROM instants")


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
    """Creates the database if it is missing; returns a client that works in it."""
    server = connect(config.model_copy(update={"clickhouse_database": "default"}), user="migrator")
    server.command(f"CREATE DATABASE IF NOT EXISTS {config.clickhouse_database}")
    server.close()
    return connect(config, user="migrator")


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
        names, replaced = migrate(client, config)
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
    except (MigrationError, Unreachable) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
