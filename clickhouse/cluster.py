"""What a server says of clusters and of our tables, and whether that fits the settings. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from clickhouse.engines import PER_NODE

_SHOWN = 3
_DOCS = "docs/clickhouse-cluster.md"
_OURS = f"database = {{database:String}} AND engine LIKE '%MergeTree' AND name NOT IN {tuple(sorted(PER_NODE))}"
ASKED = f"""
SELECT
    (SELECT groupArray((cluster, shard_num, host_name, is_local)) FROM system.clusters),
    (SELECT groupArray(name) FROM system.tables WHERE {_OURS} AND engine NOT LIKE 'Replicated%'),
    (SELECT groupArray(name) FROM system.tables WHERE {_OURS} AND engine LIKE 'Replicated%')
"""
"""One row for `Tables.of`. The engine of one machine knows no clusters, and a new server one of itself alone."""


class Replica(NamedTuple):
    """One line of system.clusters."""

    cluster: str
    shard: int
    host: str
    here: bool
    """Whether it is the server that was asked."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The clusters that a server knows, and our tables in it."""

    replicas: tuple[Replica, ...]
    plain: tuple[str, ...]
    replicated: tuple[str, ...]

    @classmethod
    def of(cls, row: Sequence[object]) -> "Tables":
        """From the row of ASKED."""
        clusters, plain, replicated = (_listed(one) for one in row)
        rows = (_listed(one) for one in clusters)
        replicas = tuple(Replica(str(name), int(str(shard)), str(host), bool(here)) for name, shard, host, here in rows)
        return cls(replicas, tuple(map(str, plain)), tuple(map(str, replicated)))


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, Iterable) else ()


def members(replicas: Iterable[Replica], cluster: str) -> list[Replica]:
    """The replicas of a cluster."""
    return [one for one in replicas if one.cluster == cluster]


def refusal(cluster: str, found: Tables) -> str:
    """Why these settings would lose or double rows there, with the way out, after "ClickHouse at …"; empty: they fit.

    A plain table on one of several replicas has whatever came to this replica, and nothing else; a balancer then shows
    now one part of the numbers, now the other.
    """
    return _beside_a_cluster(found) if not cluster else _within(cluster, found)


def _beside_a_cluster(found: Tables) -> str:
    if found.replicated:
        names = _some(found.replicated)
        return f"has replicated tables ({names}): set FUNNEL_CLICKHOUSE_CLUSTER to the name of their cluster"
    for name, host in _others(found.replicas):
        tables, empty = "no cluster in our settings", ""
        if found.plain:
            tables, empty = f"tables that are not replicated ({_some(found.plain)})", " and an empty database"
        return (
            f"is a replica of the cluster {name} beside {host}, with {tables}: what is written to one of them never"
            f" reaches the other. Set FUNNEL_CLICKHOUSE_CLUSTER={name}{empty} ({_DOCS}), or take this server out of"
            " remote_servers"
        )
    return ""


def _within(cluster: str, found: Tables) -> str:
    known = members(found.replicas, cluster)
    if not known:
        names = ", ".join(sorted({one.cluster for one in found.replicas})) or "none"
        other = f"FUNNEL_CLICKHOUSE_CLUSTER; it knows: {names}"
        return f"knows no cluster {cluster} ({other}): name it in remote_servers there"
    if len({one.shard for one in known}) > 1:
        return (
            f"has the cluster {cluster} with several shards, and all rows of a webinar must be on one node: make one"
            " shard with two or three replicas"
        )
    if found.plain:
        return (
            f"has tables that are not replicated ({_some(found.plain)}), which FUNNEL_CLICKHOUSE_CLUSTER cannot make"
            f" so: funnel backup, then funnel restore into an empty database of the cluster ({_DOCS})"
        )
    return ""


def _others(replicas: Sequence[Replica]) -> Iterable[tuple[str, str]]:
    """(cluster, host) of replicas that should have what this server has."""
    own = {(one.cluster, one.shard) for one in replicas if one.here}
    return sorted((one.cluster, one.host) for one in replicas if not one.here and (one.cluster, one.shard) in own)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(sorted(names)[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
