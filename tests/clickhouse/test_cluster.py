"""A plain database beside a cluster is refused, and nothing else is: the rule, and what the real engine says."""

import pytest

from clickhouse.cluster import Replica, Tables, refusal

HERE, THERE = Replica("main", 1, "ch-1", here=True), Replica("main", 1, "ch-2", here=False)
ALONE = Replica("default", 1, "localhost", here=True)
OTHER_SHARD = Replica("shards", 2, "ch-9", here=False)
ELSEWHERE = Replica("theirs", 1, "ch-7", here=False), Replica("theirs", 1, "ch-8", here=False)


def found(*replicas: Replica, plain: str = "", replicated: str = "") -> Tables:
    return Tables(replicas, tuple(plain.split()), tuple(replicated.split()))


@pytest.mark.parametrize(
    ("cluster", "tables"),
    [
        ("", found()),
        ("", found(plain="events persons")),
        # What every server has from its package.
        ("", found(ALONE, plain="events persons")),
        ("", found(ALONE, Replica("shards", 1, "ch-1", here=True), OTHER_SHARD, plain="events")),
        # This server is in none of them.
        ("", found(ALONE, *ELSEWHERE, plain="events")),
        ("main", found(ALONE, HERE, THERE)),
        ("main", found(ALONE, HERE, THERE, replicated="events persons")),
        ("default", found(ALONE, replicated="events")),
    ],
)
def test_what_fits_is_not_refused(cluster: str, tables: Tables) -> None:
    assert refusal(cluster, tables) == ""


@pytest.mark.parametrize(
    ("cluster", "tables", "said"),
    [
        (
            "",
            found(HERE, THERE, plain="webinars events persons rules"),
            "is a replica of the cluster main beside ch-2, with tables that are not replicated (events, persons, rules"
            " and 1 more): what is written to one of them never reaches the other. Set FUNNEL_CLICKHOUSE_CLUSTER=main"
            " and an empty database (docs/clickhouse-cluster.md), or take this server out of remote_servers",
        ),
        (
            "",
            found(HERE, THERE),
            "is a replica of the cluster main beside ch-2, with no cluster in our settings: what is written to one of"
            " them never reaches the other. Set FUNNEL_CLICKHOUSE_CLUSTER=main (docs/clickhouse-cluster.md), or take"
            " this server out of remote_servers",
        ),
        (
            "",
            found(ALONE, replicated="events"),
            "has replicated tables (events): set FUNNEL_CLICKHOUSE_CLUSTER to the name of their cluster",
        ),
        (
            "mian",
            found(ALONE, HERE, THERE),
            "knows no cluster mian (FUNNEL_CLICKHOUSE_CLUSTER; it knows: default, main): name it in remote_servers"
            " there",
        ),
        (
            "shards",
            found(Replica("shards", 1, "ch-1", here=True), OTHER_SHARD),
            "has the cluster shards with several shards, and all rows of a webinar must be on one node: make one shard"
            " with two or three replicas",
        ),
        (
            "main",
            found(HERE, THERE, plain="events", replicated="persons"),
            "has tables that are not replicated (events), which FUNNEL_CLICKHOUSE_CLUSTER cannot make so: funnel"
            " backup, then funnel restore into an empty database of the cluster (docs/clickhouse-cluster.md)",
        ),
    ],
)
def test_what_would_split_the_rows_is_refused_in_one_line(cluster: str, tables: Tables, said: str) -> None:
    assert refusal(cluster, tables) == said
