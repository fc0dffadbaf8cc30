"""The nodes that a statement has to reach: the one that we talk to, or every replica of a cluster."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

from clickhouse.addresses import Address, addresses
from clickhouse.client import Refused, Unreachable, User, connect
from clickhouse.cluster import Replica, members
from clickhouse.settings import ClickHouseSettings, only
from process.errors import ExplainedError

_MEMBERS = "SELECT cluster, shard_num, host_name, is_local FROM system.clusters ORDER BY replica_num"
_MACRO = "SELECT substitution FROM system.macros WHERE macro = 'replica'"


class NodesError(ExplainedError):
    """The replicas of a cluster cannot all be reached, or are not told apart; one line with the way out."""


@dataclass(frozen=True, slots=True)
class Node:
    """One server, and a client that asks no other one."""

    name: str
    """As in remote_servers; empty without a cluster."""
    client: Client


class Nodes:
    """All of them, in order. Without a cluster there is one."""

    def __init__(self, nodes: Sequence[Node], cluster: str = "", patience: float | None = None) -> None:
        """`patience`: seconds to wait for replicas, instead of what is usual."""
        self._nodes = tuple(nodes)
        self._patience = patience
        self.cluster = cluster

    @classmethod
    def alone(cls, client: Client) -> "Nodes":
        """The one node of an installation without a cluster."""
        return cls([Node("", client)])

    def __iter__(self) -> Iterator[Node]:
        return iter(self._nodes)

    @property
    def first(self) -> Client:
        """Where rows are written: replication takes them to the others."""
        return self._nodes[0].client

    @property
    def first_only(self) -> tuple[Node, ...]:
        """The same as nodes to go through."""
        return self._nodes[:1]

    def with_last(self, names: Sequence[str]) -> "Nodes":
        """The same with these at the end, so that none of them is the first."""
        return Nodes(sorted(self._nodes, key=lambda node: node.name in names), self.cluster, self._patience)

    def patience(self, usual: float) -> float:
        """Seconds to wait for replicas."""
        return usual if self._patience is None else self._patience


@contextmanager
def every_node(client: Client, config: ClickHouseSettings) -> Iterator[Nodes]:
    """The node of this client; with a cluster clients of the migrator for each replica.

    Raises NodesError, Unreachable.
    """
    if not config.clickhouse_cluster:
        yield Nodes.alone(client)
        return
    with ExitStack() as opened:
        yield Nodes(_all(config, opened), config.clickhouse_cluster)


def reached(config: ClickHouseSettings, user: User) -> Iterator[tuple[str, Client]]:
    """(address, client) of each server that answers. A replica that is away does not hold up those who only ask.

    Raises Refused if one that answers must not be used.
    """
    for place in addresses(config):
        try:
            client = connect(only(config, place), user=user)
        except Refused:
            raise
        except Unreachable:
            continue
        with closing(client):
            yield str(place), client


def _all(config: ClickHouseSettings, opened: ExitStack) -> list[Node]:
    cluster, found, macros = config.clickhouse_cluster, dict[str, Node](), dict[str, str]()
    hosts: list[str] = []
    for place in addresses(config):
        try:
            client = opened.enter_context(closing(connect(only(config, place), user="migrator")))
        except Unreachable as error:
            raise NodesError(f"every replica has to be there for a change of tables: {error}") from error
        replicas = [Replica(str(a), int(b), str(c), bool(d)) for a, b, c, d in client.query(_MEMBERS).result_rows]
        hosts = hosts or [one.host for one in members(replicas, cluster)]
        name = name_of(place, members(replicas, cluster), cluster)
        macro = client.query(_MACRO).result_rows
        macros[name] = str(macro[0][0]) if macro else ""
        found[name] = Node(name, client)
    if why := incomplete(cluster, hosts, macros):
        raise NodesError(why)
    return [found[host] for host in hosts]


def name_of(place: Address, replicas: Sequence[Replica], cluster: str) -> str:
    """Which replica answers at an address. Raises NodesError if none of the cluster does. Pure."""
    own = [one.host for one in replicas if one.here] or [one.host for one in replicas if one.host == place.host]
    if not own:
        listed = ", ".join(one.host for one in replicas)
        raise NodesError(
            f"ClickHouse at {place} is no replica of the cluster {cluster} ({listed}): see remote_servers there"
        )
    return own[0]


def incomplete(cluster: str, hosts: Sequence[str], macros: dict[str, str]) -> str:
    """Why these are not all replicas of the cluster, each with a name of its own; empty: they are. Pure.

    `macros`: replica that was reached -> its macro `replica`, by which Keeper knows it.
    """
    for host in hosts:
        if host not in macros:
            return (
                f"the cluster {cluster} has the replica {host}, to which no address leads: name all replicas in"
                " FUNNEL_CLICKHOUSE_ADDRESSES, since each has to have every migration"
            )
    for host, macro in macros.items():
        if not macro:
            return f"{host} has no macro replica: give each server its own name there (docs/clickhouse-cluster.md)"
    for host, macro in macros.items():
        if same := [other for other in macros if other != host and macros[other] == macro]:
            return f"{host} and {same[0]} both have the macro replica = {macro}: give each server its own"
    return ""
