"""A database with the series of world.py, and today's webinar with a new weak source in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from clickhouse_connect.driver.client import Client

from contract.instants import DAY, HOUR, format_instant
from streams.settings import Settings
from tests.alerts import world
from tests.contract_events import Event
from tests.rows import put
from tests.servers.clickhouse import Server
from tests.servers.databases import lent_database


@dataclass
class Database:
    """One database and a client that may write."""

    config: Settings
    client: Client


@pytest.fixture(scope="session")
def dropped(clickhouse_server: Server) -> Iterator[Database]:
    """Today's webinar has a new weak source."""
    yield from _database(clickhouse_server, [*world.past(), *world.today(extra=world.weak_source())])


@pytest.fixture(scope="session")
def quiet(clickhouse_server: Server) -> Iterator[Database]:
    """Today's webinar is as usual; one of tomorrow is planned, with hardly any registration."""
    tomorrow = world.T0 + DAY
    planned = [
        world.webinar("zoom:tomorrow", tomorrow),
        *world.crowd("zoom:tomorrow", tomorrow, "vk", 3, 0, first=200_000),
    ]
    yield from _database(clickhouse_server, [*world.past(), *world.today(), *planned])


@pytest.fixture(scope="session")
def empty_room(clickhouse_server: Server) -> Iterator[Database]:
    """Today's webinar was started by its host, and nobody came. It is over after an hour."""
    begin = format_instant(world.T0)
    events = [
        world.webinar(world.TODAY, world.T0, started_at=begin),
        # Its service is heard of: the host is there.
        {**world.webinar(world.TODAY, world.T0 + HOUR, started_at=begin), "starts_at": begin},
        *world.crowd(world.TODAY, world.T0, "vk", 60, 0, first=1),
    ]
    yield from _database(clickhouse_server, events)


@contextmanager
def made(server: Server, events: list[Event]) -> Iterator[Database]:
    """A database with these events."""
    yield from _database(server, events)


def _database(server: Server, events: list[Event]) -> Iterator[Database]:
    with lent_database(server) as (config, client):
        put(client, config, events)
        yield Database(config, client)
