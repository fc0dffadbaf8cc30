"""Databases that have the schema, lent to one test or fixture after the other: to make one takes two seconds."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.client import Client

from clickhouse.migrate import create_database, migrate, write_rules
from streams.settings import Settings
from tests.servers.clickhouse import Server

_free: dict[Server, list[tuple[Settings, Client]]] = defaultdict(list)
_made: dict[Server, int] = defaultdict(int)


@contextmanager
def lent_database(server: Server) -> Iterator[tuple[Settings, Client]]:
    """Settings that lead to a database with the schema and no rows, and a client that may write in it.

    Whoever borrows it changes no table and no view. After an error nobody gets it again.
    """
    lent = _free[server].pop() if _free[server] else _new(server)
    config, client = lent
    empty(client, config)
    yield lent
    _free[server].append(lent)


MADE_BY_MIGRATE = {"rules", "schema_migrations", "current_definition"}
"""Tables that `funnel migrate` fills: without them a database is not migrated."""


def empty(client: Client, config: Settings) -> None:
    """Leaves the schema and the rules of the settings."""
    filled = client.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND total_rows > 0"
    ).result_rows
    for (table,) in filled:
        if table in MADE_BY_MIGRATE:
            continue
        client.command(f"TRUNCATE TABLE {table} SYNC")
    write_rules(client, config)


def _new(server: Server) -> tuple[Settings, Client]:
    _made[server] += 1
    config = server.settings().model_copy(update={"clickhouse_database": f"lent_{_made[server]}"})
    client = create_database(config)
    migrate(client, config)
    return config, client
