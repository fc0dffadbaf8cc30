"""Only who asks at this machine itself is shown more than whether the server is well."""

import pytest

from connectors.webhooks.operator import is_operator


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.2", "::1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8090", "localhost:8090", "localhost", "[::1]:8090", "LOCALHOST"])
def test_who_asks_at_this_machine_is_its_operator(peer: str, host: str) -> None:
    assert is_operator(peer, {"host": host, "user-agent": "curl"}, "1.1")


@pytest.mark.parametrize("peer", ["10.0.0.1", "172.17.0.1", "8.8.8.8", "", "unix", "fe80::1"])
def test_who_asks_from_elsewhere_is_a_stranger(peer: str) -> None:
    assert not is_operator(peer, {"host": "127.0.0.1"}, "1.1")


@pytest.mark.parametrize("host", ["", "example.com", "127.0.0.1.example.com", "localhost.example.com", "[::2]", "["])
def test_who_asks_for_another_host_is_a_stranger(host: str) -> None:
    assert not is_operator("127.0.0.1", {"host": host}, "1.1")
    assert not is_operator("127.0.0.1", {}, "1.1")


@pytest.mark.parametrize(
    "name",
    ["x-forwarded-for", "x-forwarded-proto", "forwarded", "via", "cf-ray", "cf-connecting-ip", "x-real-ip", "cdn-loop"],
)
def test_what_was_handed_on_comes_from_a_stranger(name: str) -> None:
    assert not is_operator("127.0.0.1", {"host": "127.0.0.1", name: ""}, "1.1")


def test_what_speaks_the_old_http_was_handed_on() -> None:
    assert not is_operator("127.0.0.1", {"host": "127.0.0.1"}, "1.0")
