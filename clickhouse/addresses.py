"""Where ClickHouse is: one server, or the replicas of a cluster. Pure."""

from typing import NamedTuple, Protocol


class Places(Protocol):
    """The settings that say it."""

    @property
    def clickhouse_addresses(self) -> str: ...
    @property
    def clickhouse_host(self) -> str: ...
    @property
    def clickhouse_port(self) -> int: ...


class Address(NamedTuple):
    """Host and HTTP port of one server."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def addresses(settings: Places) -> tuple[Address, ...]:
    """All of them, in the order of the settings: the first one that answers is used."""
    return parsed(settings.clickhouse_addresses) or (Address(settings.clickhouse_host, settings.clickhouse_port),)


def parsed(text: str) -> tuple[Address, ...]:
    """host:port[,host:port…]; an IPv6 address stands in brackets. Raises ValueError."""
    return tuple(_address(one.strip()) for one in text.split(",")) if text.strip() else ()


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if (
        not bare
        or (":" in bare and bare == host)
        or not (port.isascii() and port.isdecimal() and 0 < int(port) < 1 << 16)
    ):
        raise ValueError(f"{text!r} is not host:port, such as ch-1.example.org:8123")
    return Address(bare, int(port))
