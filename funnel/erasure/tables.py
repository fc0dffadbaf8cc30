"""What ClickHouse holds of persons, and its deletion from the disk. No statement names a person: files keep them."""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from clickhouse.nodes import Node, Nodes
from contract.forgotten import forgotten_id, forgotten_sql
from contract.topics import IDENTITIES
from process.errors import ExplainedError

_PERSON = forgotten_sql("person_id")
_SAME_AS = forgotten_sql("same_as")
_OF_EVENT = tuple(forgotten_sql(f"JSONExtractString(event, '{name}')") for name in ("person_id", "same_as"))

HOLDING = {
    "person_registrations": f"{_PERSON} IN {{}}",
    "persons": f"{_PERSON} IN {{}} OR {_SAME_AS} IN {{}}",
    "events": " OR ".join(f"{of} IN {{}}" for of in _OF_EVENT),
}
"""The tables that hold persons -> which rows are theirs. In the order of their deletion."""
COUNTING = ("funnel_snapshots", "judgements", "current_people")
"""Tables whose rows of a webinar count persons, and are not made anew when one is forgotten."""
_HOSTS = f"{forgotten_sql('host')} IN {{}}"
_LIFETIME = "old_parts_lifetime"
_PARTS_SECONDS = 900.0
_LOOK_SECONDS = 0.5
_UNFINISHED = """
SELECT table, max(latest_fail_reason) FROM system.mutations
WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND NOT is_done AND NOT is_killed
GROUP BY table ORDER BY table
"""


class PartsError(ExplainedError):
    """ClickHouse keeps files with deleted rows."""


class Known(NamedTuple):
    """Where persons are known."""

    ids: frozenset[str]
    """Theirs, and those of linked registrants."""
    webinars: Mapping[str, set[str]]
    """webinar_id -> the forgotten ids (contract/forgotten.py) of those in it."""


def known(client: Client, hashes: Collection[str]) -> Known:
    """All ids that belong to these, by every link that was ever said, and their webinars."""
    wanted, ids, webinars = set(hashes), set[str](), defaultdict[str, set[str]](set)
    looked: set[str] = set()
    while new := wanted - looked:
        looked |= new
        for webinar_id, person_id in _rows(client, new):
            ids.add(person_id)
            wanted.add(forgotten_id(person_id))
            webinars[webinar_id].add(forgotten_id(person_id))
    return Known(frozenset(ids), webinars)


def _rows(client: Client, hashes: Collection[str]) -> list[tuple[str, str]]:
    listed = _listed(hashes)
    in_persons, in_events = (HOLDING[table].format(listed, listed) for table in ("persons", "events"))
    found = client.query(
        f"SELECT DISTINCT webinar_id, person_id FROM persons WHERE {in_persons} "
        "UNION DISTINCT SELECT DISTINCT webinar_id, JSONExtractString(event, 'person_id') FROM events "
        f"WHERE topic = '{IDENTITIES.name}' AND ({in_events})"
    )
    return [(webinar_id, person_id) for webinar_id, person_id in found.result_rows if person_id]


def counted(client: Client, hashes: Collection[str]) -> dict[str, int]:
    """Table -> how many rows hold these persons; tables without any are left out. Former versions of rows count."""
    listed = _listed(hashes)
    found = {}
    for table, condition in HOLDING.items():
        where = condition.format(*[listed] * condition.count("{}"))
        if rows := int(client.query(f"SELECT count() FROM {table} WHERE {where}").result_rows[0][0]):
            found[table] = rows
    return found


def hosting(client: Client, hashes: Collection[str]) -> list[str]:
    """The webinars that name one of them as their host, which is not erased."""
    where = _HOSTS.format(_listed(hashes))
    return [
        one for (one,) in client.query(f"SELECT webinar_id FROM webinars FINAL WHERE {where} ORDER BY 1").result_rows
    ]


