"""Which replicas there have to be, and which one answers where."""

import pytest

from clickhouse.addresses import Address
from clickhouse.cluster import Replica
from clickhouse.nodes import NodesError, incomplete, name_of

ONE, TWO = Replica("main", 1, "ch-1", here=False), Replica("main", 1, "ch-2", here=True)


def test_the_server_itself_says_which_replica_it_is() -> None:
    assert name_of(Address("127.0.0.1", 1), [ONE, TWO], "main") == "ch-2"
    assert name_of(Address("ch-1", 8123), [ONE, TWO._replace(here=False)], "main") == "ch-1", "else its name"
    with pytest.raises(NodesError) as raised:
        name_of(Address("db", 8123), [ONE, TWO._replace(here=False)], "main")
    assert str(raised.value) == (
        "ClickHouse at db:8123 is no replica of the cluster main (ch-1, ch-2): see remote_servers there"
    )


@pytest.mark.parametrize(
    ("macros", "said"),
    [
        ({"ch-1": "a", "ch-2": "b"}, ""),
        ({"ch-2": "b"}, "the cluster main has the replica ch-1, to which no address leads: name all replicas in"),
        ({"ch-1": "a", "ch-2": ""}, "ch-2 has no macro replica: give each server its own name there"),
        ({"ch-1": "a", "ch-2": "a"}, "ch-1 and ch-2 both have the macro replica = a: give each server its own"),
    ],
)
def test_each_replica_is_there_and_has_a_name_of_its_own(macros: dict[str, str], said: str) -> None:
    found = incomplete("main", ["ch-1", "ch-2"], macros)
    assert found.startswith(said) if said else found == ""
