"""Nodes that keep to what replication does to statements about tables, and that fail where a test says.

The path of a table in Keeper holds its text, with the columns that were added since. A node that makes its table from
another text is refused, as ClickHouse does (INCOMPATIBLE_COLUMNS); names of tables are each node's own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from clickhouse.nodes import Node, Nodes


@dataclass
class Keeper:
    """What all nodes share. `calls`: (node, statement) of all that was asked to change anything."""

    tables: dict[str, str] = field(default_factory=dict)
    inserts: list[str] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    fails_at: int = -1
    """Which of these calls fails, once."""
    away: bool = False
    """Whether that is because nobody answers."""
    kills: bool = False
    """Whether the migrator ends there instead: once the call has taken effect."""
    lags: str = ""
    """A node that hears of no change."""

    def heard(self, node: str, statement: str) -> None:
        """Fails where the test wants it."""
        self.calls.append((node, statement))
        if len(self.calls) - 1 == self.fails_at and not self.kills:
            raise (
                OperationalError("Connection refused")
                if self.away
                else DatabaseError("Code: 241. DB::Exception: memory")
            )

    def done(self) -> None:
        """Raises Killed where the test wants the end."""
        if self.kills and len(self.calls) - 1 == self.fails_at:
            raise Killed


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass
class FakeClient:
    """As much of the client as clickhouse/stages.py uses."""

    name: str
    keeper: Keeper
    journal: dict[int, tuple[str, str]] | None = None
    tables: dict[str, str] = field(default_factory=dict)
    """Name -> its path in Keeper."""
    views: set[str] = field(default_factory=set)

    def command(self, statement: str) -> int:
        """Runs a statement of the tests' migrations, or asks whether a table is there."""
        if match := re.match(r"EXISTS TABLE (\w+)", statement):
            return int(self.journal is not None if match[1] == "schema_migrations" else match[1] in self.tables)
        self.keeper.heard(self.name, statement)
        if "schema_migrations" in statement:
            self.journal = self.journal or {}
        elif match := re.match(r"CREATE TABLE IF NOT EXISTS (\w+)", statement):
            self._create(match[1], statement)
        elif match := re.match(r"ALTER TABLE (\w+) ADD COLUMN IF NOT EXISTS (\w+)", statement):
            path = self.tables[match[1]]
            if f" +{match[2]}" not in self.keeper.tables[path]:
                self.keeper.tables[path] += f" +{match[2]}"
        elif match := re.match(r"RENAME TABLE IF EXISTS (\w+) TO (\w+)", statement):
            if match[1] in self.tables:
                self.tables[match[2]] = self.tables.pop(match[1])
        elif match := re.match(r"CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+)", statement):
            self.views.add(match[1])
        elif match := re.match(r"INSERT INTO (\w+)", statement):
            assert match[1] in self.tables
            self.keeper.inserts.append(match[1])
        else:
            raise AssertionError(statement)
        self.keeper.done()
        return 0

    def _create(self, name: str, statement: str) -> None:
        if name in self.tables:
            return
        assert "ReplicatedReplacingMergeTree('/clickhouse/tables/main/" in statement
        found = re.search(r"path (\w+)", statement)
        path = found[1] if found else name
        text = re.sub(r"^CREATE TABLE IF NOT EXISTS \w+", "", statement.partition(" -- path")[0])
        if self.keeper.tables.setdefault(path, text) != text:
            raise DatabaseError("Code: 122. DB::Exception: Table columns structure in ZooKeeper is different")
        self.tables[name] = path

    def query(self, statement: str) -> SimpleNamespace:
        """What the migrator asks."""
        rows: Iterable[Sequence[object]]
        if "schema_migrations" in statement:
            rows = [(number, *said) for number, said in sorted((self.journal or {}).items())]
            if "name" not in statement:
                rows = [(number, checksum) for number, _, checksum in rows]
        elif "LIKE 'Replicated%'" in statement:
            lag = " (as it was)" * (self.keeper.lags == self.name)
            rows = [(name, self.keeper.tables[path] + lag) for name, path in sorted(self.tables.items())]
        else:
            texts = [
                f"CREATE TABLE {name}{self.keeper.tables[path]} -- path {path}" for name, path in self.tables.items()
            ]
            views = [f"CREATE MATERIALIZED VIEW {view} TO t AS SELECT 1" for view in self.views]
            rows = [(text,) for text in ["CREATE TABLE schema_migrations (…)", *texts, *views]]
        return SimpleNamespace(result_rows=list(rows))

    def insert(self, table: str, rows: Sequence[Sequence[Any]], column_names: Sequence[str]) -> None:
        """A row of the journal."""
        assert (table, list(column_names)) == ("schema_migrations", ["number", "name", "checksum"])
        self.keeper.heard(self.name, f"record {rows[0][1]}")
        assert self.journal is not None
        self.journal.update({number: (name, checksum) for number, name, checksum in rows})
        self.keeper.done()


def fake_nodes(keeper: Keeper, *names: str) -> tuple[Nodes, list[FakeClient]]:
    """Nodes of the cluster main."""
    clients = [FakeClient(name, keeper) for name in names]
    return nodes_of(clients), clients


def nodes_of(clients: Sequence[FakeClient]) -> Nodes:
    """The same nodes again, as the next run finds them."""
    return Nodes([Node(one.name, cast("Client", one)) for one in clients], "main", patience=0.0)
