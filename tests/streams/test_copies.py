"""Topics that are not those of the settings are told in one line each."""

from streams.copies import fewer, fewer_in_sync, other_partitions

ONE = [{"name": "t", "partitions": [{"replica_nodes": [1, 2]}, {"replica_nodes": [3]}]}]


def test_a_topic_with_too_few_copies_is_told() -> None:
    assert fewer(ONE, 1) == ""
    assert fewer(ONE, 3) == (
        "the topic t has 1 copy, the setting FUNNEL_REPLICATION_FACTOR says 3: "
        "make more with funnel topics --copies 3, or set it to 1"
    )


def test_a_topic_that_accepts_records_too_soon_is_told() -> None:
    assert fewer_in_sync({"t": 2}, 2) == ""
    assert fewer_in_sync({"t": 1, "u": 2}, 2) == (
        "the topic t accepts records that 1 copy of it has (min.insync.replicas), the setting "
        "FUNNEL_MIN_INSYNC_REPLICAS says 2: run funnel create-topics"
    )


def test_other_partitions_are_told_with_the_way_up_only() -> None:
    assert other_partitions(ONE, 2) == ""
    assert other_partitions(ONE, 4).endswith("set FUNNEL_PARTITIONS=2, or raise it with funnel topics --raise 4")
    assert other_partitions(ONE, 1).endswith(
        "none can be taken away: set FUNNEL_PARTITIONS=2, and FUNNEL_EPOCH as funnel topics --raise has said; "
        "if that was not run, run it (--raise 2)"
    )
