"""Rows of a person go in an order in which an interrupted erasure can go on, and nothing of it stays behind."""

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.nodes import Nodes
from contract.forgotten import forgotten_id
from funnel.erasure.tables import COUNTING, HOLDING, counted, delete, delete_former_parts, known
from streams.settings import Settings
from tests.contract_events import hour_long, identity, registration, stay
from tests.rows import put

ANN, LINKED, WEBINAR = f"p_{'a' * 32}", f"r_{'b' * 32}", "zoom:1"
HASHES = {forgotten_id(ANN)}


class Killed(BaseException):
    """Stands for the end of the process."""


def test_what_an_interrupted_erasure_has_left_is_found(own_config: Settings, store: Client) -> None:
    link = identity(0, 0, -60, WEBINAR) | {"person_id": LINKED, "same_as": ANN}
    put(
        store,
        own_config,
        [*hour_long(WEBINAR), registration(ANN, webinar_id=WEBINAR), link, *stay(LINKED, 0, 9, WEBINAR)],
    )
    for table in COUNTING:
        store.command(f"INSERT INTO {table} (webinar_id) VALUES ('{WEBINAR}')")
    for stop in HOLDING:

        def killed(line: str, stop: str = stop) -> None:
            if line == f"deleting from {stop}":
                raise Killed

        found = known(store, HASHES)
        assert (set(found.ids), set(found.webinars)) == ({ANN, LINKED}, {WEBINAR}), stop
        with pytest.raises(Killed):
            delete(Nodes.alone(store), found.webinars[WEBINAR], list(found.webinars), killed)
    hashes = known(store, HASHES).webinars[WEBINAR]
    delete(Nodes.alone(store), hashes, [WEBINAR], lambda _: None)
    assert counted(store, hashes) == {}
    for table in COUNTING:
        assert store.query(f"SELECT count() FROM {table}").result_rows == [(0,)], table


def test_what_makes_parts_go_at_once_does_not_outlast_a_kill(store: Client) -> None:
    store.command("ALTER TABLE persons MODIFY SETTING old_parts_lifetime = 1")
    delete_former_parts(Nodes.alone(store), lambda _: None)
    assert "old_parts_lifetime" not in str(store.query("SHOW CREATE TABLE persons").result_rows)
