"""Migrations statement by statement, on one node or on each node of a cluster.

On a cluster a statement has to be through on every node before the next one begins: a node that made its table from an
earlier text than what Keeper has would be refused. So an interruption leaves all nodes at most one statement apart, and
the same migration is run again from its first statement, as on one node.
"""

import hashlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from clickhouse.client import cause
from clickhouse.engines import rendered_for, runs_once
from clickhouse.nodes import Node, Nodes
from process.errors import ExplainedError

# A quoted text, a comment, the end of a statement, or what is between them.
_PIECE = re.compile(r"'(?:[^'\\]|\\.)*'|--[^\n]*|;|[^';-]+|[-']", re.DOTALL)
JOURNAL = """CREATE TABLE IF NOT EXISTS schema_migrations
(
    number UInt16 COMMENT 'Number of the file in clickhouse/migrations',
    name String COMMENT 'Name of the file',
    checksum String COMMENT 'SHA-256 of the file when it was applied',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC'
)
ENGINE = ReplacingMergeTree
ORDER BY number
COMMENT 'Migrations that were applied'"""
_COLUMNS = ["number", "name", "checksum"]
_TABLES = """
SELECT create_table_query FROM system.tables
WHERE database = currentDatabase() AND (engine LIKE '%MergeTree' OR engine = 'MaterializedView')
ORDER BY engine = 'MaterializedView', name
"""
_DEFINED = """
SELECT name, create_table_query FROM system.tables
WHERE database = currentDatabase() AND engine LIKE 'Replicated%' ORDER BY name
"""
_AGREE_SECONDS = 60.0
_LOOK_SECONDS = 0.2


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


def agreed(applied_by: Mapping[str, Mapping[int, str]], files: list[Migration]) -> tuple[list[Migration], list[str]]:
    """What is left to apply to nodes that have this much, and the nodes that are new. Pure.

    Raises MigrationError where a node has fallen behind the others: what it lacks can be in Keeper already.
    """
    found = set().union(*applied_by.values())
    known = [one for one in files if one.number in found]
    fresh = [name for name, done in applied_by.items() if not done and len(found) > 1]
    for name, done in applied_by.items():
        try:
            pending(dict(done), files)
        except MigrationError as error:
            raise MigrationError(f"{name}: {error}" if len(applied_by) > 1 else str(error)) from error
        missing = [one for one in known if one.number not in done]
        # The last one was interrupted between two nodes: it is run again on all of them.
        if name not in fresh and missing and missing != known[-1:]:
            raise MigrationError(_fallen_behind(name, missing[0].name, applied_by, missing[0].number))
    old = [done for name, done in applied_by.items() if name not in fresh]
    return [one for one in files if not all(one.number in done for done in old)], fresh


def _fallen_behind(node: str, migration: str, applied_by: Mapping[str, Mapping[int, str]], number: int) -> str:
    """That a node lacks a migration, in one line with the way out."""
    other = next(name for name, done in applied_by.items() if number in done)
    return (
        f"the cluster is half migrated: {node} lacks {migration}, which {other} has. Take the database away on {node}"
        " (DROP DATABASE … SYNC) and run funnel migrate: it gets the tables of the others, and from them the rows"
    )


def lacking(applied_by: Mapping[str, Mapping[int, str]], files: Sequence[Migration]) -> str:
    """Which node lacks which migration that another one has, in one line; empty: all have the same. Pure."""
    found = set().union(*applied_by.values()) if applied_by else set()
    for one in files:
        for name, done in applied_by.items():
            if one.number in found and one.number not in done:
                return f"ClickHouse is half migrated, {name} lacks {one.name}: run funnel migrate"
    return ""


def apply(nodes: Nodes, todo: Iterable[Migration]) -> None:
    """Applies these migrations and records them on each node. Raises MigrationError."""
    _apply(nodes, "the table schema_migrations cannot be made", JOURNAL)
    for migration in todo:
        for number, statement in enumerate(statements(migration.text), start=1):
            _apply(nodes, f"{migration.name}.sql failed at its statement {number}", statement)
        _await_agreement(nodes, migration.name)
        for node in nodes:
            _record(nodes, node, [[migration.number, migration.name, migration.checksum]])


def _apply(nodes: Nodes, failed: str, statement: str) -> None:
    for node in nodes.first_only if runs_once(statement) else nodes:
        try:
            node.client.command(rendered_for(statement, nodes.cluster))
        except (ClickHouseError, HTTPError, OSError) as error:
            raise MigrationError(
                f"{failed}{_on(nodes, node)}: {' '.join(str(error).split())}{_again(nodes)}"
            ) from error


def _record(nodes: Nodes, node: Node, rows: Sequence[Sequence[object]]) -> None:
    try:
        node.client.insert("schema_migrations", rows, column_names=_COLUMNS)
    except (ClickHouseError, HTTPError, OSError) as error:
        said = f"what was applied cannot be recorded{_on(nodes, node)}: {cause(error)}{_again(nodes)}"
        raise MigrationError(said) from error


def _await_agreement(nodes: Nodes, name: str) -> None:
    """Waits until every replica has the tables as they are now. Raises MigrationError."""
    if not nodes.cluster:
        return
    deadline = time.monotonic() + nodes.patience(_AGREE_SECONDS)
    first, *others = nodes
    for node in others:
        while differ := _differing(first, node):
            if time.monotonic() > deadline:
                tables = ", ".join(sorted(differ)[:3])
                raise MigrationError(
                    f"{node.name} has not got {name} from {first.name} yet (other tables: {tables}): see"
                    " system.replicas and system.replication_queue there, then run funnel migrate again"
                )
            time.sleep(_LOOK_SECONDS)


def _differing(one: Node, other: Node) -> set[str]:
    there, here = (
        {str(name): str(text) for name, text in node.client.query(_DEFINED).result_rows} for node in (one, other)
    )
    return {name for name in there.keys() | here.keys() if there.get(name) != here.get(name)}


def fill(nodes: Nodes, fresh: Sequence[str]) -> list[str]:
    """Gives nodes without anything the tables of one that has all of them; ClickHouse then brings the rows.

    Not by the migrations: Keeper holds the tables as they are now. Returns their names. Raises MigrationError.
    """
    if not fresh:
        return []
    donor = next(node for node in nodes if node.name not in fresh)
    made = [str(text) for (text,) in donor.client.query(_TABLES).result_rows]
    rows = donor.client.query(f"SELECT {', '.join(_COLUMNS)} FROM schema_migrations FINAL ORDER BY number").result_rows
    for node in nodes:
        if node.name not in fresh:
            continue
        for text in made:
            statement = re.sub(r"^CREATE (TABLE|MATERIALIZED VIEW) ", r"CREATE \1 IF NOT EXISTS ", text)
            try:
                node.client.command(statement)
            except (ClickHouseError, HTTPError, OSError) as error:
                failed = f"{node.name} cannot get the tables of {donor.name}: {' '.join(str(error).split())}"
                raise MigrationError(f"{failed}{_again(nodes)}") from error
        # Last: until then it is new, and begun anew.
        _record(nodes, node, [list(row) for row in rows])
    return list(fresh)


def _on(nodes: Nodes, node: Node) -> str:
    return f" on {node.name}" if nodes.cluster else ""


def _again(nodes: Nodes) -> str:
    return ". Mend it and run funnel migrate again: it goes on there" if nodes.cluster else ""
