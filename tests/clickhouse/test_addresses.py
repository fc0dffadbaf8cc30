"""FUNNEL_CLICKHOUSE_ADDRESSES, and without it host and port as ever."""

import pytest
from pydantic import ValidationError

from clickhouse.addresses import Address, addresses
from streams.known_errors import explained_settings
from streams.settings import Settings


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("", [("db", 8123)]),
        ("a:1", [("a", 1)]),
        (
            " ch-1.example.org:8123 , 10.0.0.2:8443,[::1]:9",
            [("ch-1.example.org", 8123), ("10.0.0.2", 8443), ("::1", 9)],
        ),
    ],
)
def test_addresses_take_the_place_of_host_and_port(given: str, found: list[tuple[str, int]]) -> None:
    settings = Settings(_env_file=None, clickhouse_host="db", clickhouse_addresses=given, clickhouse_cluster="main")
    assert list(addresses(settings)) == [Address(*one) for one in found]


@pytest.mark.parametrize("given", ["a", "a:", ":1", "a:b", "a:70000", "a:0", "a:1,", "::1:9", "a:1 b:2", "http://a:1/"])
def test_what_is_no_address_is_said_at_once(given: str) -> None:
    with pytest.raises(ValidationError, match="is not host:port, such as"):
        Settings(_env_file=None, clickhouse_addresses=given)


def test_several_servers_are_a_cluster_or_refused() -> None:
    with pytest.raises(ValidationError) as raised:
        Settings(_env_file=None, clickhouse_addresses="a:1,b:1")
    assert explained_settings(raised.value) == (
        "FUNNEL_CLICKHOUSE_CLUSTER: it is empty, but FUNNEL_CLICKHOUSE_ADDRESSES names several servers, of which each"
        " would have a part of the rows: set it to the name of their cluster, or leave one address"
    )
    assert Settings(_env_file=None, clickhouse_addresses="a:1").clickhouse_cluster == ""


def test_an_address_is_written_as_it_is_given() -> None:
    assert [str(one) for one in (Address("a", 1), Address("::1", 2))] == ["a:1", "[::1]:2"]
