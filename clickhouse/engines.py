"""What a statement is on a cluster: the engine of its table, and whether each node needs it. Pure.

Migrations name the engines of one node. With a cluster every table gets the replicated one, when the statement is
rendered: so there is one schema, and one node has it as it is written (docs/decisions/0044-replicated-clickhouse.md).
"""

import re

PER_NODE = frozenset({"schema_migrations", "unfinished_restore"})
"""Tables that say what a node itself has: they are not replicated."""

_TABLE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(?:`?\w+`?\.)?`?(\w+)`?")
# A quoted text, which is left alone, or an engine with its arguments.
_ENGINE = re.compile(r"'(?:[^'\\]|\\.|'')*'|\bENGINE = (\w*MergeTree)\b(?:\(([^()]*)\))?")
_ONCE = re.compile(
    r"(?:INSERT|TRUNCATE|OPTIMIZE|DELETE)\b"
    r"|ALTER TABLE \S+\s+(?:UPDATE|DELETE|MATERIALIZE|DROP PARTITION|DROP PART|DETACH|ATTACH)\b"
)


class NoEngineError(ValueError):
    """A statement makes a table without one of the engines that have a replicated form."""


def rendered_for(statement: str, cluster: str) -> str:
    """The statement as the nodes of this cluster get it; as it is without a cluster. Raises NoEngineError.

    The path in Keeper has the name of the cluster, so that two of them may share a Keeper. ClickHouse fills in database
    and table when the table is made, and each node its own name, from its macro `replica`.
    """
    table = _TABLE.match(statement)
    if not cluster or table is None or table[1] in PER_NODE:
        return statement
    found = 0

    def replicated(match: re.Match[str]) -> str:
        nonlocal found
        engine, arguments = match[1], match[2]
        if engine is None:
            return match[0]
        found += 1
        if engine.startswith("Replicated"):
            return match[0]
        path = f"'/clickhouse/tables/{cluster}/{{database}}/{{table}}', '{{replica}}'"
        return f"ENGINE = Replicated{engine}({path}{f', {arguments}' if arguments else ''})"

    made = _ENGINE.sub(replicated, statement)
    if found != 1:
        raise NoEngineError(f"{table[1]} has no ENGINE = …MergeTree, which every table of a cluster needs")
    return made


def runs_once(statement: str) -> bool:
    """Whether replication takes its effect to the other nodes: rows, and changes of rows.

    All else runs on each node. A change of columns is replicated as well, but comments, settings, names of tables and
    views are not, and all of these statements may be repeated (clickhouse/migrate.py).
    """
    return _ONCE.match(statement) is not None
