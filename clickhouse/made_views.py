"""Replaces the views only where that changes something: 95 of them cost more than the rest of a `funnel up`.

The last view's comment says from which statements all of them were made, and what the database was like just then. A
view that was dropped or replaced has no or another UUID, a table that was altered another definition: all views are
made again, in order, as after an interruption, an upgrade, a downgrade or another version of ClickHouse.
"""

import hashlib
import json
from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

# ClickHouse keeps a view's columns as they were when it was made: also what it reads has to be the same. A materialized
# view is not read, and its query is set each time.
_STATE = """
SELECT hex(sipHash128(groupArray((name, uuid, if(engine = 'View', '', create_table_query)))))
FROM (
    SELECT name, uuid, engine, create_table_query FROM system.tables
    WHERE database = currentDatabase() AND engine != 'MaterializedView' ORDER BY name
)
"""
_COMMENT = "SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = {name:String}"


def stand(client: Client, made: Sequence[str]) -> bool:
    """Whether the database has the views of these statements, as they were made from them."""
    kept = client.query(_COMMENT, {"name": _name(made[-1])}).result_rows
    return kept == [(_said(client, made),)]


def replace(client: Client, made: Sequence[str]) -> None:
    """Makes the views, in this order: each statement is CREATE OR REPLACE VIEW name AS …"""
    for statement in made:
        client.command(statement)
    client.command(f"ALTER TABLE {_name(made[-1])} MODIFY COMMENT '{_said(client, made)}'")


def _said(client: Client, made: Sequence[str]) -> str:
    statements = hashlib.sha256(json.dumps([client.server_version, *made]).encode()).hexdigest()
    return f"Made from {statements}, in {client.command(_STATE)}"


def _name(statement: str) -> str:
    return statement.split()[4]