def delete(nodes: Nodes, hashes: Collection[str], webinars: Collection[str], progress: Callable[[str], None]) -> None:
    """Deletes their rows on every replica, also from the files. `nodes`: with the migrator's clients.

    Raises PartsError and ClickHouse's errors, also where a replica is away.
    What tells where the person is known goes last, the raw log with its links at the very end: an erasure that is
    interrupted finds from it what is left.
    """
    client = nodes.first
    listed = _listed(hashes)
    conditions = dict.fromkeys(COUNTING, f"webinar_id IN {_listed(webinars)}") if webinars else {}
    conditions |= {table: one.format(*[listed] * one.count("{}")) for table, one in HOLDING.items()}
    for table, where in conditions.items():
        progress(f"deleting from {table}")
        if _anywhere(nodes, f"SELECT count() FROM {table} WHERE {where}"):
            client.command(f"ALTER TABLE {table} DELETE WHERE {where}", settings={"mutations_sync": 2})
    delete_former_parts(nodes, progress)


def _anywhere(nodes: Nodes, counted_rows: str) -> bool:
    """Whether a replica has such rows: one that was away has not deleted them yet."""
    return any(node.client.query(counted_rows).result_rows[0][0] for node in nodes)


def forgotten_since(client: Client, hashes: Collection[str]) -> str | None:
    """When the first of them was forgotten before, UTC; None: none was."""
    found = client.query(
        "SELECT toString(min(forgotten_at)) FROM forgotten WHERE forgotten_id IN {hashes:Array(String)} "
        "HAVING count() > 0",
        parameters={"hashes": sorted(hashes)},
    ).result_rows
    return found[0][0] if found else None


def delete_former_parts(nodes: Nodes, progress: Callable[[str], None]) -> None:
    """A mutation writes new parts; ClickHouse deletes the former ones after eight minutes, or now, each node its own.

    Raises PartsError.
    """
    for node in nodes:
        deadline = time.monotonic() + _PARTS_SECONDS
        _await_mutations(node, deadline, progress)
        _delete_former_parts(node.client, deadline, progress)


def _await_mutations(node: Node, deadline: float, progress: Callable[[str], None]) -> None:
    """Of an earlier run that was interrupted, or that a replica was away from. Raises PartsError."""
    where = f" on {node.name}" if node.name else ""
    while left := node.client.query(_UNFINISHED, {"tables": [*COUNTING, *HOLDING]}).result_rows:
        if time.monotonic() > deadline:
            why = next((f" ({said})" for _, said in left if said), "")
            tables = ", ".join(table for table, _ in left)
            raise PartsError(f"ClickHouse has not deleted from {tables}{where} yet{why}: run it again")
        progress(f"waiting until ClickHouse has deleted from {len(left)} tables{where}")
        time.sleep(_LOOK_SECONDS)


def _delete_former_parts(client: Client, deadline: float, progress: Callable[[str], None]) -> None:
    former = _inactive(client)
    try:
        for table in sorted({table for table, _ in former}):
            client.command(f"ALTER TABLE {table} MODIFY SETTING {_LIFETIME} = 1")
        while left := former & _inactive(client):
            if time.monotonic() > deadline:
                raise PartsError(f"ClickHouse still keeps {len(left)} files with deleted rows: run it again")
            progress(f"waiting until ClickHouse has deleted {len(left)} former files")
            for table in sorted({table for table, _ in left}):
                # Dropping what is not there makes the server look for files to delete.
                client.command(f"ALTER TABLE {table} DROP PARTITION ID 'none'")
            time.sleep(_LOOK_SECONDS)
    finally:
        # Also after an erasure that was killed meanwhile.
        for (table,) in client.query(
            "SELECT name FROM system.tables WHERE database = currentDatabase() "
            f"AND create_table_query LIKE '%{_LIFETIME}%'"
        ).result_rows:
            client.command(f"ALTER TABLE {table} RESET SETTING {_LIFETIME}")


def _inactive(client: Client) -> set[tuple[str, str]]:
    """(table, name) of the parts that wait for their deletion."""
    found = client.query(
        "SELECT table, name FROM system.parts WHERE database = currentDatabase() AND table IN {tables:Array(String)} "
        "AND NOT active",
        parameters={"tables": [*COUNTING, *HOLDING]},
    )
    return {(table, name) for table, name in found.result_rows}


def _listed(texts: Collection[str]) -> str:
    quoted = ("'" + one.replace("\\", "\\\\").replace("'", "\\'") + "'" for one in sorted(texts))
    return f"({', '.join(quoted)})"
